#include "document/node.hpp"

#include <algorithm>

#include "document/suggest.hpp"
#include "document/units.hpp"
#include "encoding/json_text.hpp"

namespace sallyport::document {
namespace {

std::string_view type_of(const encoding::json& value) {
  if (value.is_number_float()) return "a number that is not whole";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "true or false";
  if (value.is_array()) return "a list";
  return value.is_object() ? "an object" : "null";
}

bool is_short_scalar(const encoding::json& value) {
  constexpr std::size_t longest = 64;
  const auto* text = value.get_ptr<const std::string*>();
  return value.is_boolean() || value.is_number() || (text != nullptr && text->size() <= longest && !text->empty());
}

/// What was found in the shape that was expected, where it has one.
std::string reshaped(const encoding::json& found, std::string_view expected) {
  if (found.is_null()) return "drop the member, or give it a value";
  const auto* text = found.get_ptr<const std::string*>();
  if (expected == "a list" && is_short_scalar(found)) return "write [" + encoding::canonical_json(found) + "]";
  if (expected == "a list" && found.is_object()) return "write [ … ] around it";
  if (expected == "a string" && is_short_scalar(found)) return "write \"" + encoding::canonical_json(found) + "\"";
  if (expected == "a string" && found.is_array() && found.size() == 1 && found[0].is_string() &&
      is_short_scalar(found[0])) {
    return "write " + encoding::canonical_json(found[0]);
  }
  if (expected == "a string") return "write one text: \"…\"";
  if (expected == "a list") return "write [ … ]";
  if (expected == "an object") return "write { \"name\": … }";
  if (text == nullptr) return "write " + std::string(expected);
  if (expected == "true or false")
    return *text == "true" || *text == "false" ? "without quotes: " + *text : "write true or false";
  const bool digits = !text->empty() && text->size() < 16 && text->find_first_not_of("0123456789") == std::string::npos;
  return digits ? "without quotes: " + *text : "write digits, without quotes";
}

std::span<const std::string_view> as_span(std::initializer_list<std::string_view> names) {
  return {names.begin(), names.size()};
}

}  // namespace

bool node::is_object_of(std::initializer_list<std::string_view> names) const {
  if (!value_->is_object()) return wrong_type("an object"), false;
  for (const auto& [name, below] : value_->items()) {
    if (std::find(names.begin(), names.end(), std::string_view(name)) != names.end()) continue;
    child(below, name)
        .refuse_name(reason::policy_member_unknown, "unknown member " + name,
                     report_->advise_name(name, as_span(names)));
  }
  return true;
}

std::optional<node> node::member(std::string_view name) const {
  const auto* found = encoding::find_member(*value_, name);
  return found != nullptr ? std::optional(child(*found, name)) : std::nullopt;
}

std::optional<node> node::required(std::string_view name, std::string advice) const {
  auto found = member(name);
  if (!found) refuse(reason::policy_member_missing, std::string(name) + " is missing", std::move(advice));
  return found;
}

std::vector<std::pair<std::string, node>> node::members() const {
  std::vector<std::pair<std::string, node>> all;
  if (!value_->is_object()) return wrong_type("an object"), all;
  for (const auto& [name, below] : value_->items()) all.emplace_back(name, child(below, name));
  return all;
}

std::vector<node> node::elements() const {
  std::vector<node> all;
  if (!value_->is_array()) return wrong_type("a list"), all;
  for (std::size_t i = 0; i < value_->size(); ++i) all.push_back(child((*value_)[i], std::to_string(i)));
  return all;
}

std::optional<std::string> node::text() const {
  if (!value_->is_string()) return wrong_type("a string"), std::nullopt;
  return value_->get<std::string>();
}

std::optional<std::string> node::some_text() const {
  auto given = text();
  if (given && given->empty())
    return refuse(reason::policy_member_type, "an empty string", "give it a value, or drop it"), std::nullopt;
  return given;
}

std::optional<bool> node::truth() const {
  if (!value_->is_boolean()) return wrong_type("true or false"), std::nullopt;
  return value_->get<bool>();
}

std::optional<std::int64_t> node::integer(std::int64_t least, std::int64_t most) const {
  if (!value_->is_number_integer()) return wrong_type("a whole number"), std::nullopt;
  const auto number = encoding::safe_integer(*value_);
  if (number && *number >= least && *number <= most) return number;
  refuse(reason::policy_member_type, encoding::canonical_json(*value_) + " is out of range",
         "from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<seconds> node::duration(seconds least, seconds most) const {
  constexpr std::string_view spelling = "a duration is a string such as \"30s\", \"5m\", \"12h\" or \"7d\"";
  if (!value_->is_string()) {
    const bool seconds_given =
        value_->is_number_unsigned() || (value_->is_number_integer() && value_->get<std::int64_t>() >= 0);
    refuse(reason::policy_member_type, std::string(type_of(*value_)) + " is not a duration",
           std::string(spelling) +
               (seconds_given ? "; write \"" + encoding::canonical_json(*value_) + "s\" for seconds" : ""));
    return std::nullopt;
  }
  const auto given = parse_seconds(value_->get_ref<const std::string&>());
  if (!given) return refuse(reason::policy_member_type, "not a duration", std::string(spelling)), std::nullopt;
  if (*given >= least && *given <= most) return given;
  refuse(reason::policy_member_type, "the duration is out of range",
         "from " + seconds_text(least) + " to " + seconds_text(most));
  return std::nullopt;
}

std::optional<std::size_t> node::one_of(std::initializer_list<std::string_view> names) const {
  const auto given = text();
  if (!given) return std::nullopt;
  const auto* found = std::find(names.begin(), names.end(), std::string_view(*given));
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  refuse(reason::policy_member_type, "\"" + *given + "\" is not possible here", suggestion(*given, as_span(names)));
  return std::nullopt;
}

std::vector<std::string> node::texts() const {
  std::vector<std::string> all;
  for (const auto& element : elements()) {
    auto given = element.some_text();
    if (!given) continue;
    if (std::find(all.begin(), all.end(), *given) != all.end()) {
      element.refuse(reason::policy_duplicate, *given + " is listed twice", "drop one");
      continue;
    }
    all.push_back(std::move(*given));
  }
  return all;
}

void node::refuse(reason why, std::string message, std::string advice) const {
  report_->at_value(pointer_, why, std::move(message), std::move(advice));
}

void node::refuse_name(reason why, std::string message, std::string advice) const {
  report_->at_name(pointer_, why, std::move(message), std::move(advice));
}

void node::refuse_inside(std::size_t offset, reason why, std::string message, std::string advice) const {
  report_->inside_string(pointer_, offset, why, std::move(message), std::move(advice));
}

node node::child(const encoding::json& value, std::string_view token) const {
  return node(value, pointer_ + "/" + encoding::escape_pointer_token(token), *report_);
}

void node::wrong_type(std::string_view expected) const {
  refuse(reason::policy_member_type, "expected " + std::string(expected) + ", found " + std::string(type_of(*value_)),
         reshaped(*value_, expected));
}

}  // namespace sallyport::document
