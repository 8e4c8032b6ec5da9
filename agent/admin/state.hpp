// What the admin server tells about, gathered in one place.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "agent/audit/sink.hpp"
#include "agent/proxy/server.hpp"
#include "agent/trust/channel_stripes.hpp"
#include "agent/trust/keeper.hpp"
#include "agent/trust/replay_stripes.hpp"

namespace sallyport::agent::admin {

/// Everything it refers to outlives it; all of it may be asked by any thread.
struct state {
  const proxy::server& server;
  const trust::keeper& keeper;
  const trust::replay_stripes& replays;
  const trust::channel_stripes& channels;
  const audit::sink& audit;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> reloads{0};
  std::atomic<std::uint64_t> failed_reloads{0};
  /// Why the last reload was refused; null or empty: it was not.
  std::atomic<std::shared_ptr<const std::vector<std::string>>> refused_reload{};
};

/// Why the agent should get no requests now, or ok.
failure readiness(const state& of);

/// All metrics, in the Prometheus text format.
std::string metrics_text(const state& of);

}  // namespace sallyport::agent::admin
