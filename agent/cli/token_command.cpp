#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/pasted_token.hpp"
#include "agent/cli/program.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "encoding/visible.hpp"
#include "jose/jwt.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;

constexpr std::size_t max_token_bytes = std::size_t{64} << 10;

struct options {
  std::string token = "-";
  std::string jwks;
  std::string issuer;
  std::string audience;
  std::string typ;
  std::int64_t skew = 0;
  bool as_json = false;
};

unix_seconds now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

result<std::string> read_token(const std::string& argument) {
  if (argument != "-") return argument;
  return read_input("-", max_token_bytes);
}

/// One part of a compact token as JSON, as it was written; null when it is none.
json decode_part(std::string_view part) {
  const auto decoded = encoding::decode_base64url(part);
  if (!decoded.ok()) return nullptr;
  auto parsed = encoding::parse_json(as_text(*decoded));
  return parsed.ok() ? std::move(*parsed) : json(nullptr);
}

/// Header and claims; nothing when `token` has no such parts.
std::optional<json> decode(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  json shown = {{"header", decode_part(token.substr(0, first))},
                {"claims", decode_part(token.substr(first + 1, second - first - 1))},
                {"verified", false}};
  return shown["header"].is_object() && shown["claims"].is_object() ? std::optional(shown) : std::nullopt;
}

/// Why `token` has no header and claims to show.
std::string why_not_shown(std::string_view token) {
  if (token.empty()) return "nothing was given";
  if (token.starts_with("{")) return "JSON, not a compact token: give the text of three parts between dots";
  switch (std::count(token.begin(), token.end(), '.')) {
    case 4: return "five parts: an encrypted token (JWE); only the holder of its key can read it";
    case 2: return "three parts, but the first two are not JSON in base64url: a part is missing, or it is no JWT";
    case 0: return "no dots: an opaque token, which only its issuer can read, or a part of a JWT";
    default: return "a JWT is three parts between dots; it is incomplete, or it is no JWT";
  }
}

/// What the token says and what was demanded, where the two differ; empty for other reasons.
std::string both_sides(const json& claims, reason why, const options& chosen) {
  const auto compare = [&](const char* name, const std::string& wanted) {
    const auto* found = encoding::find_member(claims, name);
    const std::string given = found == nullptr ? "absent" : found->dump(-1, ' ', true, json::error_handler_t::replace);
    const std::string demanded = json(wanted).dump(-1, ' ', true, json::error_handler_t::replace);
    std::string text = std::string(name) + " is " + given + ", demanded is " + demanded;
    const auto* said = found == nullptr ? nullptr : found->get_ptr<const std::string*>();
    const bool slash = said != nullptr && (*said + "/" == wanted || *said == wanted + "/");
    return slash ? text + ": they differ in the slash at the end" : text;
  };
  if (why == reason::jwt_issuer_mismatch) return compare("iss", chosen.issuer);
  return why == reason::jwt_audience_mismatch ? compare("aud", chosen.audience) : "";
}

result<void> verify(const options& chosen, std::string_view token, const jose::jwk_set& keys, crypto::port& host) {
  SALLYPORT_ASSIGN(jose::unverified_jwt parsed, jose::parse_jwt(token));
  const std::vector<std::string> audiences =
      chosen.audience.empty() ? std::vector<std::string>() : std::vector<std::string>{chosen.audience};
  jose::claims_options demands;
  if (!chosen.issuer.empty()) demands.issuer = chosen.issuer;
  const std::vector<std::string> types{chosen.typ};
  if (!chosen.typ.empty()) demands.types = types;
  if (!audiences.empty()) demands.audiences = audiences;
  demands.now = now();
  demands.skew = chosen.skew;
  const auto verified = jose::verify_jwt(std::move(parsed), keys, crypto::every_asymmetric_algorithm(), demands, host);
  return verified.ok() ? result<void>() : result<void>(verified.error());
}

std::string lifetime_note(const json& claims) {
  const auto registered = jose::read_registered_claims(claims);
  if (!registered.ok()) return "its claims would be refused: " + registered.error().detail;
  if (!registered->expires) return "it has no expiry";
  // What was read lies within 2^53 seconds of 1970; what was written need not fit into an integer.
  const auto left = static_cast<std::int64_t>(*registered->expires) - now();
  if (left <= 0) return "expired " + std::to_string(-left) + " s ago";
  return "expires in " + std::to_string(left) + " s";
}

