#include "tests/probe/cel_values.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "cel/json_value.hpp"
#include "cel/network_text.hpp"
#include "cel/number_text.hpp"
#include "cel/time_text.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::probe {
namespace {

using cel::arena;
using cel::kind;
using cel::value;
using encoding::json;

constexpr std::string_view type_prefix = "type.googleapis.com/";
constexpr std::string_view timestamp_type = "google.protobuf.Timestamp";
constexpr std::string_view duration_type = "google.protobuf.Duration";

// int64Value -> int64_value
std::string snake_case(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out += '_';
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return out;
}

std::optional<std::string_view> text_of(const json& document) {
  const auto* text = document.get_ptr<const json::string_t*>();
  return text == nullptr ? std::nullopt : std::optional<std::string_view>(*text);
}

std::optional<value> read_integer(const json& document) {
  if (document.is_number_integer()) return value::integer(document.get<std::int64_t>());
  const auto number = cel::parse_integer(text_of(document).value_or(""));
  return number ? std::optional<value>(value::integer(*number)) : std::nullopt;
}

std::optional<value> read_unsigned(const json& document) {
  if (document.is_number_unsigned()) return value::unsigned_integer(document.get<std::uint64_t>());
  const auto number = cel::parse_unsigned(text_of(document).value_or(""));
  return number ? std::optional<value>(value::unsigned_integer(*number)) : std::nullopt;
}

std::optional<value> read_real(const json& document) {
  if (document.is_number()) return value::real(document.get<double>());
  const auto number = cel::parse_real(text_of(document).value_or(""));
  return number ? std::optional<value>(value::real(*number)) : std::nullopt;
}

std::optional<value> read_bytes(const json& document, arena& memory) {
  const auto text = text_of(document);
  if (!text) return std::nullopt;
  auto decoded = encoding::decode_base64(*text);
  if (!decoded.ok()) decoded = encoding::decode_base64url(*text);
  if (!decoded.ok()) return std::nullopt;
  return value::bytes(as_bytes(memory.copy(as_text(*decoded))));
}

std::optional<value> read_list(const json& document, arena& memory) {
  const json* values = encoding::find_member(document, "values");
  if (values == nullptr) return value::list({});
  if (!values->is_array()) return std::nullopt;
  const auto out = memory.make_array<value>(values->size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto element = read_cel_value((*values)[i], memory);
    if (!element) return std::nullopt;
    out[i] = *element;
  }
  return value::list(out);
}

std::optional<value> read_map(const json& document, arena& memory) {
  const json* entries = encoding::find_member(document, "entries");
  if (entries == nullptr) return value::map({});
  if (!entries->is_array()) return std::nullopt;
  const auto out = memory.make_array<cel::map_entry>(entries->size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const json* key = encoding::find_member((*entries)[i], "key");
    const json* content = encoding::find_member((*entries)[i], "value");
    const auto read_key = key == nullptr ? std::nullopt : read_cel_value(*key, memory);
    const auto read_content = content == nullptr ? std::nullopt : read_cel_value(*content, memory);
    if (!read_key || !read_content) return std::nullopt;
    out[i] = {*read_key, *read_content};
  }
  return cel::make_map(out);
}

// The types of google.protobuf that have a JSON form of their own.
std::optional<value> read_well_known(std::string_view name, const json& content, arena& memory) {
  if (name == timestamp_type) {
    const auto when = cel::parse_timestamp(text_of(content).value_or(""));
    return when ? std::optional<value>(value::instant(*when)) : std::nullopt;
  }
  if (name == duration_type) {
    const auto span = cel::parse_duration(text_of(content).value_or(""));
    return span ? std::optional<value>(value::interval(*span)) : std::nullopt;
  }
  if (name == "google.protobuf.BoolValue" && content.is_boolean()) return value::boolean(content.get<bool>());
  if (name == "google.protobuf.Int32Value" || name == "google.protobuf.Int64Value") return read_integer(content);
  if (name == "google.protobuf.UInt32Value" || name == "google.protobuf.UInt64Value") return read_unsigned(content);
  if (name == "google.protobuf.FloatValue" || name == "google.protobuf.DoubleValue") return read_real(content);
  if (name == "google.protobuf.BytesValue") return read_bytes(content, memory);
  const bool plain = name == "google.protobuf.Struct" || name == "google.protobuf.Value" ||
                     name == "google.protobuf.ListValue" || name == "google.protobuf.StringValue";
  return plain ? std::optional<value>(cel::value_of_json(content, memory)) : std::nullopt;
}

std::optional<value> read_object(const json& document, arena& memory) {
  const auto url = encoding::string_member(document, "@type");
  const json* content = encoding::find_member(document, "value");
  if (!url || content == nullptr) return std::nullopt;
  return read_well_known(url->substr(url->rfind('/') + 1), *content, memory);
}

json write_real(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return number;
}

json write_list(std::span<const value> elements, arena& memory) {
  json values = json::array();
  for (const auto& each : elements) values.push_back(write_cel_value(each, memory));
  return json{{"values", std::move(values)}};
}

json write_map(const value& given, arena& memory) {
  json entries = json::array();
  const auto found = cel::entries_of(given, memory);
  for (const auto& each : found.value_or(std::span<const cel::map_entry>{})) {
    entries.push_back(
        json{{"key", write_cel_value(each.key, memory)}, {"value", write_cel_value(each.content, memory)}});
  }
  return json{{"entries", std::move(entries)}};
}

json write_object(std::string_view name, std::string text) {
  return json{{"object_value", {{"@type", std::string(type_prefix) + std::string(name)}, {"value", std::move(text)}}}};
}

json write_optional(const value* content, arena& memory) {
  return json{{"optional_value", content == nullptr ? json::object() : write_cel_value(*content, memory)}};
}

// What all have in common, dyn when they differ.
cel::type common(const std::optional<cel::type>& known, const cel::type& more) {
  return !known || known->text() == more.text() ? more : cel::type();
}

cel::type type_of_list(std::span<const value> elements) {
  std::optional<cel::type> element;
  for (const auto& each : elements) element = common(element, type_of_cel_value(each));
  return cel::type::list_of(element.value_or(cel::type()));
}

cel::type type_of_map(std::span<const cel::map_entry> entries) {
  std::optional<cel::type> key;
  std::optional<cel::type> content;
  for (const auto& each : entries) {
    key = common(key, type_of_cel_value(each.key));
    content = common(content, type_of_cel_value(each.content));
  }
  return cel::type::map_of(key.value_or(cel::type()), content.value_or(cel::type()));
}

}  // namespace

