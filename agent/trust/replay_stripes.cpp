#include "agent/trust/replay_stripes.hpp"

namespace sallyport::agent::trust {

replay_stripes::replay_stripes(std::size_t max_entries) {
  gate::replay_limits limits;
  limits.max_entries = (max_entries + stripes - 1) / stripes;
  for (auto& each : stripes_) each = std::make_unique<stripe>(limits);
}

reason replay_stripes::admit(const gate::replay_key& key, unix_seconds expires, unix_seconds now) {
  stripe& mine = *stripes_[key.low % stripes];
  const std::lock_guard hold(mine.lock);
  return mine.seen.admit(key, expires, now);
}

std::size_t replay_stripes::size() const {
  std::size_t total = 0;
  for (const auto& each : stripes_) {
    const std::lock_guard hold(each->lock);
    total += each->seen.size();
  }
  return total;
}

std::size_t replay_stripes::capacity() const {
  return stripes_.size() * stripes_.front()->seen.capacity();
}

}  // namespace sallyport::agent::trust
