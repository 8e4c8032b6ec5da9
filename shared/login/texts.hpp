// What the sealed texts of a session and of a login under way hold: canonical JSON (RFC 8785) of exactly these members. A
// reader writes again what it read and demands the same text, so that an unknown, missing or repeated member, and another
// spelling, is seal_invalid. Times are whole seconds; octets are in base64url.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "encoding/json.hpp"

namespace sallyport::login {

/// The cookie of a session at one host. With it a request is decided without asking anybody, until `hard_end`.
struct session_text {
  /// `o`: the name of the person's object, and `k`: the id of the master key that it was made with.
  std::string object, name_key;
  /// `s` and `g`: 16 octets each.
  std::string session, grant;
  /// `n`: rises when the person's claims change.
  std::uint32_t generation = 0;
  /// `p`: its name in the policy.
  std::string provider;
  /// `q`, `i`, `h`, `a`
  unix_seconds granted = 0, issued = 0, hard_end = 0, absolute = 0;
  /// `f`: login/fact_set.hpp.
  std::string fact_set;
  /// `d`, an object; nothing (`ref`: true): they did not fit, and are with the object.
  std::optional<encoding::json> facts;
};

/// Longest plaintext of a session: its cookie is then 32 + 1 + 2,047 = 2,080 octets, of which browsers take 4,096.
inline constexpr std::size_t max_session_bytes = 1500;

/// Without the facts where they make it longer than that.
std::string write_session(const session_text& from);
/// Reasons: seal_invalid.
result<session_text> read_session(std::string_view plain);

/// What a route demands of a login; by default nothing.
struct requirement {
  std::optional<std::string> provider;
  /// `acr`: one of these. `amr`: all of these. Empty: any.
  std::vector<std::string> acr, amr;
  /// Since when, at most, the person has authenticated.
  std::optional<seconds> max_age;
};

/// The seed of a login under way: what must not be guessed is derived from it.
using login_seed = std::array<byte, 32>;

/// The cookie of a login under way.
struct transaction_text {
  /// `t`
  unix_seconds begun = 0;
  /// `y`
  login_seed seed{};
  /// `r`: login/return_path.hpp
  std::string return_path;
  /// `w`
  requirement wanted;
  /// `ah`, `as`: the application's host and the state of the login there. Only at a login host that is another one.
  std::optional<std::string> app_host, app_state;
  /// `p`, `iss`: whom the person was sent to. Only at the login host.
  std::optional<std::string> provider, issuer;
};

/// How long a login may take.
inline constexpr seconds transaction_life = 3600;

std::string write_transaction(const transaction_text& from);
/// Reasons: seal_invalid.
result<transaction_text> read_transaction(std::string_view plain);

}  // namespace sallyport::login
