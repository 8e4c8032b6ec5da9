#include "agent/proxy/standing.hpp"

#include <algorithm>

#include "agent/version.hpp"

namespace sallyport::agent::proxy {

namespace {

/// The edge probes at least once a second while it waits.
constexpr std::chrono::seconds wanted_for{5};

std::uint64_t milliseconds_since(steady::rep then) {
  const steady::duration passed = steady::now().time_since_epoch() - steady::duration(then);
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(passed).count()));
}

}  // namespace

bool standing::take(unix_milliseconds now) {
  const std::lock_guard hold(lock_);
  return bucket_.take(now);
}

gate::agent_status standing::tell(const gate::accepted_probe& asked, const gate::origin_snapshot& held, bool stopping,
                                  const std::string& task) {
  told_ = steady::now().time_since_epoch().count();
  gate::agent_status says;
  says.id = asked.id;
  says.task = task;
  says.why = gate::why_unready(held, asked.policy_digest, stopping, app_is_there());
  steady::rep last = started_.time_since_epoch().count();
  // First what is open, then what ended: what ends between the two is not taken for something that ended long ago.
  says.in_flight = under_way();
  std::atomic_thread_fence(std::memory_order_acquire);
  for (const thread_use* each : uses_) last = std::max(last, each->ended());
  says.idle_ms = says.in_flight > 0 ? 0 : milliseconds_since(last);
  says.up_ms = milliseconds_since(started_.time_since_epoch().count());
  says.policies.push_back(held.policy->digest);
  if (held.previous != nullptr) says.policies.push_back(held.previous->digest);
  says.agent = version;
  return says;
}

std::uint64_t standing::under_way() const {
  std::uint64_t open = 0;
  for (const thread_use* each : uses_) open += each->open();
  return open;
}

bool standing::is_wanted() const {
  return steady::now().time_since_epoch() - steady::duration(told_.load(std::memory_order_relaxed)) < wanted_for;
}

}  // namespace sallyport::agent::proxy
