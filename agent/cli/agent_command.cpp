#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/load.hpp"
#include "agent/log/log.hpp"
#include "agent/openssl/host.hpp"
#include "agent/run/agent.hpp"
#include "agent/run/process.hpp"
#include "agent/run/watched_files.hpp"

namespace sallyport::agent::cli {

namespace {

struct options {
  std::string config;
  bool check = false;
  bool members = false;
};

constexpr std::string_view footer =
    R"(An environment variable can set each member of the file: SALLYPORT_ and the member's path in capitals, with
underscores for dots. The environment wins. --members lists them all.

Examples:
  sallyport agent --config agent.jsonc --check     validate, print the effective configuration
  sallyport agent --config agent.jsonc             serve until SIGTERM
  SALLYPORT_SERVICE=reports SALLYPORT_POLICY_FILE=policy.jsonc sallyport agent

Policy, key and secret files are read again when they change, and on SIGHUP. One that does not load changes nothing.
Signals: SIGTERM and SIGINT finish the requests under way, then exit; a second one exits at once.
Exit codes: 0 stopped, all requests finished; 1 stopped, some requests were cut off; 3 not started.)";

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, each);
  return set;
}

/// The signal, or 0: none came for a second.
int wait_for_signal() {
  const sigset_t set = awaited_signals();
  const timespec second{1, 0};
  return std::max(sigtimedwait(&set, nullptr, &second), 0);
}

// Process 1 of a container, which the agent mostly is, has no default action of a signal to fall back on.
void end_at_the_next_signal() {
  for (const int each : {SIGTERM, SIGINT}) std::signal(each, [](int) { ::_exit(exit_check_failed); });
  std::signal(SIGHUP, SIG_IGN);
  const sigset_t set = awaited_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

std::vector<std::string> files_of(const config::settings& settings) {
  return {settings.policy.file, settings.policy.previous, settings.edge.jwks_file, settings.hmac.file,
          settings.channel.secret_file};
}

void reload(run::agent& running) {
  const auto problems = running.reload();
  for (const auto& each : problems) log::write(log::level::error, "reload refused", {{"problem", each}});
  const auto [policy, previous] = running.policies();
  if (problems.empty()) log::write(log::level::info, "reloaded", {{"policy", policy}, {"previous", previous}});
}

/// Until a signal comes that ends it, which is returned.
int keep_up_with_files(run::agent& running, run::watched_files& files) {
  for (;;) {
    const int signal = wait_for_signal();
    if (signal != 0 && signal != SIGHUP) return signal;
    if (signal == SIGHUP) files.read();
    if (signal == SIGHUP || files.changed()) reload(running);
    if (running.tick()) log::write(log::level::info, "the previous policy is not accepted any more");
  }
}

// Two descriptors for each caller, and some for all else.
void prepare_process(const config::settings& settings) {
  if (!settings.core_dumps) run::forbid_dumps();
  constexpr std::uint64_t others = 256;
  const std::uint64_t wanted = settings.limits.max_connections * 2 + others;
  const std::uint64_t got = run::raise_descriptor_limit(wanted);
  if (got < wanted)
    log::write(log::level::warning, "fewer descriptors than connections",
               {{"limit", std::to_string(got)},
                {"wanted", std::to_string(wanted)},
                {"advice", "Raise the hard limit (ulimits, nofile) or lower limits.max_connections."}});
}

int serve(const config::settings& settings) {
  std::signal(SIGPIPE, SIG_IGN);
  prepare_process(settings);
  const sigset_t set = awaited_signals();
  // Before any thread exists, so that all of them leave these signals to this one.
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // Before they are read for the first time.
  run::watched_files files(files_of(settings));
  auto started = run::agent::start(settings);
  for (const auto& each : started.problems) complain(each);
  if (!started.running) return exit_config;
  run::agent& running = *started.running;
  const std::string where = config::to_text({running.where().address().to_string(), running.where().port()});
  const std::string admin = config::to_text({settings.admin_listen.host, running.admin_port()});
  const auto [policy, previous] = running.policies();
  log::write(
      log::level::info, "serving",
      {{"service", settings.service}, {"listen", where}, {"admin", admin}, {"policy", policy}, {"previous", previous}});
  const int signal = keep_up_with_files(running, files);
  log::write(log::level::info, "stopping");
  end_at_the_next_signal();
  // From a terminal, nobody has to hear of it first.
  const bool finished = running.stop(signal == SIGINT ? run::agent::leave::promptly : run::agent::leave::drained);
  log::write(log::level::info, "stopped", {{"requests", finished ? "finished" : "cut off"}});
  return finished ? exit_ok : exit_check_failed;
}

/// Why a start could not append to the audit's file, or "". Makes no file: it would belong to whoever checks.
std::string audit_problem(const std::string& output) {
  if (output == "stdout" || output == "stderr") return "";
  const std::filesystem::path file(output);
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return "audit.output: " + output + ": a directory. Name a file.";
  const bool exists = std::filesystem::exists(file, ignored);
  const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
  if (::access(exists ? output.c_str() : folder.c_str(), W_OK) == 0) return "";
  return "audit.output: " + output + ": " + std::strerror(errno) + ". Name a file that can be written.";
}

int check(const config::settings& settings) {
  const auto host = openssl::make_host();
  const auto material = trust::read_material(settings, *host);
  for (const auto& each : material.warnings) complain("warning: " + each);
  for (const auto& each : material.problems) complain(each);
  const std::string audit = audit_problem(settings.audit_output);
  if (!audit.empty()) complain(audit);
  if (!material.problems.empty() || !audit.empty()) return exit_config;
  std::cout << config::write(settings);
  return exit_ok;
}

int run_agent(const options& chosen) {
  if (chosen.members) {
    std::cout << config::reference();
    return exit_ok;
  }
  const auto loaded = config::load(chosen.config, config::process_environment());
  for (const auto& each : loaded.warnings) complain("warning: " + config::describe(each));
  for (const auto& each : loaded.problems) complain(config::describe(each));
  if (!loaded.problems.empty()) return exit_config;
  return chosen.check ? check(loaded.values) : serve(loaded.values);
}

}  // namespace

void add_agent_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("agent", "Verify what the edge signed and forward it to the app.");
  auto chosen = std::make_shared<options>();
  command->add_option("--config", chosen->config, "The configuration: JSON with comments.")
      ->envname("SALLYPORT_CONFIG");
  command->add_flag("--check", chosen->check,
                    "Validate everything, print the configuration without secrets, and exit.");
  command->add_flag("--members", chosen->members, "List all members with their variables and defaults, as Markdown.");
  command->footer(std::string(footer));
  command->callback([chosen, &exit] { exit = run_agent(*chosen); });
}

}  // namespace sallyport::agent::cli
