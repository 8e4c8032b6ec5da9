#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/file.hpp"
#include "agent/keys/fetch.hpp"
#include "agent/keys/rotation.hpp"
#include "agent/openssl/host.hpp"
#include "document/units.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;
using outcome = keys::rotation_step::outcome;

constexpr std::size_t max_keys_bytes = std::size_t{64} << 10;

struct options {
  std::string file;
  std::string url;
  std::string cache_age = "1h";
  bool wait = false;
  bool as_json = false;
};

unix_seconds now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

result<std::string> read_key_file(const std::string& path) {
  auto text = config::read_secret_file(path, max_keys_bytes);
  return text.ok() ? std::move(text) : failure(text.why(), path + ": " + text.error().detail);
}

result<std::string> fetch_published(const std::string& url) {
  gate::key_request request;
  request.url = url;
  request.max_bytes = gate::key_set_limits{}.max_bytes;
  request.timeout = gate::key_set_limits{}.fetch_timeout;
  keys::fetched got = keys::fetch(request);
  if (got.status == 200) return std::move(got.body);
  return failure(reason::keys_fetch_failed,
                 got.status == 0 ? got.problem : url + " responded with status " + std::to_string(got.status));
}

/// `exit`: what a failure means.
result<keys::rotation_step> step_once(const options& chosen, crypto::port& host, int& exit) {
  exit = exit_unavailable;
  SALLYPORT_ASSIGN(const std::string text, read_key_file(chosen.file));
  exit = exit_config;
  SALLYPORT_ASSIGN(const json file, encoding::parse_json(text));
  exit = exit_unavailable;
  SALLYPORT_ASSIGN(const std::string published, fetch_published(chosen.url));
  keys::rotation_times times;
  times.cache_age = *document::parse_milliseconds(chosen.cache_age) / 1000;
  auto step = keys::rotate(file, published, now(), times, host);
  // A rotation that has to wait for another state of things says so with config_invalid.
  exit = !step.ok() && step.why() == reason::config_invalid ? exit_check_failed : exit_config;
  if (!step.ok()) return step;
  exit = exit_unavailable;
  if (step->file != file) SALLYPORT_TRY(config::replace_secret_file(chosen.file, step->file.dump(2) + "\n"));
  return step;
}

std::string_view name_of_outcome(outcome what) {
  switch (what) {
    case outcome::advanced: return "advanced";
    case outcome::waiting: return "waiting";
    case outcome::complete: return "complete";
  }
  return "";
}

void tell(const keys::rotation_step& step, bool as_json) {
  if (as_json)
    return print_json({{"outcome", std::string(name_of_outcome(step.is))}, {"told", step.told}, {"wait", step.wait}});
  std::cout << step.told;
  if (step.is == outcome::waiting)
    std::cout << " Wait " << document::milliseconds_text(step.wait * 1000) << ", then run this again.";
  if (step.is == outcome::advanced) std::cout << " Then run this again.";
  std::cout << "\n";
}

int refuse_option(const options& chosen, std::string_view name, std::string_view problem) {
  complain(name, {reason::config_invalid, std::string(problem)}, chosen.as_json);
  return exit_usage;
}

int rotate(const options& chosen) {
  if (!document::parse_milliseconds(chosen.cache_age))
    return refuse_option(chosen, "--cache-age", "not a duration. Write it like 10m or 1h.");
  if (!gate::is_key_url(chosen.url))
    return refuse_option(chosen, "--jwks-url", "not an https URL, nor an http URL of the loopback interface.");
  const auto host = openssl::make_host();
  for (;;) {
    int exit = exit_ok;
    const auto step = step_once(chosen, *host, exit);
    if (!step.ok()) {
      complain("keys rotate", step.error(), chosen.as_json);
      return exit;
    }
    tell(*step, chosen.as_json);
    if (step->is != outcome::waiting) return exit_ok;
    if (!chosen.wait) return exit_check_failed;
    std::this_thread::sleep_for(std::chrono::seconds(step->wait));
  }
}

constexpr std::string_view footer =
    R"(Run it repeatedly, and deploy the file after each step, until it says that it is done:
  1 adds a new key to the file, which does not sign yet
  2 once the edge publishes both and caches have run out: puts the new key first, so that it signs
  3 once nothing signed with the old key can still be valid: removes the old key
  4 checks that the edge publishes the new key alone
Before each step it fetches the published set, and continues only if that matches the file.

Example:
  sallyport keys rotate edge-keys.json --jwks-url https://edge.acme.example/.well-known/jwks.json
  # then deploy both Workers, the issuer Worker first: docs/guide/operate.md

Exit codes: 0 a step was done; 1 not yet, and it says why; 3 the file or the published set cannot be used; 4 the
file cannot be read or written, or the URL cannot be fetched.)";

}  // namespace

void add_keys_rotate_command(CLI::App& keys, int& exit) {
  auto* const command = keys.add_subcommand("rotate", "Replace the edge's signing key without a failed request.");
  auto chosen = std::make_shared<options>();
  command->add_option("FILE", chosen->file, "The private JWK set that the edge has as its secret.")->required();
  command->add_option("--jwks-url", chosen->url, "Where the edge publishes its keys.")->required();
  command->add_option("--cache-age", chosen->cache_age,
                      "How long verifiers may keep a set; agents keep it for up to 1h.");
  command->add_flag("--wait", chosen->wait, "Sleep until the next step is possible, instead of ending with status 1.");
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->footer(std::string(footer));
  command->callback([chosen, &exit] { exit = rotate(*chosen); });
}

}  // namespace sallyport::agent::cli
