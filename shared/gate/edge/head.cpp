#include "gate/edge/head.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/fields.hpp"
#include "http/host.hpp"
#include "http/method.hpp"

namespace sallyport::gate {
namespace {

result<void> check_request_line(const edge_request& request) {
  if (!http::is_token(request.method) || http::is_refused_method(request.method)) return reason::framing_method;
  if (request.host.empty()) return reason::framing_host_missing;
  if (!http::parse_host(request.host)) return reason::framing_host_invalid;
  if (request.scheme != "https" && request.scheme != "http") return failure(reason::internal, "scheme");
  return {};
}

result<void> check_fields(const edge_request& request, const edge_head_limits& limits) {
  if (request.fields.size() > limits.max_fields) return reason::framing_too_many_fields;
  std::size_t size = request.method.size() + request.target.size() + request.host.size();
  for (const auto& each : request.fields) {
    if (each.name.empty() || !http::all_are(each.name, http::token_char)) return reason::framing_field_name;
    if (http::find_control(each.value) != std::string_view::npos) return reason::framing_control_character;
    size += each.name.size() + each.value.size() + 4;
  }
  return size > limits.max_head_bytes ? result<void>(reason::framing_head_too_large) : result<void>();
}

// RFC 9110 section 8.6; at most 15 digits, as a structured field could carry them.
result<std::optional<std::uint64_t>> read_content_length(std::span<const http::field> fields) {
  const std::size_t count = http::count_fields(fields, "content-length");
  if (count == 0) return std::optional<std::uint64_t>();
  if (count > 1) return reason::framing_length_repeated;
  if (http::find_field(fields, "transfer-encoding") != nullptr) return reason::framing_length_and_encoding;
  const std::string_view text = http::find_field(fields, "content-length")->value;
  if (text.empty() || text.size() > 15) return reason::framing_length_invalid;
  std::uint64_t length = 0;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return reason::framing_length_invalid;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return std::optional(length);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A Content-Type is signed, which only ASCII can be (RFC 9421 section 2.1), and is made of tokens and quoted strings.
result<void> read_body_fields(const edge_request& request, edge_head& head) {
  SALLYPORT_ASSIGN(head.content_length, read_content_length(request.fields));
  const std::size_t types = http::count_fields(request.fields, "content-type");
  if (types > 1) return failure(reason::framing_syntax, "several Content-Type fields");
  if (types == 1) head.content_type = http::trim_ows(http::find_field(request.fields, "content-type")->value);
  if (head.content_type && !is_ascii(*head.content_type)) {
    return failure(reason::framing_syntax, "Content-Type is not ASCII");
  }
  const auto* upgrade = http::find_field(request.fields, "upgrade");
  if (upgrade != nullptr && http::list_contains(upgrade->value, "websocket")) {
    return reason::framing_upgrade_unsupported;
  }
  return {};
}

// Expect is between the client and its next hop, which answered it already.
bool may_go_on(std::span<const http::field> fields, const http::field& candidate, bool connection_names) {
  return http::may_pass(fields, candidate, connection_names) && !http::name_equals(candidate.name, "expect");
}

void keep_fields(const edge_request& request, const credential_places& places, text_arena& storage, edge_head& head) {
  const bool connection_names = http::has_connection_names(request.fields);
  // Room for the fields that signing adds.
  head.fields.reserve(request.fields.size() + 5);
  for (const auto& each : request.fields) {
    if (!may_go_on(request.fields, each, connection_names)) continue;
    auto kept = places.without_credentials(each, storage);
    // RFC 9110 section 5.5: white space around a value is not part of it, and the origin does not see it.
    if (kept) head.fields.push_back({kept->name, http::trim_ows(kept->value)});
  }
  // What does not go on is not signed and not seen by conditions either.
  if (http::find_field(head.fields, "content-type") == nullptr) head.content_type.reset();
}

bool is_ip_text(std::string_view text) {
  return !text.empty() && text.size() <= 45 && http::all_are(text, http::ipv6_char);
}

bool is_country(std::string_view text) {
  const auto fits = [](char c) { return ascii::is_upper(c) || ascii::is_digit(c); };
  return text.size() == 2 && fits(text[0]) && fits(text[1]);
}

}  // namespace

result<edge_head> read_edge_head(const edge_request& request, const credential_places& places,
                                 const edge_head_limits& limits, text_arena& storage) {
  SALLYPORT_TRY(check_request_line(request));
  SALLYPORT_TRY(check_fields(request, limits));
  edge_head head;
  SALLYPORT_TRY(read_body_fields(request, head));
  SALLYPORT_ASSIGN(head.target, http::canonicalize_target(request.target, limits.path_forms));
  keep_fields(request, places, storage, head);
  if (is_ip_text(request.ip)) head.ip = request.ip;
  if (is_country(request.country)) head.country = request.country;
  return head;
}

}  // namespace sallyport::gate
