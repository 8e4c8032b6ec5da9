#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/file.hpp"
#include "agent/keys/channel_secret.hpp"
#include "agent/keys/key_file.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;

constexpr std::size_t max_keys_bytes = std::size_t{64} << 10;
constexpr std::size_t max_kid_bytes = 256;

/// A kid travels as the keyid of a signature, a structured string (RFC 9651 section 3.3.3): printable ASCII.
std::string refuse_kid(const std::string& kid) {
  const bool fits =
      kid.size() <= max_kid_bytes && std::ranges::all_of(kid, [](char c) { return c >= ' ' && c <= '~'; });
  return fits ? "" : "not a name of up to 256 printable ASCII characters";
}

struct generate_options {
  std::string algorithm = "ES256";
  std::string kid;
  std::string out;
};

/// To standard output, or as a new file of mode 0600; `told` is said of the file.
int hand_out(std::string_view command, const std::string& out, const std::string& text, const std::string& told) {
  if (out.empty()) {
    std::cout << text;
    return exit_ok;
  }
  const auto written = config::create_secret_file(out, text);
  if (!written.ok()) complain(command, written.error());
  if (written.ok()) std::cerr << "wrote " << out << " (mode 0600)" << told << "\n";
  return written.ok() ? exit_ok : exit_unavailable;
}

int generate(const generate_options& chosen) {
  const auto host = openssl::make_host();
  const auto algorithm = crypto::from_jose_name(chosen.algorithm);
  if (!algorithm) return exit_usage;
  auto made = keys::generate_jwk(*algorithm, chosen.kid, *host);
  if (!made.ok()) {
    complain("keys generate", made.error());
    return made.why() == reason::config_invalid ? exit_usage : exit_bug;
  }
  const std::string kid(encoding::text_member(*made, "kid"));
  return hand_out("keys generate", chosen.out, keys::make_set(std::move(*made)).dump(2) + "\n", ", kid " + kid);
}

int make_channel_secret(const std::string& out) {
  const auto made = keys::make_channel_secret();
  if (!made.ok()) complain("keys channel", made.error());
  return made.ok() ? hand_out("keys channel", out, *made + "\n", "") : exit_bug;
}

struct show_options {
  std::string file;
  bool as_json = false;
};

void print_table(const std::vector<jose::signing_key>& held) {
  for (std::size_t at = 0; at < held.size(); ++at)
    std::cout << held[at].kid << "  " << crypto::describe(held[at].algorithm).jose_name << (at == 0 ? "  signs" : "")
              << "\n";
}

int show(const show_options& chosen) {
  const auto text = read_input(chosen.file, max_keys_bytes);
  if (!text.ok()) {
    complain(chosen.file, text.error(), chosen.as_json);
    return exit_unavailable;
  }
  const auto host = openssl::make_host();
  const auto held = keys::read_keys(*text, *host);
  if (!held.ok()) {
    complain(chosen.file, held.error(), chosen.as_json);
    return exit_config;
  }
  if (chosen.as_json) std::cout << jose::write_public_set(*held) << "\n";
  if (!chosen.as_json) print_table(*held);
  return exit_ok;
}

void add_generate(CLI::App& keys, int& exit) {
  auto* const command = keys.add_subcommand("generate", "Make a signing key or a shared secret.");
  auto chosen = std::make_shared<generate_options>();
  command->add_option("--alg", chosen->algorithm, "ES256 (the default), EdDSA, or HS256 for a shared secret.")
      ->check(CLI::IsMember({"ES256", "EdDSA", "HS256"}));
  command->add_option("--kid", chosen->kid, "Name of the key; by default its thumbprint.")
      ->check(CLI::Validator(refuse_kid, ""));
  command->add_option("--out", chosen->out,
                      "Write to this file, which must not exist yet; it gets mode 0600. Default: standard output.");
  command->footer(
      "Prints a private JWK set: for the edge's secret, or for the agent's hmac.file.\n\n"
      "Examples:\n"
      "  sallyport keys generate --out edge-keys.json\n"
      "  sallyport keys generate | npx wrangler secret put SALLYPORT_SIGNING_KEYS\n"
      "  sallyport keys generate --alg HS256 --out hmac.json\n\n"
      "Exit codes: 0; 2 wrong command line; 4 the file exists, or cannot be written.");
  command->callback([chosen, &exit] { exit = generate(*chosen); });
}

void add_channel(CLI::App& keys, int& exit) {
  auto* const command =
      keys.add_subcommand("channel", "Make the secret that the tasks of a service share for channels.");
  auto out = std::make_shared<std::string>();
  command->add_option("--out", *out,
                      "Write to this file, which must not exist yet; it gets mode 0600. Default: standard output.");
  command->footer(
      "For the agent's channel.secret_file, or SALLYPORT_CHANNEL_SECRET: 32 octets in base64url. Only services whose\n"
      "tasks stand behind one address need it; without it each task makes its own key.\n\n"
      "Examples:\n"
      "  sallyport keys channel --out channel.secret\n"
      "  aws secretsmanager create-secret --name reports/channel --secret-string \"$(sallyport keys channel)\"\n\n"
      "Exit codes: 0; 4 the file exists, or cannot be written.");
  command->callback([out, &exit] { exit = make_channel_secret(*out); });
}

void add_show(CLI::App& keys, int& exit) {
  auto* const command = keys.add_subcommand("show", "Show what a key file holds, never its private parts.");
  auto chosen = std::make_shared<show_options>();
  command->add_option("FILE", chosen->file, "A private JWK set; - is standard input.")->required();
  command->add_flag("--json", chosen->as_json, "Print the public JWK set, as the edge publishes it.");
  command->footer(
      "Examples:\n  sallyport keys show edge-keys.json\n  sallyport keys show --json edge-keys.json > jwks.json\n\n"
      "Exit codes: 0; 3 the file holds no usable keys; 4 it cannot be read.");
  command->callback([chosen, &exit] { exit = show(*chosen); });
}

}  // namespace

void add_keys_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("keys", "Make, show and rotate keys.");
  command->require_subcommand(1);
  add_generate(*command, exit);
  add_channel(*command, exit);
  add_show(*command, exit);
  add_keys_rotate_command(*command, exit);
}

}  // namespace sallyport::agent::cli
