#include "policy/job_input.hpp"

#include <algorithm>

#include "encoding/json.hpp"
#include "regex/regex.hpp"

namespace sallyport::policy {
namespace {

using encoding::json;

failure invalid(std::string_view name, std::string_view why) {
  return {reason::job_input_invalid, "input " + encoding::canonical_json_string(name) + " " + std::string(why)};
}

/// NUL ends a variable of the environment, so what follows it would be lost.
bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

result<void> check_value(const job_input& declared, std::string_view value) {
  if (value.size() > declared.max_length) {
    return invalid(declared.name, "is longer than " + std::to_string(declared.max_length) + " bytes");
  }
  if (has_nul(value)) return invalid(declared.name, "holds a NUL");
  if (declared.accepts != nullptr && !declared.accepts->found_in(value)) {
    return invalid(declared.name, "does not match " + declared.pattern);
  }
  return {};
}

result<void> check_names(const job& what, const json& given) {
  for (const auto& entry : given.items()) {
    const auto& name = entry.key();
    const auto& value = entry.value();
    const bool known = std::any_of(what.input.begin(), what.input.end(),
                                   [&](const job_input& declared) { return declared.name == name; });
    if (!known) return invalid(name, "is not declared by job " + what.name);
    if (!value.is_string()) return invalid(name, "is not text");
  }
  return {};
}

result<json> parse_body(std::string_view body) {
  if (body.empty()) return json(json::object());
  SALLYPORT_ASSIGN(json given, encoding::parse_json(body, {max_override_characters * 2, 4}));
  if (!given.is_object()) return failure(reason::job_input_invalid, "the inputs are not a JSON object");
  return given;
}

}  // namespace

result<job_environment> read_job_input(const job& what, std::string_view body) {
  SALLYPORT_ASSIGN(const json given, parse_body(body));
  SALLYPORT_TRY(check_names(what, given));
  job_environment out;
  std::size_t characters = 0;
  for (const auto& declared : what.input) {
    const auto text = encoding::string_member(given, declared.name);
    if (text) SALLYPORT_TRY(check_value(declared, *text));
    if (!text && declared.required) return invalid(declared.name, "is missing");
    if (!text && !declared.default_value) continue;
    out.emplace_back(declared.name, text ? std::string(*text) : *declared.default_value);
    // Each one is written as {"name":"…","value":"…"} with its value escaped.
    characters += encoding::canonical_json_string(out.back().second).size() + declared.name.size() + 24;
  }
  if (characters > max_override_characters - 128) {
    return failure(reason::job_input_invalid,
                   "the inputs together are longer than a task can be given (8192 characters)");
  }
  return out;
}

}  // namespace sallyport::policy
