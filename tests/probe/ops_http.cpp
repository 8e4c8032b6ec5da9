#include "http/digest.hpp"
#include "http/path.hpp"
#include "http/request_head.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

/// Field values may be any bytes but controls (RFC 9110 section 5.5); JSON holds only UTF-8, so other bytes are shown
/// as the Latin-1 characters that HTTP once made of them.
std::string as_utf8(std::string_view value) {
  if (encoding::is_utf8(value)) return std::string(value);
  std::string out;
  for (char c : value) {
    const auto code = static_cast<byte>(c);
    if (code < 0x80) {
      out.push_back(c);
      continue;
    }
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
  return out;
}

/// Names in lower case, values without surrounding white space, in the order received.
json fields_of(const http::request_head& head) {
  json out = json::array();
  for (const auto& each : head.fields) out.push_back(json::array({http::to_lower(each.name), as_utf8(each.value)}));
  return out;
}

}  // namespace

outcome run_framing(const json& in, crypto::port&) {
  const auto text = base64_argument(in, "head_b64");
  if (!text) return bad_arguments{"head_b64 is missing or not base64"};
  const auto head = http::parse_request_head(*text);
  if (!head.ok()) return answer{head.why(), {}};
  return answer{
      reason::ok,
      json{{"method", std::string(head->method)}, {"target", as_utf8(head->target)}, {"fields", fields_of(*head)}}};
}

outcome run_path(const json& in, crypto::port&) {
  const auto text = base64_argument(in, "target_b64");
  if (!text) return bad_arguments{"target_b64 is missing or not base64"};
  const auto target = http::canonicalize_target(*text);
  if (!target.ok()) return answer{target.why(), {}};
  return answer{reason::ok, json{{"path", std::string(target->path())}, {"query", std::string(target->query())}}};
}

outcome run_digest(const json& in, crypto::port& host) {
  const auto value = encoding::string_member(in, "field");
  const auto body = base64_argument(in, "body_b64");
  if (!value || !body) return bad_arguments{"field or body_b64 is missing"};
  return answer{http::verify_content_digest(host, *value, as_bytes(*body)).why()};
}

}  // namespace sallyport::probe
