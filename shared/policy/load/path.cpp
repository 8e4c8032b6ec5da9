#include <algorithm>

#include "policy/load/loading.hpp"
#include "policy/pattern.hpp"

namespace sallyport::policy {
namespace {

/// The forms of http/path.hpp as the document names them.
struct named_form {
  std::string_view name;
  http::path_form form;
};
constexpr named_form forms[] = {{"%2F", http::encoded_slash}, {"//", http::empty_segment}, {";", http::parameter}};

http::path_forms load_forms(const node& at) {
  http::path_forms all = http::no_forms;
  const auto names = at.texts();
  for (const auto& name : names) {
    const auto* found =
        std::find_if(std::begin(forms), std::end(forms), [&](const named_form& each) { return each.name == name; });
    if (found != std::end(forms)) all |= found->form;
    if (found == std::end(forms)) {
      at.refuse(reason::policy_member_type, "\"" + name + "\" is nothing that a path may be allowed to hold",
                "expected some of \"%2F\", \"//\" and \";\"");
    }
  }
  return all;
}

void check_forms(const node& at, const path_pattern& pattern, http::path_forms allowed) {
  for (const auto& [name, form] : forms) {
    if ((forms_of(pattern) & ~allowed & form) == 0) continue;
    const auto given = at.value().get<std::string>();
    at.refuse(reason::policy_pattern_invalid,
              "no request takes this path: the route does not allow " + std::string(name),
              "write { \"pattern\": \"" + given + "\", \"allow\": [\"" + std::string(name) + "\"] }");
  }
}

void load_pattern(const node& at, http::path_forms allowed, route& to) {
  auto text = at.text();
  if (!text) return;
  const auto parsed = parse_path_pattern(*text);
  if (const auto* problem = std::get_if<pattern_problem>(&parsed)) {
    at.refuse_inside(problem->offset, reason::policy_pattern_invalid, problem->message, problem->advice);
    return;
  }
  check_forms(at, *std::get_if<path_pattern>(&parsed), allowed);
  to.path = std::move(*text);
}

/// Reads one member of `paths`: `apart` and `alike` are its two values.
void load_reading(const node& at, std::string_view name, reading which, std::string_view apart, std::string_view alike,
                  path_rule& to) {
  const auto member = at.member(name);
  if (!member) return;
  const auto chosen = member->one_of({apart, alike});
  if (!chosen) return;
  auto& set = *chosen == 0 ? to.distinct : to.same;
  set = static_cast<readings>(set | which);
}

}  // namespace

void load_path(const node& at, route& to) {
  if (!at.value().is_object()) return load_pattern(at, http::no_forms, to);
  if (!at.is_object_of({"pattern", "allow"})) return;
  if (const auto allow = at.member("allow")) to.path_forms = load_forms(*allow);
  if (const auto pattern = at.required("pattern", "e.g. \"/api/**\"")) load_pattern(*pattern, to.path_forms, to);
}

std::optional<path_rule> load_path_rule(const node& at) {
  if (!at.is_object_of({"case", "trailing_slash", "suffix", "trailing_dot"})) return std::nullopt;
  path_rule rule;
  load_reading(at, "case", letter_case, "sensitive", "insensitive", rule);
  load_reading(at, "trailing_slash", trailing_slash, "distinct", "same", rule);
  load_reading(at, "suffix", suffix, "distinct", "same", rule);
  load_reading(at, "trailing_dot", trailing_dot, "distinct", "same", rule);
  return rule;
}

}  // namespace sallyport::policy
