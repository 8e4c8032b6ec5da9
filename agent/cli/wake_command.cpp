#include <httplib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/pasted_token.hpp"
#include "agent/cli/program.hpp"
#include "core/ascii.hpp"
#include "encoding/json_members.hpp"
#include "gate/keys/key_set.hpp"
#include "http/url.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;

constexpr std::size_t max_reset_token_bytes = std::size_t{64} << 10;
constexpr const char* request_id_field = "Sallyport-Request-Id";

struct reset_options {
  std::string service;
  std::string edge;
  std::string token_file = "-";
  std::int64_t timeout = 30;
};

/// scheme://authority of an edge; nothing where the URL says more, or is neither https nor loopback.
std::optional<std::string> edge_of(const std::string& url) {
  const auto parts = gate::is_key_url(url) ? http::split_url(url) : std::nullopt;
  if (!parts || (!parts->rest.empty() && parts->rest != "/")) return std::nullopt;
  return url.substr(0, url.size() - parts->rest.size());
}

/// As policies have them (policy/load/names.hpp).
bool is_service_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !ascii::is_alphanumeric(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char each) {
    return ascii::is_alphanumeric(each) || each == '-' || each == '_' || each == '.';
  });
}

/// Nothing that could end the field it is sent in.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char each) { return each > ' ' && each < '\x7f'; });
}

std::string code_of(const std::string& problem) {
  const auto said = encoding::parse_json(problem);
  const auto code = said.ok() && said->is_object() ? encoding::string_member(*said, "code") : std::nullopt;
  return code ? " " + std::string(*code) : std::string();
}

std::string meaning_of(int status) {
  switch (status) {
    case 401: return "the edge does not accept the token: is it expired, or for another audience?";
    case 403: return "no service of that name wakes, or the token's holder is not one of its ecs.operators";
    case 404: return "the edge is of a version that knows no resets";
    default: break;
  }
  const bool leads_away = status >= 300 && status < 400;
  return leads_away ? "redirected: something in front of the edge wants a login" : "the edge could not do it";
}

int tell(const httplib::Response& came, const reset_options& chosen) {
  if (!came.has_header(request_id_field)) {
    complain(chosen.edge + ": HTTP " + std::to_string(came.status) + ", and not from an edge of Sallyport" +
             (came.status >= 300 && came.status < 400 ? "; " + meaning_of(came.status) : ""));
    return exit_unavailable;
  }
  if (came.status == 204) {
    std::cout << chosen.service
              << ": budgets and the pause after a failed start are forgotten; the next request may start it\n";
    return exit_ok;
  }
  complain(chosen.service + ": " + meaning_of(came.status) + " (HTTP " + std::to_string(came.status) +
           code_of(came.body) + ", request " + came.get_header_value(request_id_field) + ")");
  return came.status >= 400 && came.status < 500 ? exit_check_failed : exit_unavailable;
}

int reset_at(const std::string& edge, const std::string& token, const reset_options& chosen) {
  httplib::Client client(edge);
  client.set_follow_location(false);
  client.set_connection_timeout(chosen.timeout);
  client.set_read_timeout(chosen.timeout);
  client.set_write_timeout(chosen.timeout);
  client.enable_server_certificate_verification(true);
  const httplib::Headers headers{{"Authorization", "Bearer " + token}, {"User-Agent", "sallyport"}};
  const std::string target = "/.sallyport/services/" + chosen.service + "/reset";
  const auto came = client.Post(target.c_str(), headers, std::string(), "application/json");
  if (came) return tell(*came, chosen);
  complain(edge + ": no response (" + httplib::to_string(came.error()) + ")");
  return exit_unavailable;
}

int reset(const reset_options& chosen) {
  const auto edge = edge_of(chosen.edge);
  if (!edge) {
    complain("--edge", {reason::config_invalid, "write https:// and a host of the edge, without a path"});
    return exit_usage;
  }
  if (!is_service_name(chosen.service)) {
    complain("SERVICE", {reason::config_invalid, "not a name of a service in a policy"});
    return exit_usage;
  }
  const auto text = read_input(chosen.token_file, max_reset_token_bytes);
  if (!text.ok()) {
    complain(chosen.token_file, text.error());
    return exit_unavailable;
  }
  const std::string token = unwrap_token(*text);
  if (is_token(token)) return reset_at(*edge, token, chosen);
  complain("token", {reason::config_invalid, "no token was given: pass it on standard input, or in --token-file"});
  return exit_usage;
}

constexpr std::string_view reset_footer =
    R"(For those whom ecs.operators of the service allows, once what made its starts fail is repaired. It starts nothing:
the next request does. The token is the one that you would send as a caller, on standard input or in a file:
arguments are visible to other users of the machine.

Examples:
  sallyport wake reset reports --edge https://reports.acme.example < token.txt
  sallyport wake reset reports --edge https://reports.acme.example --token-file token.txt

Exit codes: 0 reset; 1 the edge refused, and it says why; 2 wrong command line; 4 a file cannot be read, or there is
no edge at that URL.)";

}  // namespace

void add_wake_command(CLI::App& parent, int& exit) {
  auto* const wake = parent.add_subcommand("wake", "Look after services that sleep.");
  wake->require_subcommand(1);
  auto* const command =
      wake->add_subcommand("reset", "Forget a service's budgets of starts, and the pause after a failed one.");
  auto chosen = std::make_shared<reset_options>();
  command->add_option("SERVICE", chosen->service, "Its name in the policy.")->required();
  command->add_option("--edge", chosen->edge, "https:// and any host of the edge.")->required();
  command->add_option("--token-file", chosen->token_file, "A file with your token; - (the default) is standard input.");
  command->add_option("--timeout", chosen->timeout, "Seconds to wait.")->check(CLI::Range(1, 60));
  command->footer(std::string(reset_footer));
  command->callback([chosen, &exit] { exit = reset(*chosen); });
}

}  // namespace sallyport::agent::cli