std::optional<value> read_cel_value(const json& document, arena& memory) {
  if (!document.is_object() || document.size() != 1) return std::nullopt;
  const std::string name = snake_case(document.begin().key());
  const json& content = document.begin().value();
  if (name == "null_value") return value::null();
  if (name == "bool_value" && content.is_boolean()) return value::boolean(content.get<bool>());
  if (name == "int64_value") return read_integer(content);
  if (name == "uint64_value") return read_unsigned(content);
  if (name == "double_value") return read_real(content);
  if (name == "string_value" && content.is_string()) return value::string(*text_of(content));
  if (name == "type_value" && content.is_string()) return value::type(*text_of(content));
  if (name == "bytes_value") return read_bytes(content, memory);
  if (name == "list_value") return read_list(content, memory);
  if (name == "map_value") return read_map(content, memory);
  return name == "object_value" ? read_object(content, memory) : std::nullopt;
}

json write_cel_value(const value& given, arena& memory) {
  switch (given.kind()) {
    case kind::null: return json{{"null_value", nullptr}};
    case kind::boolean: return json{{"bool_value", given.as_boolean()}};
    case kind::integer: return json{{"int64_value", std::to_string(given.as_integer())}};
    case kind::unsigned_integer: return json{{"uint64_value", std::to_string(given.as_unsigned())}};
    case kind::real: return json{{"double_value", write_real(given.as_real())}};
    case kind::string: return json{{"string_value", std::string(given.as_string())}};
    case kind::bytes: return json{{"bytes_value", encoding::encode_base64(given.as_bytes())}};
    case kind::list: return json{{"list_value", write_list(given.as_list(), memory)}};
    case kind::map:
    case kind::object: return json{{"map_value", write_map(given, memory)}};
    case kind::timestamp: return write_object(timestamp_type, cel::format_timestamp(given.as_timestamp()));
    case kind::duration: return write_object(duration_type, cel::format_duration(given.as_duration()));
    case kind::type: return json{{"type_value", std::string(given.as_type())}};
    case kind::optional: return write_optional(given.as_optional(), memory);
    case kind::ip: return write_object("net.IP", cel::format_ip(given.as_network()));
    case kind::cidr: return write_object("net.CIDR", cel::format_cidr(given.as_network()));
    case kind::error: return nullptr;
  }
  return nullptr;
}

cel::type type_of_cel_value(const value& given) {
  switch (given.kind()) {
    case kind::null: return cel::type_kind::null;
    case kind::boolean: return cel::type_kind::boolean;
    case kind::integer: return cel::type_kind::integer;
    case kind::unsigned_integer: return cel::type_kind::unsigned_integer;
    case kind::real: return cel::type_kind::real;
    case kind::string: return cel::type_kind::string;
    case kind::bytes: return cel::type_kind::bytes;
    case kind::list: return type_of_list(given.as_list());
    case kind::map: return type_of_map(given.as_map());
    case kind::timestamp: return cel::type_kind::timestamp;
    case kind::duration: return cel::type_kind::duration;
    case kind::type: return cel::type::type_of({});
    case kind::object:
    case kind::optional:
    case kind::ip:
    case kind::cidr:
    case kind::error: return cel::type_kind::dyn;
  }
  return cel::type_kind::dyn;
}

}  // namespace sallyport::probe
