#include "tests/probe/argument_rules.hpp"

#include <algorithm>
#include <cmath>

#include "cel/time_text.hpp"
#include "policy/identity.hpp"
#include "tests/probe/arguments.hpp"

namespace sallyport::probe {
namespace {

bool is_text(const json& given) {
  return given.is_string();
}

bool is_base64(const json& given) {
  return given.is_string() && decoded_base64(given.get_ref<const std::string&>()).has_value();
}

bool is_time(const json& given) {
  constexpr double largest_exact_integer = 9007199254740991.0;
  if (given.is_number()) return std::fabs(given.get<double>()) <= largest_exact_integer;
  return given.is_string() && cel::parse_timestamp(given.get_ref<const std::string&>()).has_value();
}

bool is_kind(const json& given) {
  return given.is_string() && policy::kind_from_name(given.get_ref<const std::string&>()).has_value();
}

bool is_text_or_texts(const json& given) {
  return given.is_string() || (given.is_array() && std::all_of(given.begin(), given.end(), is_text));
}

}  // namespace

namespace shapes {

const argument_shape any{"there", [](const json&) { return true; }};
const argument_shape text{"text", is_text};
const argument_shape base64{"base64", is_base64};
const argument_shape number{"a number", [](const json& given) { return given.is_number(); }};
const argument_shape boolean{"true or false", [](const json& given) { return given.is_boolean(); }};
const argument_shape object{"an object", [](const json& given) { return given.is_object(); }};
const argument_shape object_or_list{"an object or a list", [](const json& given) { return given.is_structured(); }};
const argument_shape text_or_texts{"text or a list of texts", is_text_or_texts};
const argument_shape time{"RFC 3339 text or a number", is_time};
const argument_shape kind{"a kind of identity", is_kind};

}  // namespace shapes

std::optional<bad_arguments> find_mistake(const json& in, std::initializer_list<argument_rule> rules) {
  for (const auto& rule : rules) {
    const json* given = encoding::find_member(in, rule.name);
    const bool absent = given == nullptr || given->is_null();
    if (absent && rule.required) return bad_arguments{std::string(rule.name) + " is missing"};
    if (absent || rule.shape.fits(*given)) continue;
    return bad_arguments{std::string(rule.name) + " is not " + std::string(rule.shape.called)};
  }
  return std::nullopt;
}

}  // namespace sallyport::probe
