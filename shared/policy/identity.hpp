// The verified caller, as policy sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "encoding/json.hpp"

namespace sallyport::policy {

enum class identity_kind : std::uint8_t { user, service, workload, anonymous };

/// "user", "service", "workload", "anonymous".
std::string_view name_of(identity_kind kind);
std::optional<identity_kind> kind_from_name(std::string_view name);

/// An e-mail address as identities hold it: exactly one @ with something on both sides, no space or control character,
/// the domain in lower case. Reasons: identity_email_invalid.
result<std::string> normal_email(std::string address);

/// Who calls. The default value is the anonymous caller. All text is UTF-8.
struct identity {
  /// The issuer's name in the policy, not its URL; empty for the anonymous caller.
  std::string issuer;
  std::string subject;
  identity_kind kind = identity_kind::anonymous;
  /// Holds exactly one @; its domain is lower-case.
  std::optional<std::string> email;
  std::optional<bool> email_verified;
  /// Empty where the token names none.
  std::vector<std::string> groups;
  /// The token's claims as an object: all of them at the edge, those that the route uses at the origin.
  encoding::json claims = encoding::json::object();
  /// When the caller's own token expires.
  std::optional<unix_seconds> expires;
};

}  // namespace sallyport::policy
