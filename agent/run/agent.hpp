// The whole agent as one object: everything is made before anything listens, and torn down in the opposite order.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/admin/server.hpp"
#include "agent/admin/state.hpp"
#include "agent/audit/sink.hpp"
#include "agent/config/settings.hpp"
#include "agent/proxy/server.hpp"
#include "agent/trust/channel_stripes.hpp"
#include "agent/trust/keeper.hpp"
#include "agent/trust/replay_stripes.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::agent::run {

class agent {
 public:
  struct start_result {
    /// Serving; null: see problems.
    std::unique_ptr<agent> running;
    std::vector<std::string> problems;
  };
  /// Blocks until it serves. The process must ignore SIGPIPE.
  static start_result start(const config::settings& settings);
  /// Breaks off what still runs.
  ~agent();
  agent(const agent&) = delete;
  agent& operator=(const agent&) = delete;

  /// How a stop begins.
  enum class leave : std::uint8_t {
    /// New requests are served for timeouts.drain: whoever sends them has to hear of the stop first.
    drained,
    /// Whoever sends them knows.
    promptly,
  };
  /// Turns not ready, then stops accepting, finishes what runs. True when all of it finished within timeouts.stop.
  bool stop(leave how = leave::drained);
  /// Reads policy, keys and secrets again; problems: nothing was changed, and /readyz and a metric say so until a reload
  /// succeeds.
  std::vector<std::string> reload(trust::keeper::steady_time now = std::chrono::steady_clock::now());
  /// Called now and then: what is kept for a time ends. True: the previous policy did.
  bool tick(trust::keeper::steady_time now = std::chrono::steady_clock::now()) { return keeper_.end_previous(now); }

  const boost::asio::ip::tcp::endpoint& where() const { return server_->where(); }
  std::uint16_t admin_port() const { return admin_->port(); }
  const admin::state& state() const { return *state_; }
  /// Digest of the policy in force, and of the one before it or "".
  std::pair<std::string, std::string> policies() const;

 private:
  agent(const config::settings& settings, std::unique_ptr<crypto::port> host, gate::channel_identity_ptr identity,
        trust::material material, std::unique_ptr<audit::sink> sink);
  result<void> listen();

  config::settings settings_;
  std::unique_ptr<crypto::port> host_;
  trust::replay_stripes replays_;
  gate::channel_identity_ptr channel_identity_;
  trust::channel_stripes channels_;
  std::unique_ptr<audit::sink> audit_;
  trust::keeper keeper_;
  proxy::worker_surroundings surroundings_;
  std::unique_ptr<proxy::server> server_;
  std::unique_ptr<admin::state> state_;
  std::unique_ptr<admin::server> admin_;
};

}  // namespace sallyport::agent::run
