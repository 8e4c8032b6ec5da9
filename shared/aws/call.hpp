// A call to AWS as a value: built here, sent by the host; and what can come back instead of an answer.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aws/sigv4.hpp"
#include "core/result.hpp"

namespace sallyport::aws {

/// One HTTPS request, not yet signed. `host` is a regional endpoint's name without scheme.
struct call {
  std::string host;
  /// Always POST to this path.
  std::string path = "/";
  std::vector<name_value> fields;
  std::string body;
};

/// What the host received. `fields` are only those that the readers ask for: names in lower case.
struct reply {
  std::uint16_t status = 0;
  std::vector<name_value> fields;
  std::string_view body;
};

/// What AWS's refusals have in common, sorted by what to do about them.
enum class error_kind : std::uint8_t {
  /// Slow down and try again (HTTP 400 ThrottlingException included: ECS throttles with 400).
  throttled,
  /// Theirs; try again (5xx, and STS failing to fetch our keys).
  transient,
  /// The role, its trust policy or the session policy says no.
  access_denied,
  /// The web identity token was refused: expired, or not ours.
  token_refused,
  /// The cluster, service, task or task definition is not there.
  not_found,
  /// The same client token with other parameters.
  conflict,
  /// No capacity, or a limit of the account.
  capacity,
  /// The credentials have expired or are unknown: fetch new ones and try again.
  credentials_expired,
  /// We sent something wrong.
  invalid_request,
  /// The answer cannot be read.
  unreadable,
  /// Session policy and tags are too large together: nothing that another try would change.
  session_too_large,
};

/// A refusal of AWS. Code, message and request id are for operators and the audit, never for callers.
struct service_error {
  error_kind kind = error_kind::unreadable;
  std::string code;
  std::string message;
  std::string request_id;
  std::uint16_t http_status = 0;
};

template <class T>
using answer = std::variant<T, service_error>;

/// Whether the same call may succeed when sent again.
bool is_retryable(error_kind kind);
/// The reason to give for it: aws_throttled, aws_access_denied, aws_response_invalid, ….
reason reason_of(error_kind kind);
std::string_view name_of(error_kind kind);
/// The kind of an AWS error: by its code (the part behind `#`), for codes that are not known by the HTTP status. Where that
/// says no more than that AWS took it as invalid, by the words of the message.
error_kind kind_of(std::string_view code, std::uint16_t http_status, std::string_view message = {});
/// Whether STS did not take who we are: a role or its trust policy is mended by people, who then try again at once.
bool is_about_identity(const service_error& error);

/// A refusal out of an awsJson1.1 answer: `__type` or the x-amzn-errortype field, `message` in either case.
service_error read_json_error(const reply& from);
/// The value of a field of the reply, or "".
std::string_view field_of(const reply& from, std::string_view lower_name);
/// Text for operators: at most `max_bytes`, control characters gone.
std::string printable(std::string_view text, std::size_t max_bytes = 512);

}  // namespace sallyport::aws
