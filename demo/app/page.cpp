#include "demo/app/page.hpp"

namespace sallyport::app {

namespace {

using encoding::json;

constexpr const char* head = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The app behind Sallyport</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --soft: #8882; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 8vh auto; padding: 0 1.2rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .3rem; }
  p { margin: 0 0 1.5rem; opacity: .75; }
  table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; }
  th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  th { width: 12rem; font-weight: 600; }
  td { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .9rem; }
  summary { cursor: pointer; opacity: .75; margin: 0 0 .8rem; }
</style>
)";

std::string escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else
      escaped += c;
  }
  return escaped;
}

std::string text_of(const json& value) {
  return escape(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string table(const json& members) {
  std::string rows = "<table>\n";
  for (const auto& [name, value] : members.items())
    rows += "<tr><th>" + escape(name) + "</th><td>" + text_of(value) + "</td></tr>\n";
  return rows + "</table>\n";
}

}  // namespace

std::string page(const json& view) {
  const json& identity = view["identity"];
  const bool known = identity.contains("email") || identity.contains("subject");
  const json& name = identity.contains("email") ? identity["email"] : identity["subject"];
  return std::string(head) + "<h1>" + (known ? "Hello, " + text_of(name) : "Hello, whoever you are") + "</h1>\n" +
         "<p>" + text_of(view["method"]) + " " + text_of(view["target"]) +
         " reached the app. This is what the agent vouches for:</p>\n" + table(identity) +
         "<details><summary>Every field that arrived</summary>\n" + table(view["headers"]) + "</details>\n</html>\n";
}

}  // namespace sallyport::app
