#include "gate/protocol/problem.hpp"

#include "encoding/json.hpp"
#include "encoding/visible.hpp"

namespace sallyport::gate {
namespace {

// Message signatures and what the origin checks beyond them: the table's blocks 350-399 and 500-549.
bool is_origin_check(reason why) {
  const auto number = static_cast<unsigned>(why);
  return (number >= 350 && number < 400) || (number >= 500 && number < 550);
}

}  // namespace

// RFC 9457 section 3: `type` is left out and so "about:blank"; then `title` is the status phrase (section 4.2.1).
std::string problem_body(reason why, std::string_view request_id, std::string_view detail) {
  const auto& row = describe(why);
  encoding::json problem{
      {"code", std::string(row.public_code)}, {"status", row.http_status}, {"title", std::string(title_of(why))}};
  if (!request_id.empty()) problem["request_id"] = std::string(request_id);
  if (why == reason::job_input_invalid && !detail.empty()) problem["detail"] = std::string(detail);
  return encoding::visible(encoding::canonical_json(problem));
}

namespace {

std::string_view plain_challenge(reason why) {
  const auto& row = describe(why);
  if (row.http_status != 401) return "";
  // RFC 6750 section 3: a parameter must follow, and no error when nothing was presented.
  if (row.public_code == "credential_required") return R"(Bearer realm="sallyport")";
  if (row.public_code == "token_expired") {
    return R"(Bearer error="invalid_token", error_description="The token has expired")";
  }
  // The origin has no use for a token: only the edge's signature opens it.
  if (is_origin_check(why)) return "Sallyport";
  return R"(Bearer error="invalid_token")";
}

}  // namespace

std::string challenge(reason why, std::string_view resource_metadata) {
  std::string value(plain_challenge(why));
  if (resource_metadata.empty() || !value.starts_with("Bearer ")) return value;
  return value.append(", resource_metadata=\"").append(resource_metadata).append("\"");
}

std::string_view title_of(reason why) {
  switch (describe(why).http_status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Error";
  }
}

}  // namespace sallyport::gate
