#include "agent/config/load.hpp"
#include "agent/config/member.hpp"
#include "encoding/json.hpp"

extern char** environ;

namespace sallyport::agent::config {

namespace {

constexpr std::string_view prefix = "SALLYPORT_";

std::string value_text(const member& of, const settings& values) {
  const std::string text = of.show(values);
  return of.kind == kind::count ? text : encoding::canonical_json_string(text);
}

std::string_view group_of(const member& of) {
  const std::size_t dot = of.path.find('.');
  return dot == std::string_view::npos ? std::string_view() : of.path.substr(0, dot);
}

std::string_view name_in_group(const member& of) {
  const std::size_t dot = of.path.find('.');
  return dot == std::string_view::npos ? of.path : of.path.substr(dot + 1);
}

}  // namespace

std::string describe(const problem& what) {
  std::string text = what.source;
  if (what.line > 0) text += ":" + std::to_string(what.line) + ":" + std::to_string(what.column);
  if (!what.member.empty()) text += ": " + what.member;
  text += ": " + what.message + ".";
  return what.advice.empty() ? text : text + " " + what.advice;
}

environment process_environment() {
  environment found;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry(*each);
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(prefix) || equals == std::string_view::npos) continue;
    found.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return found;
}

std::string write(const settings& values) {
  std::string text = "{\n";
  std::string_view open;
  bool first = true;
  for (const member& each : all_members()) {
    if (each.kind == kind::secret || each.show(values).empty()) continue;
    const std::string_view group = group_of(each);
    const bool enters = group != open;
    if (enters && !open.empty()) text += "\n  }";
    if (!first) text += enters || !group.empty() || open.empty() ? ",\n" : "\n";
    if (enters && !group.empty()) text += "  \"" + std::string(group) + "\": {\n";
    open = group;
    first = false;
    text += group.empty() ? "  " : "    ";
    text += "\"" + std::string(name_in_group(each)) + "\": " + value_text(each, values);
  }
  if (!open.empty()) text += "\n  }";
  return text + "\n}\n";
}

std::string reference() {
  const settings defaults;
  std::string text = "| member | environment variable | kind | default | what |\n| --- | --- | --- | --- | --- |\n";
  for (const member& each : all_members()) {
    const std::string value = each.show(defaults);
    text += "| `" + std::string(each.path) + "` | `" + environment_name(each) + "` | " +
            std::string(describe(each.kind)) + (each.range.empty() ? "" : "; " + std::string(each.range)) + " | " +
            (value.empty() ? "" : "`" + value + "`") + " | " + std::string(each.about) + " |\n";
  }
  return text;
}

}  // namespace sallyport::agent::config
