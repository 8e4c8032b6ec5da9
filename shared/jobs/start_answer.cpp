#include "jobs/start_answer.hpp"

namespace sallyport::jobs {
namespace {

/// What leaves no doubt: no task was started, and none will be.
bool is_for_good(aws::error_kind kind) {
  switch (kind) {
    case aws::error_kind::access_denied:
    case aws::error_kind::token_refused:
    case aws::error_kind::not_found:
    case aws::error_kind::conflict:
    case aws::error_kind::capacity:
    case aws::error_kind::session_too_large:
    case aws::error_kind::invalid_request: return true;
    case aws::error_kind::throttled:
    case aws::error_kind::transient:
    case aws::error_kind::credentials_expired:
    case aws::error_kind::unreadable: return false;
  }
  __builtin_trap();
}

/// ECS refused before it looked at what was asked for.
bool is_unseen(aws::error_kind kind) {
  return kind == aws::error_kind::throttled || kind == aws::error_kind::credentials_expired;
}

start_answer not_started(aws::error_kind kind, aws_refusal refused, bool unclear) {
  const bool again = !is_for_good(kind);
  return {std::nullopt, std::move(refused), again, again && unclear};
}

std::string words_of(const aws::failed_resource& failure) {
  std::string out = failure.why + " " + failure.arn + " " + failure.detail;
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

aws_refusal refusal_of(const aws::service_error& error) {
  const std::string request = error.request_id.empty() ? "unknown" : error.request_id;
  return {aws::reason_of(error.kind),
          error.code + " (" + std::to_string(error.http_status) + ", request " + request + "): " + error.message};
}

start_answer read_refused_credentials(const aws::service_error& error) {
  return not_started(error.kind, refusal_of(error), false);
}

start_answer read_refused_start(const aws::service_error& error) {
  return not_started(error.kind, refusal_of(error), !is_unseen(error.kind));
}

start_answer read_start(const aws::tasks_answer& from) {
  if (!from.tasks.empty()) return {from.tasks.front(), {}, false, false};
  if (from.failures.empty()) {
    const aws_refusal neither{reason::aws_response_invalid, "RunTask gave neither task nor failure"};
    return not_started(aws::error_kind::unreadable, neither, true);
  }
  const auto& failure = from.failures.front();
  const auto kind = aws::kind_of_failure(failure);
  return not_started(kind, {aws::reason_of(kind), words_of(failure)}, false);
}

start_answer no_start_answer() {
  return not_started(aws::error_kind::transient, {reason::aws_unavailable, "RunTask gave no response in time"}, true);
}

}  // namespace sallyport::jobs
