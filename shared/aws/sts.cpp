#include "aws/sts.hpp"

#include <algorithm>

#include "aws/partition.hpp"
#include "aws/xml.hpp"
#include "core/calendar.hpp"
#include "encoding/json.hpp"
#include "encoding/json_members.hpp"
#include "encoding/percent.hpp"

namespace sallyport::aws {
namespace {

using encoding::find_member;
using encoding::json;

void append_parameter(std::string& body, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (!body.empty()) body += '&';
  body.append(name).append("=").append(encoding::encode_percent(value));
}

service_error unreadable_response(const reply& from) {
  service_error out;
  out.http_status = from.status;
  out.request_id = printable(field_of(from, "x-amzn-requestid"), 64);
  out.message = "the answer of STS cannot be read";
  return out;
}

std::string text_of(const xml_element* parent, std::string_view name) {
  const xml_element* found = parent != nullptr ? parent->child(name) : nullptr;
  return found != nullptr ? found->text : std::string();
}

/// A date as AWS writes it: RFC 3339, in UTC.
unix_seconds time_of_text(std::string_view text) {
  const auto when = text.ends_with('Z') ? parse_rfc3339(text) : std::nullopt;
  return when ? std::max<unix_seconds>(when->seconds, 0) : 0;
}

bool is_complete(const temporary_credentials& given) {
  return !given.keys.access_key_id.empty() && !given.keys.secret_access_key.empty() &&
         !given.keys.session_token.empty() && given.expires > 0;
}

temporary_credentials from_xml(const xml_element& root) {
  const auto* outcome = root.child("AssumeRoleWithWebIdentityResult");
  const auto* keys = outcome != nullptr ? outcome->child("Credentials") : nullptr;
  const auto* user = outcome != nullptr ? outcome->child("AssumedRoleUser") : nullptr;
  return {{text_of(keys, "AccessKeyId"), text_of(keys, "SecretAccessKey"), text_of(keys, "SessionToken")},
          time_of_text(text_of(keys, "Expiration")),
          text_of(user, "Arn")};
}

const json* member(const json* parent, std::string_view name) {
  return parent != nullptr ? find_member(*parent, name) : nullptr;
}

std::string text_of(const json* parent, std::string_view name) {
  return parent != nullptr ? std::string(encoding::text_member(*parent, name)) : std::string();
}

/// Seconds as a number, or text.
unix_seconds time_of(const json* value) {
  if (value == nullptr) return 0;
  if (value->is_string()) return time_of_text(*value->get_ptr<const std::string*>());
  if (!value->is_number()) return 0;
  const double seconds = value->get<double>();
  return seconds > 0 && seconds < static_cast<double>(year_10000) ? static_cast<unix_seconds>(seconds) : 0;
}

temporary_credentials from_json(const json& root) {
  const json* outcome = member(member(&root, "AssumeRoleWithWebIdentityResponse"), "AssumeRoleWithWebIdentityResult");
  const json* keys = member(outcome, "Credentials");
  return {{text_of(keys, "AccessKeyId"), text_of(keys, "SecretAccessKey"), text_of(keys, "SessionToken")},
          time_of(member(keys, "Expiration")),
          text_of(member(outcome, "AssumedRoleUser"), "Arn")};
}

service_error refusal(const reply& from, std::string_view code, std::string_view message, std::string_view request_id) {
  service_error out = unreadable_response(from);
  if (code.empty() && from.status < 400) return out;
  out.code = printable(code, 128);
  out.message = printable(message);
  if (!request_id.empty()) out.request_id = printable(request_id, 64);
  out.kind = kind_of(out.code, from.status, out.message);
  return out;
}

answer<temporary_credentials> read_xml(const reply& from) {
  const auto root = parse_xml(from.body);
  if (!root.ok()) return from.status >= 400 ? refusal(from, "", "", "") : unreadable_response(from);
  if (from.status >= 400) {
    const auto* error = root->child("Error");
    return refusal(from, text_of(error, "Code"), text_of(error, "Message"), text_of(&*root, "RequestId"));
  }
  auto given = from_xml(*root);
  if (!is_complete(given)) return unreadable_response(from);
  return given;
}

answer<temporary_credentials> read_json(const reply& from) {
  const auto root = encoding::parse_json(from.body, {std::size_t{64} << 10, 16});
  if (!root.ok()) return from.status >= 400 ? refusal(from, "", "", "") : unreadable_response(from);
  if (from.status >= 400) {
    const json* error = find_member(*root, "Error");
    return refusal(from, text_of(error, "Code"), text_of(error, "Message"), text_of(&*root, "RequestId"));
  }
  auto given = from_json(*root);
  if (!is_complete(given)) return unreadable_response(from);
  return given;
}

}  // namespace

std::string sts_endpoint(std::string_view region) {
  return endpoint_of("sts", region);
}

call build_assume_role(const assume_role& request) {
  call out;
  out.host = sts_endpoint(request.region);
  out.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  out.body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15";
  append_parameter(out.body, "RoleArn", request.role_arn);
  append_parameter(out.body, "RoleSessionName", request.session_name);
  append_parameter(out.body, "WebIdentityToken", request.web_identity_token);
  append_parameter(out.body, "Policy", request.session_policy);
  append_parameter(out.body, "DurationSeconds", std::to_string(request.duration));
  return out;
}

answer<temporary_credentials> read_assume_role(const reply& from) {
  const auto start = from.body.find_first_not_of(" \t\r\n");
  const bool looks_like_xml = start != std::string_view::npos && from.body[start] == '<';
  return looks_like_xml ? read_xml(from) : read_json(from);
}

}  // namespace sallyport::aws
