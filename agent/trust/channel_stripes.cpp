#include "agent/trust/channel_stripes.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::agent::trust {

namespace {

constexpr std::size_t most_stripes = 16;

}  // namespace

channel_stripes::channel_stripes(std::size_t max_entries) {
  const std::size_t count = std::clamp<std::size_t>(max_entries, 1, most_stripes);
  const std::size_t each = std::max<std::size_t>(1, max_entries / count);
  for (std::size_t at = 0; at < count; ++at) stripes_.push_back(std::make_unique<stripe>(each));
}

gate::held_channel_ptr channel_stripes::find(const channel::channel_id& id) {
  stripe& mine = of(id);
  const std::lock_guard hold(mine.lock);
  return mine.held.find(id);
}

void channel_stripes::keep(gate::held_channel_ptr what, unix_seconds now) {
  stripe& mine = of(what->id);
  const std::lock_guard hold(mine.lock);
  mine.held.keep(std::move(what), now);
}

std::size_t channel_stripes::size() const {
  std::size_t total = 0;
  for (const auto& each : stripes_) {
    const std::lock_guard hold(each->lock);
    total += each->held.size();
  }
  return total;
}

std::uint64_t channel_stripes::evicted() const {
  std::uint64_t total = 0;
  for (const auto& each : stripes_) {
    const std::lock_guard hold(each->lock);
    total += each->held.evicted();
  }
  return total;
}

}  // namespace sallyport::agent::trust
