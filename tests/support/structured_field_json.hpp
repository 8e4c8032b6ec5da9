// Structured fields in the JSON shape of the httpwg structured-field-tests: `__type` objects, binary values as base32,
// parameters and dictionaries as arrays of pairs. Used by the vector runner and by the probe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "encoding/json.hpp"
#include "encoding/structured_field.hpp"

namespace sallyport::testing {

namespace sf = encoding::sf;
using encoding::json;

inline constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 section 6, padded.
inline std::string to_base32(bytes_view data) {
  std::string out;
  std::uint64_t bits = 0;
  unsigned held = 0;
  for (byte b : data) {
    bits = (bits << 8) | b;
    held += 8;
    for (; held >= 5; held -= 5) out.push_back(base32_alphabet[(bits >> (held - 5)) & 31U]);
  }
  if (held > 0) out.push_back(base32_alphabet[(bits << (5 - held)) & 31U]);
  while (out.size() % 8 != 0) out.push_back('=');
  return out;
}

inline std::optional<bytes> from_base32(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  bytes out;
  std::uint64_t bits = 0;
  unsigned held = 0;
  for (char c : text) {
    const std::size_t value = base32_alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 5) | value;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<byte>(bits >> held));
  }
  return out;
}

inline json typed(const char* type, json value) {
  return json{{"__type", type}, {"value", std::move(value)}};
}

inline json to_json(const sf::bare_item& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* fixed = std::get_if<sf::decimal>(&value)) return static_cast<double>(fixed->thousandths) / 1000.0;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* word = std::get_if<sf::token>(&value)) return typed("token", word->text);
  if (const auto* data = std::get_if<bytes>(&value)) return typed("binary", to_base32(*data));
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* time = std::get_if<sf::date>(&value)) return typed("date", time->seconds);
  return typed("displaystring", std::get_if<sf::display_string>(&value)->text);
}

inline json to_json(const sf::parameter_list& parameters) {
  json out = json::array();
  for (const auto& [key, value] : parameters) out.push_back(json::array({json(key), to_json(value)}));
  return out;
}

inline json to_json(const sf::item& value) {
  return json::array({to_json(value.value), to_json(value.parameters)});
}

inline json to_json(const sf::member& value) {
  if (const auto* single = std::get_if<sf::item>(&value)) return to_json(*single);
  const auto& inner = *std::get_if<sf::inner_list>(&value);
  json items = json::array();
  for (const auto& each : inner.items) items.push_back(to_json(each));
  return json::array({items, to_json(inner.parameters)});
}

inline json to_json(const sf::list& members) {
  json out = json::array();
  for (const auto& each : members) out.push_back(to_json(each));
  return out;
}

inline json to_json(const sf::dictionary& members) {
  json out = json::array();
  for (const auto& [key, value] : members) out.push_back(json::array({json(key), to_json(value)}));
  return out;
}

/// Why a JSON value is no structured field value: its shape is not the one above, or its number cannot be carried.
enum class shape : std::uint8_t { ok, malformed, unserializable };

inline shape typed_from_json(const json& in, sf::bare_item& out) {
  const auto type = encoding::string_member(in, "__type");
  const json* value = encoding::find_member(in, "value");
  if (!type || value == nullptr) return shape::malformed;
  if (*type == "date") {
    if (!value->is_number_integer()) return shape::malformed;
    out = sf::date{value->get<std::int64_t>()};
    return shape::ok;
  }
  if (!value->is_string()) return shape::malformed;
  const auto& text = value->get_ref<const std::string&>();
  if (*type == "token") {
    out = sf::token{text};
  } else if (*type == "displaystring") {
    out = sf::display_string{text};
  } else if (*type == "binary") {
    const auto data = from_base32(text);
    if (!data) return shape::malformed;
    out = *data;
  } else {
    return shape::malformed;
  }
  return shape::ok;
}

inline shape from_json(const json& in, sf::bare_item& out) {
  if (in.is_object()) return typed_from_json(in, out);
  if (in.is_string()) {
    out = in.get<std::string>();
  } else if (in.is_boolean()) {
    out = in.get<bool>();
  } else if (in.is_number_integer()) {
    out = in.get<std::int64_t>();
  } else if (in.is_number()) {
    const auto rounded = sf::round_to_decimal(in.get<double>());
    if (!rounded.ok()) return shape::unserializable;
    out = *rounded;
  } else {
    return shape::malformed;
  }
  return shape::ok;
}

inline bool is_pair(const json& in) {
  return in.is_array() && in.size() == 2;
}
inline bool is_named_pair(const json& in) {
  return is_pair(in) && in[0].is_string();
}

inline shape from_json(const json& in, sf::parameter_list& out) {
  if (!in.is_array()) return shape::malformed;
  for (const auto& pair : in) {
    if (!is_named_pair(pair)) return shape::malformed;
    auto& added = out.emplace_back();
    added.key = pair[0].get<std::string>();
    if (const shape got = from_json(pair[1], added.value); got != shape::ok) return got;
  }
  return shape::ok;
}

inline shape from_json(const json& in, sf::item& out) {
  if (!is_pair(in)) return shape::malformed;
  const shape got = from_json(in[0], out.value);
  return got != shape::ok ? got : from_json(in[1], out.parameters);
}

inline shape from_json(const json& in, sf::member& out) {
  if (!is_pair(in)) return shape::malformed;
  if (!in[0].is_array()) return from_json(in, out.emplace<sf::item>());
  auto& inner = out.emplace<sf::inner_list>();
  for (const auto& each : in[0]) {
    if (const shape got = from_json(each, inner.items.emplace_back()); got != shape::ok) return got;
  }
  return from_json(in[1], inner.parameters);
}

inline shape from_json(const json& in, sf::list& out) {
  if (!in.is_array()) return shape::malformed;
  for (const auto& each : in) {
    if (const shape got = from_json(each, out.emplace_back()); got != shape::ok) return got;
  }
  return shape::ok;
}

inline shape from_json(const json& in, sf::dictionary& out) {
  if (!in.is_array()) return shape::malformed;
  for (const auto& pair : in) {
    if (!is_named_pair(pair)) return shape::malformed;
    auto& added = out.emplace_back();
    added.key = pair[0].get<std::string>();
    if (const shape got = from_json(pair[1], added.value); got != shape::ok) return got;
  }
  return shape::ok;
}

/// Parses the joined lines as `type` (item, list, dictionary) into JSON; nothing when there is no such type.
inline std::optional<result<json>> parse_as(std::string_view type, std::string_view text) {
  const auto shown = [](const auto& parsed) -> result<json> {
    if (!parsed.ok()) return parsed.error();
    return to_json(*parsed);
  };
  if (type == "item") return shown(sf::parse_item(text));
  if (type == "list") return shown(sf::parse_list(text));
  if (type == "dictionary") return shown(sf::parse_dictionary(text));
  return std::nullopt;
}

template <class T>
result<std::string> serialize_json_as(const json& value) {
  T typed_value;
  switch (from_json(value, typed_value)) {
    case shape::ok: return sf::serialize(typed_value);
    case shape::unserializable: return reason::sf_unserializable;
    case shape::malformed: return reason::json_wrong_type;
  }
  __builtin_trap();
}

/// Serializes JSON of that shape. json_wrong_type: the JSON has another shape.
inline std::optional<result<std::string>> serialize_as(std::string_view type, const json& value) {
  if (type == "item") return serialize_json_as<sf::item>(value);
  if (type == "list") return serialize_json_as<sf::list>(value);
  if (type == "dictionary") return serialize_json_as<sf::dictionary>(value);
  return std::nullopt;
}

}  // namespace sallyport::testing