void print(const json& shown, const std::string& verdict, bool as_json) {
  if (as_json) return print_json(shown);
  std::cout << "header " << json_text(shown["header"]) << "\nclaims " << json_text(shown["claims"]) << "\n";
  std::cerr << encoding::visible(verdict) << "\n";
}

int show_unverified(const json& shown, std::string_view token, bool as_json) {
  std::string verdict = "NOT VERIFIED: anyone can write such a token. Check it with --jwks FILE.";
  const auto parsed = jose::parse_jwt(token);
  if (!parsed.ok()) verdict += "\nIt would be refused in any case: " + std::string(describe(parsed.why()).advice);
  print(shown, verdict + "\n" + lifetime_note(shown["claims"]), as_json);
  return exit_ok;
}

int show_verified(const options& chosen, json shown, const result<void>& verified) {
  const bool as_json = chosen.as_json;
  shown["verified"] = verified.ok();
  if (!verified.ok()) shown["reason"] = std::string(name_of(verified.why()));
  const std::string differing = verified.ok() ? "" : both_sides(shown["claims"], verified.why(), chosen);
  if (!differing.empty()) shown["message"] = differing;
  print(shown, verified.ok() ? "verified; " + lifetime_note(shown["claims"]) : "DOES NOT VERIFY", as_json);
  if (!verified.ok()) complain("token", differing.empty() ? verified.error() : failure(verified.why(), differing));
  return verified.ok() ? exit_ok : exit_check_failed;
}

// Keys that cannot be had say nothing about the token.
int verify_and_show(const options& chosen, const json& shown, std::string_view token) {
  const auto text = read_input(chosen.jwks, max_token_bytes);
  if (!text.ok()) {
    complain(chosen.jwks, text.error(), chosen.as_json);
    return exit_unavailable;
  }
  const auto host = openssl::make_host();
  const auto keys = jose::parse_jwks(*text, *host);
  if (!keys.ok()) {
    complain(chosen.jwks, keys.error(), chosen.as_json);
    return exit_config;
  }
  return show_verified(chosen, shown, verify(chosen, token, *keys, *host));
}

int inspect(const options& chosen) {
  const auto input = read_token(chosen.token);
  if (!input.ok()) {
    complain("token", input.error(), chosen.as_json);
    return exit_unavailable;
  }
  const std::string token = unwrap_token(*input);
  const auto shown = decode(token);
  if (!shown) {
    complain("token", {reason::jws_malformed, why_not_shown(token)}, chosen.as_json);
    return exit_check_failed;
  }
  if (chosen.jwks.empty()) return show_unverified(*shown, token, chosen.as_json);
  return verify_and_show(chosen, *shown, token);
}

constexpr std::string_view footer =
    R"(Without --jwks nothing is verified, and it says so. The signature is never printed.
Pass tokens on standard input: arguments are visible to other users of the machine. A token may be pasted as it was
found: with "Authorization: Bearer" in front, in quotes, over several lines.

Examples:
  sallyport token inspect < token.txt
  sallyport token inspect --jwks jwks.json --issuer https://idp.example --audience api://acme < token.txt

Exit codes: 0 shown (with --jwks: and verified); 1 not a token, or it does not verify; 3 the keys of --jwks
cannot be used; 4 a file cannot be read.)";

}  // namespace

void add_token_command(CLI::App& parent, int& exit) {
  auto* const token = parent.add_subcommand("token", "Look into tokens.");
  token->require_subcommand(1);
  auto* const command = token->add_subcommand("inspect", "Show the header and the claims of a JWT.");
  auto chosen = std::make_shared<options>();
  command->add_option("TOKEN", chosen->token, "The token; - (the default) is standard input.");
  auto* const jwks = command->add_option("--jwks", chosen->jwks, "Verify with this public JWK set.");
  command->add_option("--issuer", chosen->issuer, "With --jwks: demand this iss.")->needs(jwks);
  command->add_option("--audience", chosen->audience, "With --jwks: demand this aud.")->needs(jwks);
  command->add_option("--typ", chosen->typ, "With --jwks: demand this typ.")->needs(jwks);
  command->add_option("--skew", chosen->skew, "With --jwks: maximum tolerated clock skew in seconds.")
      ->check(CLI::Range(0, 3600))
      ->needs(jwks);
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->footer(std::string(footer));
  command->callback([chosen, &exit] { exit = inspect(*chosen); });
}

}  // namespace sallyport::agent::cli
