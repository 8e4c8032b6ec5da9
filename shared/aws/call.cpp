#include "aws/call.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/ascii.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

struct known_code {
  std::string_view code;
  error_kind kind;
};

// Names from AWS's models of ECS (2014-11-13) and STS (2011-06-15) and the errors common to all services.
constexpr std::array known_codes = {
    known_code{"ThrottlingException", error_kind::throttled},
    known_code{"Throttling", error_kind::throttled},
    known_code{"ThrottledException", error_kind::throttled},
    known_code{"RequestLimitExceeded", error_kind::throttled},
    known_code{"TooManyRequestsException", error_kind::throttled},
    known_code{"ServerException", error_kind::transient},
    known_code{"InternalFailure", error_kind::transient},
    known_code{"InternalError", error_kind::transient},
    known_code{"ServiceUnavailable", error_kind::transient},
    known_code{"RequestTimeout", error_kind::transient},
    known_code{"RequestTimeoutException", error_kind::transient},
    // STS fetches our keys for every token, and is known to fail at it now and then.
    known_code{"IDPCommunicationError", error_kind::transient},
    known_code{"InvalidIdentityToken", error_kind::transient},
    known_code{"AccessDenied", error_kind::access_denied},
    known_code{"AccessDeniedException", error_kind::access_denied},
    known_code{"UnauthorizedOperation", error_kind::access_denied},
    known_code{"IDPRejectedClaim", error_kind::token_refused},
    known_code{"ExpiredTokenException", error_kind::credentials_expired},
    known_code{"ExpiredToken", error_kind::credentials_expired},
    known_code{"RequestExpired", error_kind::credentials_expired},
    known_code{"UnrecognizedClientException", error_kind::credentials_expired},
    known_code{"InvalidClientTokenId", error_kind::credentials_expired},
    known_code{"ClusterNotFoundException", error_kind::not_found},
    known_code{"ServiceNotFoundException", error_kind::not_found},
    known_code{"ServiceNotActiveException", error_kind::not_found},
    known_code{"ResourceNotFoundException", error_kind::not_found},
    known_code{"TaskSetNotFoundException", error_kind::not_found},
    known_code{"ConflictException", error_kind::conflict},
    known_code{"IdempotentParameterMismatch", error_kind::conflict},
    known_code{"LimitExceededException", error_kind::capacity},
    known_code{"PlatformTaskDefinitionIncompatibilityException", error_kind::invalid_request},
    known_code{"PlatformUnknownException", error_kind::invalid_request},
    known_code{"InvalidParameterException", error_kind::invalid_request},
    known_code{"ClientException", error_kind::invalid_request},
    known_code{"MalformedPolicyDocument", error_kind::invalid_request},
    known_code{"PackedPolicyTooLarge", error_kind::session_too_large},
    known_code{"RegionDisabledException", error_kind::invalid_request},
    known_code{"BlockedException", error_kind::access_denied},
    known_code{"UnsupportedFeatureException", error_kind::invalid_request},
    known_code{"SignatureDoesNotMatch", error_kind::invalid_request},
    known_code{"ValidationError", error_kind::invalid_request},
    known_code{"ValidationException", error_kind::invalid_request},
};

struct known_words {
  std::string_view words;
  error_kind kind;
};

// In lower case; the first that occurs counts. Codes such as ClientException stand for a mistake of ours as well as for a full
// account: only the message tells which.
constexpr std::array words_of_messages = {
    known_words{"rate exceeded", error_kind::throttled},
    known_words{"rate limit", error_kind::throttled},
    known_words{"request limit", error_kind::throttled},
    known_words{"too many requests", error_kind::throttled},
    known_words{"throttl", error_kind::throttled},
    known_words{"limit exceeded", error_kind::capacity},
    known_words{"exceeded the limit", error_kind::capacity},
    known_words{"reached the limit", error_kind::capacity},
    known_words{"provisioning capacity", error_kind::capacity},
    known_words{"capacity is unavailable", error_kind::capacity},
    known_words{"try again", error_kind::transient},
};

std::optional<error_kind> kind_in_words(std::string_view message) {
  const std::string lower = ascii::to_lower(message);
  for (const auto& known : words_of_messages) {
    if (lower.find(known.words) != std::string::npos) return known.kind;
  }
  return std::nullopt;
}

