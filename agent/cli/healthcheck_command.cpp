#include <httplib.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/load.hpp"
#include "encoding/visible.hpp"

namespace sallyport::agent::cli {

namespace {

struct options {
  std::string config;
  std::string address;
  std::int64_t timeout = 3;
  bool live = false;
  bool as_json = false;
};

/// Whether nobody can say any more where the admin server would be. What else is missing is the agent's business: it
/// may be told on its own command line.
bool hides_address(const config::problem& what) {
  return what.member.empty() || what.member == "admin.listen" || what.member == "SALLYPORT_ADMIN_LISTEN";
}

/// Where the agent's admin server is, as the agent itself would find out; nothing: it is said why.
std::optional<config::address> configured_address(const options& chosen) {
  const auto loaded = config::load(chosen.config, config::process_environment());
  for (const auto& each : loaded.problems) {
    if (!hides_address(each)) continue;
    complain("healthcheck", {reason::config_invalid, config::describe(each)}, chosen.as_json);
    return std::nullopt;
  }
  return loaded.values.admin_listen;
}

int ask(const options& chosen, const config::address& at) {
  const bool everywhere = at.host == "0.0.0.0" || at.host == "::";
  httplib::Client client(everywhere ? "127.0.0.1" : at.host, at.port);
  client.set_follow_location(false);
  client.set_connection_timeout(chosen.timeout);
  client.set_read_timeout(chosen.timeout);
  const auto answer = client.Get(chosen.live ? "/healthz" : "/readyz");
  if (!answer) {
    const std::string problem = "no response (" + httplib::to_string(answer.error()) + ")";
    complain(config::to_text(at),
             {reason::config_invalid, problem + ". Is the agent running, and is this its admin.listen?"},
             chosen.as_json);
    return exit_unavailable;
  }
  const bool healthy = answer->status == 200;
  if (chosen.as_json) print_json({{"healthy", healthy}, {"status", answer->status}, {"body", answer->body}});
  if (!chosen.as_json) (healthy ? std::cout : std::cerr) << encoding::visible(answer->body);
  return healthy ? exit_ok : exit_check_failed;
}

int ask(const options& chosen) {
  const bool said = !chosen.address.empty();
  const auto where = said ? config::parse_address(chosen.address) : configured_address(chosen);
  if (where) return ask(chosen, *where);
  if (!said) return exit_config;
  complain("--address", {reason::config_invalid, "not an address. Write host:port, like 127.0.0.1:9090."},
           chosen.as_json);
  return exit_usage;
}

constexpr std::string_view footer = R"(For the health check of an ECS task definition or a container:
  "healthCheck": { "command": ["CMD", "/sallyport", "healthcheck"] }
It finds the agent's admin address as the agent does: --config, SALLYPORT_ADMIN_LISTEN, or the default.

Exit codes: 0 ready; 1 not ready, and the response says why; 3 the configuration does not say where; 4 no response.)";

}  // namespace

void add_healthcheck_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("healthcheck", "Ask a running agent whether it is ready.");
  auto chosen = std::make_shared<options>();
  command->add_option("--config", chosen->config, "The agent's configuration.")->envname("SALLYPORT_CONFIG");
  command->add_option("--address", chosen->address, "Its admin address, instead of the configured one.");
  command->add_option("--timeout", chosen->timeout, "Seconds to wait.")->check(CLI::Range(1, 60));
  command->add_flag("--live", chosen->live, "Ask whether it runs, not whether it is ready.");
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->footer(std::string(footer));
  command->callback([chosen, &exit] { exit = ask(*chosen); });
}

}  // namespace sallyport::agent::cli
