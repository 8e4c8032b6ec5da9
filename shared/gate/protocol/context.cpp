#include "gate/protocol/context.hpp"

#include <algorithm>
#include <limits>

#include "encoding/base64url.hpp"
#include "encoding/structured_field_scan.hpp"
#include "http/host.hpp"

namespace sallyport::gate {
namespace {

namespace sf = encoding::sf;

enum member : unsigned {
  id = 1,
  time = 2,
  host = 4,
  proto = 8,
  ip = 16,
  country = 32,
  asn = 64,
  headers = 128,
  authority = 256,
};
constexpr unsigned required_members = id | time | host | proto;

void append_string(std::string& to, std::string_view name, std::string_view value) {
  if (!to.empty()) to += ", ";
  to += name;
  to += "=\"";
  to += value;
  to += '"';
}

void append_integer(std::string& to, std::string_view name, std::int64_t value) {
  to += ", ";
  to += name;
  to += '=';
  to += std::to_string(value);
}

void append_digest(std::string& to, std::string_view name, const std::optional<std::array<byte, 32>>& digest) {
  if (!digest) return;
  to += ", ";
  to += name;
  to += "=:";
  to += encoding::encode_base64(*digest);
  to += ':';
}

bool is_request_id(std::string_view text) {
  return text.size() == request_id_chars && encoding::decode_base64url(text).ok();
}

unsigned member_called(std::string_view key) {
  if (key == "id") return member::id;
  if (key == "time") return member::time;
  if (key == "host") return member::host;
  if (key == "proto") return member::proto;
  if (key == "ip") return member::ip;
  if (key == "country") return member::country;
  if (key == "asn") return member::asn;
  if (key == "headers") return member::headers;
  if (key == "authority") return member::authority;
  return 0;
}

/// The text of a string that holds no escapes: none of ours ever needs one.
bool read_string(sf::cursor& in, std::string_view& text) {
  bool escaped = false;
  return sf::scan_string(in, text, escaped) && !escaped && !text.empty();
}

bool read_integer(sf::cursor& in, std::int64_t most, std::int64_t& number) {
  return sf::scan_integer(in, number) && number >= 0 && number <= most;
}

bool read_digest(sf::cursor& in, std::optional<std::array<byte, 32>>& to) {
  std::string_view base64;
  if (!sf::scan_bytes(in, base64)) return false;
  const auto raw = encoding::decode_base64(base64);
  if (!raw.ok() || raw->size() != 32) return false;
  auto& digest = to.emplace();
  std::copy(raw->begin(), raw->end(), digest.begin());
  return true;
}

bool read_asn(sf::cursor& in, request_context& context) {
  std::int64_t number = 0;
  if (!read_integer(in, std::numeric_limits<std::uint32_t>::max(), number)) return false;
  context.asn = static_cast<std::uint32_t>(number);
  return true;
}

bool read_known(sf::cursor& in, unsigned which, request_context& context) {
  if (!in.take('=')) return false;
  switch (which) {
    case member::id: return read_string(in, context.id) && is_request_id(context.id);
    case member::time: return read_integer(in, 999'999'999'999'999, context.time);
    case member::host: return read_string(in, context.host) && http::parse_host(context.host).has_value();
    case member::proto: return read_string(in, context.proto) && (context.proto == "https" || context.proto == "http");
    case member::ip: return read_string(in, context.ip);
    case member::country: return read_string(in, context.country);
    case member::asn: return read_asn(in, context);
    case member::headers: return read_digest(in, context.headers);
    case member::authority: return read_digest(in, context.authority);
    default: return false;
  }
}

/// One member; `seen` collects the known ones.
bool read_member(sf::cursor& in, unsigned& seen, request_context& context) {
  std::string_view key;
  if (!sf::scan_key(in, key)) return false;
  const unsigned which = member_called(key);
  if (which == 0) {
    sf::member unknown;
    return sf::scan_dictionary_value(in, unknown);
  }
  if ((seen & which) != 0) return false;
  seen |= which;
  return read_known(in, which, context);
}

failure invalid_at(const sf::cursor& in) {
  return {reason::context_invalid, "at byte " + std::to_string(in.at)};
}

result<void> read_all(std::string_view field, request_context& context) {
  sf::cursor in{field};
  unsigned seen = 0;
  while (!in.done()) {
    if (!read_member(in, seen, context)) return invalid_at(in);
    if (!in.done() && !sf::scan_separator(in)) return invalid_at(in);
  }
  if ((seen & required_members) == required_members) return {};
  return failure(reason::context_invalid, "id, time, host or proto is missing");
}

}  // namespace

std::string write_context(const request_context& context) {
  std::string text;
  text.reserve(192);
  append_string(text, "id", context.id);
  append_integer(text, "time", context.time);
  append_string(text, "host", context.host);
  append_string(text, "proto", context.proto);
  if (!context.ip.empty()) append_string(text, "ip", context.ip);
  if (!context.country.empty()) append_string(text, "country", context.country);
  if (context.asn != 0) append_integer(text, "asn", context.asn);
  append_digest(text, "headers", context.headers);
  append_digest(text, "authority", context.authority);
  return text;
}

result<request_context> read_context(std::string_view field) {
  request_context context;
  SALLYPORT_TRY(read_all(field, context));
  return context;
}

}  // namespace sallyport::gate
