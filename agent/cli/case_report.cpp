#include "agent/cli/case_report.hpp"

#include <algorithm>

#include "encoding/visible.hpp"

namespace sallyport::agent::cli {
namespace {

using encoding::json;
using encoding::visible;

std::string with_route(std::string text, const std::string& route) {
  return route.empty() ? text : text + (text.empty() ? "" : ", ") + "route " + route;
}

std::string describe(const policy::case_expectation& expected) {
  std::string text = !expected.allowed ? "" : *expected.allowed ? "allow" : "deny";
  if (expected.why) text += ", " + std::string(name_of(*expected.why));
  return with_route(text, expected.route);
}

std::string describe(const policy::case_outcome& got) {
  const std::string text = got.allowed() ? "allow" : "deny, " + std::string(name_of(got.why));
  const auto whole = with_route(text, got.route == nullptr ? "" : got.route->id);
  return got.detail.empty() ? whole : whole + " (" + got.detail + ")";
}

std::string place_of(const case_report& all, const policy::policy_case& what) {
  return all.file + ":" + std::to_string(what.at.line) + ":" + std::to_string(what.at.column);
}

std::string count_of(std::size_t part, std::size_t of, const std::string& noun) {
  return std::to_string(part) + " of " + std::to_string(of) + " " + noun;
}

/// A line for each route and outcome that no case has reached.
std::string gaps(const policy::coverage& reached) {
  std::string text;
  for (const auto& each : reached.routes())
    if (!each.reached) text += "  never asked for: route " + each.route->id + "\n";
  for (const auto& each : reached.conditions()) {
    if (!each.was_true) text += "  never true: " + each.name + "\n";
    if (!each.was_false) text += "  never false: " + each.name + "\n";
  }
  return text;
}

std::string summary(const case_report& all) {
  const std::size_t failed = all.failed();
  const auto& reached = *all.reached;
  return std::to_string(all.results.size()) + (all.results.size() == 1 ? " case: " : " cases: ") +
         std::to_string(all.results.size() - failed) + " passed, " + std::to_string(failed) +
         " failed\ncoverage: " + std::to_string(reached.percent()) + " %, " +
         count_of(reached.reached_routes(), reached.routes().size(), "routes") + ", " +
         count_of(reached.reached_outcomes(), 2 * reached.conditions().size(), "outcomes of conditions") + "\n";
}

json described(const case_report& all, const case_result& each) {
  json one = {{"name", each.what->name},
              {"file", all.file},
              {"line", each.what->at.line},
              {"column", each.what->at.column},
              {"ok", each.passed},
              {"expected", describe(each.what->expected)},
              {"decision", each.got.allowed() ? "allow" : "deny"},
              {"reason", std::string(name_of(each.got.why))},
              {"route", each.got.route == nullptr ? "" : each.got.route->id}};
  if (!each.got.detail.empty()) one["detail"] = each.got.detail;
  return one;
}

/// XML 1.0 section 2.4, and no character that it forbids.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

std::size_t case_report::failed() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [](const case_result& each) { return !each.passed; }));
}

std::string as_text(const case_report& all) {
  std::string text;
  for (const auto& each : all.results) {
    if (each.passed) {
      text += "ok    " + each.what->name + "\n";
      continue;
    }
    text += "FAIL  " + each.what->name + " (" + place_of(all, *each.what) + ")\n      expected  " +
            describe(each.what->expected) + "\n      got       " + describe(each.got) + "\n";
  }
  return visible(text + summary(all) + gaps(*all.reached));
}

json as_json(const case_report& all) {
  json cases = json::array();
  for (const auto& each : all.results) cases.push_back(described(all, each));
  json conditions = json::array();
  for (const auto& each : all.reached->conditions())
    conditions.push_back(
        {{"name", each.name}, {"true", each.was_true}, {"false", each.was_false}, {"error", each.had_error}});
  json routes = json::array();
  for (const auto& each : all.reached->routes()) routes.push_back({{"id", each.route->id}, {"reached", each.reached}});
  return {{"ok", all.failed() == 0},
          {"passed", all.results.size() - all.failed()},
          {"failed", all.failed()},
          {"cases", cases},
          {"coverage", {{"percent", all.reached->percent()}, {"routes", routes}, {"conditions", conditions}}}};
}

std::string as_junit(const case_report& all) {
  const std::string counts =
      "tests=\"" + std::to_string(all.results.size()) + "\" failures=\"" + std::to_string(all.failed()) + "\"";
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts + ">\n<testsuite name=\"" +
                     escaped(all.file) + "\" " + counts + " errors=\"0\" skipped=\"0\">\n";
  for (const auto& each : all.results) {
    text += "<testcase classname=\"" + escaped(all.file) + "\" name=\"" + escaped(each.what->name) + "\"";
    if (each.passed) {
      text += "/>\n";
      continue;
    }
    text += "><failure message=\"" +
            escaped("expected " + describe(each.what->expected) + "; got " + describe(each.got)) + "\">" +
            escaped(place_of(all, *each.what)) + "</failure></testcase>\n";
  }
  return text + "</testsuite>\n</testsuites>\n";
}

}  // namespace sallyport::agent::cli
