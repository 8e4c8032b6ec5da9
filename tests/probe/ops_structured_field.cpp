#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"
#include "tests/support/structured_field_json.hpp"

namespace sallyport::probe {
namespace {

/// The field lines, a list of strings or one string, as one value.
std::optional<std::string> joined_lines(const json& in) {
  const json* raw = encoding::find_member(in, "raw");
  if (raw == nullptr) return std::nullopt;
  if (raw->is_string()) return *raw->get_ptr<const std::string*>();
  if (!raw->is_array()) return std::nullopt;
  std::vector<std::string_view> lines;
  for (const json& line : *raw) {
    if (!line.is_string()) return std::nullopt;
    lines.push_back(*line.get_ptr<const std::string*>());
  }
  return encoding::sf::join_lines(lines);
}

/// `type`, also spelled `header_type` as in the structured-field-tests.
std::string_view type_argument(const json& in) {
  const auto type = encoding::string_member(in, "type");
  return type ? *type : encoding::string_member(in, "header_type").value_or("");
}

}  // namespace

outcome run_sf_parse(const json& in, crypto::port&) {
  const auto text = joined_lines(in);
  if (!text) return bad_arguments{"raw is missing or not a list of strings"};
  const auto value = testing::parse_as(type_argument(in), *text);
  if (!value) return bad_arguments{"type is not item, list or dictionary"};
  if (!value->ok()) return answer{value->why(), {}};
  return answer{reason::ok, json{{"value", **value}}};
}

outcome run_sf_serialize(const json& in, crypto::port&) {
  const json* value = encoding::find_member(in, "value");
  if (value == nullptr) return bad_arguments{"value is missing"};
  const auto text = testing::serialize_as(type_argument(in), *value);
  if (!text) return bad_arguments{"type is not item, list or dictionary"};
  if (text->why() == reason::json_wrong_type) return bad_arguments{"value has not the shape of its type"};
  if (!text->ok()) return answer{text->why(), {}};
  json lines = json::array();
  if (!(*text)->empty()) lines.push_back(**text);
  return answer{reason::ok, json{{"raw", lines}}};
}

}  // namespace sallyport::probe
