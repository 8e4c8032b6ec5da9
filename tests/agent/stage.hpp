// A whole agent in this process, on free ports, before an app of the test.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/run/agent.hpp"
#include "tests/agent/signer.hpp"
#include "tests/agent/wire.hpp"

namespace sallyport::testing {

/// A directory that is removed with everything in it.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  /// Writes a file and gives its path.
  std::string file(std::string_view name, std::string_view contents) const;
  std::string path(std::string_view name) const { return root_ + "/" + std::string(name); }

 private:
  std::string root_;
};

class stage {
 public:
  using adjust = std::function<void(agent::config::settings&)>;
  /// `serve`: what the app does. The agent stands before service `es`, has two threads, keys from a file, and writes
  /// its audit to a file.
  explicit stage(app::handler serve, const adjust& change = {}, app::window receives = app::window::wide);
  ~stage();

  agent::run::agent& agent() { return *agent_; }
  app& upstream() { return app_; }
  std::uint16_t port() const { return agent_->where().port(); }
  connection connect() const { return connection::to(port()); }
  /// One request on a connection of its own; nothing: no answer.
  std::optional<message> ask(const signed_request& request) const;
  std::optional<message> ask(std::string_view raw) const;
  /// Stops the agent and gives the audit lines.
  std::vector<json> audit();
  /// The value of a metric, with its labels, or -1.
  double metric(std::string_view name) const;
  scratch& files() { return files_; }

 private:
  scratch files_;
  app app_;
  std::unique_ptr<agent::run::agent> agent_;
};

/// A limit for tests whose own part must be done within it: short, yet longer than a busy machine keeps a thread from
/// running, and longer where all is slow.
std::chrono::milliseconds short_limit();

/// Waits until `holds`, up to patience(); false: it never did.
bool eventually(const std::function<bool()>& holds);

}  // namespace sallyport::testing
