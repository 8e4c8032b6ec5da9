#include "tests/probe/ops_aws_arguments.hpp"

#include "core/ascii.hpp"
#include "core/calendar.hpp"
#include "encoding/percent.hpp"
#include "tests/probe/arguments.hpp"

namespace sallyport::probe {
namespace {

using encoding::find_member;
using encoding::json;
using pairs = std::vector<aws::name_value>;

/// A percent-encoded query; a triplet that is none stays as it is.
std::string decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const int value = encoding::percent_triplet(text);
    out += value >= 0 ? static_cast<char>(value) : text.front();
    text.remove_prefix(value >= 0 ? 3 : 1);
  }
  return out;
}

pairs pairs_of_text(std::string_view query) {
  pairs out;
  if (query.starts_with('?')) query.remove_prefix(1);
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    const auto equals = std::min(part.find('='), part.size());
    if (!part.empty())
      out.emplace_back(decoded(part.substr(0, equals)), decoded(part.substr(std::min(equals + 1, part.size()))));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

bool append_values(pairs& out, const std::string& name, const json& value) {
  if (value.is_string()) {
    out.emplace_back(name, value.get<std::string>());
    return true;
  }
  if (!value.is_array()) return false;
  for (const auto& each : value) {
    if (!each.is_string()) return false;
    out.emplace_back(name, each.get<std::string>());
  }
  return true;
}

std::optional<pairs> pairs_of(const json* value) {
  if (value == nullptr || value->is_null()) return pairs{};
  if (value->is_string()) return pairs_of_text(value->get<std::string>());
  pairs out;
  if (value->is_object()) {
    for (const auto& [name, each] : value->items()) {
      if (!append_values(out, name, each)) return std::nullopt;
    }
    return out;
  }
  if (!value->is_array()) return std::nullopt;
  for (const auto& pair : *value) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string()) return std::nullopt;
    if (!append_values(out, pair[0].get<std::string>(), pair[1])) return std::nullopt;
  }
  return out;
}

bool flag(const json& in, std::string_view name, bool otherwise) {
  const json* member = find_member(in, name);
  return member != nullptr && member->is_boolean() ? member->get<bool>() : otherwise;
}

}  // namespace

std::string text_argument(const json& in, std::string_view name) {
  return std::string(encoding::string_member(in, name).value_or(""));
}

std::optional<aws::signing_request> sigv4_request(const json& in) {
  const json* request = find_member(in, "request");
  if (request == nullptr || !request->is_object()) return std::nullopt;
  auto query = pairs_of(find_member(*request, "query"));
  auto fields = pairs_of(find_member(*request, "headers"));
  if (!query || !fields) return std::nullopt;
  const auto body = base64_argument(*request, "body_b64");
  return aws::signing_request{text_argument(*request, "method"), text_argument(*request, "path"), std::move(*query),
                              std::move(*fields), to_bytes(as_bytes(body.value_or("")))};
}

std::optional<unix_seconds> sigv4_time(const json& in) {
  const json* time = find_member(in, "time");
  if (time == nullptr) return std::nullopt;
  if (time->is_number()) return integer_argument(in, "time", 0);
  std::string text;
  for (char c : text_argument(in, "time")) {
    if (ascii::is_digit(c)) text += c;
  }
  std::string_view rest = text;
  int year = 0;
  civil_time at;
  if (!take_digits(rest, 4, year) || !take_digits(rest, 2, at.month) || !take_digits(rest, 2, at.day)) return {};
  if (!take_digits(rest, 2, at.hour) || !take_digits(rest, 2, at.minute) || !take_digits(rest, 2, at.second)) return {};
  at.year = year;
  return seconds_of(at);
}

aws::credentials sigv4_credentials(const json& in) {
  std::string token = text_argument(in, "token");
  if (token.empty()) token = text_argument(in, "session_token");
  return {text_argument(in, "access_key_id"), text_argument(in, "secret_access_key"), std::move(token)};
}

aws::signing_options sigv4_options(const json& in) {
  aws::signing_options options;
  const json* given = find_member(in, "options");
  if (given == nullptr || !given->is_object()) return options;
  options.normalize = flag(*given, "normalize", true);
  options.sign_body = flag(*given, "sign_body", false);
  options.omit_session_token = flag(*given, "omit_session_token", false);
  if (text_argument(*given, "mode") == "query") options.place = aws::signature_place::query;
  options.expires = integer_argument(*given, "expires", options.expires);
  return options;
}

}  // namespace sallyport::probe