error_kind kind_of_code(std::string_view code, std::uint16_t http_status) {
  for (const auto& known : known_codes) {
    if (known.code == code) return known.kind;
  }
  if (http_status == 429) return error_kind::throttled;
  if (http_status >= 500) return error_kind::transient;
  if (http_status == 401 || http_status == 403) return error_kind::access_denied;
  return http_status >= 400 ? error_kind::invalid_request : error_kind::unreadable;
}

/// Codes that say themselves what is wrong with the request.
bool is_plain(std::string_view code) {
  constexpr std::array<std::string_view, 3> plain = {"MalformedPolicyDocument", "RegionDisabledException",
                                                     "SignatureDoesNotMatch"};
  return std::find(plain.begin(), plain.end(), code) != plain.end();
}

}  // namespace

bool is_retryable(error_kind kind) {
  return kind == error_kind::throttled || kind == error_kind::transient || kind == error_kind::credentials_expired;
}

reason reason_of(error_kind kind) {
  switch (kind) {
    case error_kind::throttled: return reason::aws_throttled;
    case error_kind::access_denied:
    case error_kind::token_refused:
    case error_kind::credentials_expired: return reason::aws_access_denied;
    case error_kind::not_found: return reason::aws_not_found;
    case error_kind::conflict: return reason::aws_conflict;
    case error_kind::capacity: return reason::aws_capacity;
    case error_kind::transient: return reason::aws_unavailable;
    case error_kind::session_too_large: return reason::aws_session_too_large;
    case error_kind::invalid_request: return reason::aws_request_refused;
    case error_kind::unreadable: return reason::aws_response_invalid;
  }
  __builtin_trap();
}

std::string_view name_of(error_kind kind) {
  switch (kind) {
    case error_kind::throttled: return "throttled";
    case error_kind::transient: return "transient";
    case error_kind::access_denied: return "access_denied";
    case error_kind::token_refused: return "token_refused";
    case error_kind::not_found: return "not_found";
    case error_kind::conflict: return "conflict";
    case error_kind::capacity: return "capacity";
    case error_kind::credentials_expired: return "credentials_expired";
    case error_kind::session_too_large: return "session_too_large";
    case error_kind::invalid_request: return "invalid_request";
    case error_kind::unreadable: return "unreadable";
  }
  __builtin_trap();
}

error_kind kind_of(std::string_view code, std::uint16_t http_status, std::string_view message) {
  const error_kind kind = kind_of_code(code, http_status);
  if (kind != error_kind::invalid_request || is_plain(code)) return kind;
  return kind_in_words(message).value_or(kind);
}

bool is_about_identity(const service_error& error) {
  if (error.kind == error_kind::access_denied || error.kind == error_kind::token_refused) return true;
  return error.code == "InvalidIdentityToken" || error.code == "IDPCommunicationError";
}

std::string_view field_of(const reply& from, std::string_view lower_name) {
  for (const auto& [name, value] : from.fields) {
    if (name == lower_name) return value;
  }
  return {};
}

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  for (char c : text.substr(0, max_bytes)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  // A character cut in two at the end would make the record ill-formed.
  while (!out.empty() && !encoding::is_utf8(out)) out.pop_back();
  return out;
}

service_error read_json_error(const reply& from) {
  service_error out;
  out.http_status = from.status;
  out.request_id = printable(field_of(from, "x-amzn-requestid"), 64);
  std::string_view code = field_of(from, "x-amzn-errortype");
  const auto body = encoding::parse_json(from.body, {std::size_t{64} << 10, 16});
  if (body.ok()) {
    if (const auto type = encoding::string_member(*body, "__type")) code = *type;
    const auto lower = encoding::string_member(*body, "message");
    const auto upper = encoding::string_member(*body, "Message");
    out.message = printable(lower.value_or(upper.value_or("")));
  }
  // "com.amazonaws.ecs#ClientException" and "ClientException:http://…" both occur.
  code = code.substr(code.find('#') + 1);
  code = code.substr(0, code.find(':'));
  out.code = printable(code, 128);
  out.kind = kind_of(out.code, from.status, out.message);
  return out;
}

}  // namespace sallyport::aws
