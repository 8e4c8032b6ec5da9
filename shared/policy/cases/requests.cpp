#include <limits>

#include "core/calendar.hpp"
#include "http/host.hpp"
#include "http/url.hpp"
#include "policy/cases/reading.hpp"

namespace sallyport::policy {
namespace {

using document::node;
using document::read_member;

constexpr std::string_view url_advice = "e.g. \"https://reports.acme.example/api/q1?year=2026\"";

/// False, and reported: no URL with a host.
bool take_url(const node& at, std::string_view url, case_request& to) {
  const auto parts = http::split_url(url);
  if (!parts || (parts->scheme != "https" && parts->scheme != "http") || !http::parse_host(parts->authority)) {
    at.refuse(reason::policy_member_type, "no http or https URL with a host", std::string(url_advice));
    return false;
  }
  to.host = parts->authority;
  to.target = parts->rest.starts_with('/') ? std::string(parts->rest) : "/" + std::string(parts->rest);
  return true;
}

std::optional<case_request> read_line(const node& at) {
  const auto text = at.some_text();
  if (!text) return std::nullopt;
  case_request request;
  std::string_view url = *text;
  if (const auto space = url.find(' '); space != std::string_view::npos) {
    request.method = url.substr(0, space);
    url = url.substr(space + 1);
  }
  return take_url(at, url, request) ? std::optional(std::move(request)) : std::nullopt;
}

void read_fields(const node& at, case_request& to) {
  for (const auto& [name, value] : at.members()) {
    if (value.value().is_array()) {
      for (auto& each : value.texts()) to.fields.emplace_back(name, std::move(each));
    } else if (auto text = value.text()) {
      to.fields.emplace_back(name, *std::move(text));
    }
  }
}

std::optional<unix_milliseconds> read_time(const node& at) {
  const auto text = at.some_text();
  if (!text) return std::nullopt;
  if (const auto when = parse_rfc3339(*text)) return when->seconds * 1000 + when->nanoseconds / 1'000'000;
  at.refuse(reason::policy_member_type, "no date and time of RFC 3339", "e.g. \"2026-03-01T09:30:00Z\"");
  return std::nullopt;
}

}  // namespace

std::optional<case_request> read_request(const node& at) {
  if (at.value().is_string()) return read_line(at);
  if (!at.is_object_of({"method", "url", "headers", "ip", "country", "asn", "time"})) return std::nullopt;
  case_request request;
  const auto url = at.required("url", std::string(url_advice));
  const auto text = url ? url->some_text() : std::nullopt;
  if (!text || !take_url(*url, *text, request)) return std::nullopt;
  const auto some_text = [](const node& m) { return m.some_text(); };
  read_member(at, "method", request.method, some_text);
  if (const auto headers = at.member("headers")) read_fields(*headers, request);
  read_member(at, "ip", request.ip, some_text);
  read_member(at, "country", request.country, some_text);
  read_member(at, "asn", request.asn,
              [](const node& m) { return m.integer(0, std::numeric_limits<std::uint32_t>::max()); });
  read_member(at, "time", request.time, read_time);
  return request;
}

}  // namespace sallyport::policy
