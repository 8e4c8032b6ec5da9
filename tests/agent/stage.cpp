#include "tests/agent/stage.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace sallyport::testing {

namespace {

agent::config::settings settings_for(const scratch& files, std::uint16_t app_port) {
  agent::config::settings made;
  made.service = "es";
  made.listen = {"127.0.0.1", 0};
  made.admin_listen = {"127.0.0.1", 0};
  made.upstream.address = {"127.0.0.1", app_port};
  made.policy.file = files.file("policy.jsonc", test_policy_text());
  made.edge.jwks_file = files.file("jwks.json", edge_keys().jwks);
  made.hmac.file = files.file("hmac.json", edge_keys().secret_file);
  made.threads = 2;
  made.timeouts.drain = std::chrono::milliseconds(100);
  made.audit_output = files.path("audit.jsonl");
  return made;
}

}  // namespace

scratch::scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sallyport-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  root_ = pattern;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string scratch::file(std::string_view name, std::string_view contents) const {
  std::ofstream(path(name), std::ios::binary) << contents;
  std::filesystem::permissions(path(name), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return path(name);
}

stage::stage(app::handler serve, const adjust& change, app::window receives) : app_(std::move(serve), receives) {
  std::signal(SIGPIPE, SIG_IGN);
  agent::config::settings settings = settings_for(files_, app_.port());
  if (change) change(settings);
  auto started = agent::run::agent::start(settings);
  for (const auto& each : started.problems) std::fprintf(stderr, "%s\n", each.c_str());
  if (!started.running) std::abort();
  agent_ = std::move(started.running);
}

stage::~stage() = default;

std::optional<message> stage::ask(const signed_request& request) const {
  connection to = connect();
  to.send(request.whole());
  return message_reader(to).answer(request.method);
}

std::optional<message> stage::ask(std::string_view raw) const {
  connection to = connect();
  to.send(raw);
  return message_reader(to).answer(raw.substr(0, raw.find(' ')));
}

std::vector<json> stage::audit() {
  agent_.reset();
  std::ifstream in(files_.path("audit.jsonl"));
  std::vector<json> lines;
  for (std::string line; std::getline(in, line);) {
    auto parsed = encoding::parse_json(line);
    if (!parsed.ok()) std::abort();
    lines.push_back(std::move(*parsed));
  }
  return lines;
}

double stage::metric(std::string_view name) const {
  std::istringstream text(agent::admin::metrics_text(agent_->state()));
  for (std::string line; std::getline(text, line);)
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ')
      return std::stod(line.substr(name.size() + 1));
  return -1;
}

std::chrono::milliseconds short_limit() {
  return std::chrono::milliseconds(300) * slowdown();
}

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + patience();
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace sallyport::testing
