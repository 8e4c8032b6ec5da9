#include <algorithm>
#include <map>

#include "policy/audience.hpp"
#include "policy/load/linting.hpp"
#include "policy/load/sample.hpp"
#include "policy/match.hpp"
#include "policy/reading.hpp"

namespace sallyport::policy {
namespace {

constexpr std::string_view known_methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"};

std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

std::string listed(const std::vector<std::string>& names) {
  return listed(std::vector<std::string_view>(names.begin(), names.end()));
}

std::string_view who_may(audience whom) {
  switch (whom) {
    case audience::anybody: return "which anybody may use";
    case audience::signed_in: return "which every signed-in caller may use";
    case audience::some: return "which lets other callers in";
  }
  return "";
}

bool takes(const route& of, std::string_view method) {
  const auto has = [&](std::string_view name) {
    return std::find(of.methods.begin(), of.methods.end(), name) != of.methods.end();
  };
  return of.methods.empty() || has(method) || (method == "HEAD" && has("GET"));
}

}  // namespace

void lint_guard_methods(const placed_route& what) {
  const auto& guard = what.of;
  if (guard.methods.empty() || guard.service == nullptr) return;
  const auto path = sample_path(pattern_of(guard));
  const auto host = sample_host(guard);
  std::map<const route*, std::vector<std::string_view>> others;
  for (const auto method : known_methods) {
    if (takes(guard, method)) continue;
    const auto match = match_route(what.policy, method, host, path);
    // A route of the same host and path was written for the other methods.
    const bool beside = match && match.route->host == guard.host && match.route->path == guard.path;
    if (match && !beside && audience_of(*match.route) > audience_of(guard)) others[match.route].push_back(method);
  }
  for (const auto& [other, methods] : others) {
    what.at.refuse(reason::ok,
                   "route " + guard.id + " guards " + guard.path + " for " + listed(guard.methods) + "; " +
                       listed(methods) + " take route " + other->id + ", " + std::string(who_may(audience_of(*other))),
                   "drop \"methods\" and test request.method in \"allow\", or add a route of this path for the others");
  }
}

namespace {

struct shaped_route {
  const placed_route* of;
  path_pattern path;
};

/// What a server has to ignore to take the two for one path, or 0 when none does or they are the same.
readings readings_between(const shaped_route& a, const shaped_route& b) {
  const auto path = sample_path(a.path);
  if (path == sample_path(b.path) || !reads_as(b.path, path, every_reading)) return 0;
  for (const reading only : {letter_case, trailing_slash, trailing_dot, suffix}) {
    if (reads_as(b.path, path, only)) return only;
  }
  return every_reading;
}

/// Equal for paths that some server may take for one: folded, and without a suffix.
std::string shape_of(const route& of, const path_pattern& path) {
  std::string shape = of.host;
  const auto count = path.size() - (ends_open(path) ? 1 : 0);
  for (std::size_t i = 0; i < count; ++i) {
    if (path[i].kind == segment_kind::literal && path[i].text.empty()) continue;
    shape += '/';
    std::string folded = "*";
    if (path[i].kind == segment_kind::literal) {
      folded.clear();
      fold_segment(path[i].text, every_reading, folded);
    }
    const auto cuts = cut_suffix(folded, every_reading);
    shape += cuts.texts[std::min<std::size_t>(cuts.count - 1, 1)];
  }
  return shape + (ends_open(path) ? "/**" : "");
}

bool share_method(const route& a, const route& b) {
  return std::any_of(std::begin(known_methods), std::end(known_methods),
                     [&](std::string_view method) { return takes(a, method) && takes(b, method); });
}

std::string_view name_of_reading(readings which) {
  if (which == letter_case) return "that ignore case";
  if (which == trailing_slash) return "that ignore a slash at the end";
  if (which == suffix) return "that take a suffix for a format";
  if (which == trailing_dot) return "that drop dots and spaces at the end";
  return "in some way";
}

void report_twins(const shaped_route& earlier, const shaped_route& later) {
  const auto& a = earlier.of->of;
  const auto& b = later.of->of;
  const auto needed = readings_between(later, earlier);
  const auto distinct = a.service->paths.distinct & b.service->paths.distinct;
  const bool suffix_only = needed == suffix && audience_of(a) == audience_of(b);
  if (needed == 0 || (distinct & needed) != 0 || suffix_only || !share_method(a, b)) return;
  later.of->at.refuse(reason::ok,
                      "routes " + a.id + " and " + b.id + " differ only for some servers: those " +
                          std::string(name_of_reading(needed)) + " read " + a.path + " and " + b.path + " as one",
                      "say in \"paths\" of the service how the app reads them, or make one route of both");
}

}  // namespace

void lint_twin_routes(const std::vector<placed_route>& all) {
  std::map<std::string, std::vector<shaped_route>> alike;
  for (const auto& each : all) {
    if (each.of.service == nullptr) continue;
    shaped_route shaped{&each, pattern_of(each.of)};
    auto& others = alike[shape_of(each.of, shaped.path)];
    for (const auto& earlier : others) report_twins(earlier, shaped);
    others.push_back(std::move(shaped));
  }
}

void lint_no_allow(const placed_route& what) {
  if (what.of.allow != nullptr) return;
  what.at.refuse(reason::ok, "route " + what.of.id + " has no \"allow\": nobody gets in",
                 "add \"allow\", or drop the route: what no route allows is refused anyway");
}

void lint_literal_parameter(const placed_route& what) {
  for (const auto& segment : pattern_of(what.of)) {
    const std::string_view text = segment.text;
    const bool literal = segment.kind == segment_kind::literal;
    const bool brackets =
        literal && text.size() > 6 && text.substr(0, 3) == "%5B" && text.substr(text.size() - 3) == "%5D";
    if (!brackets) continue;
    const auto name = std::string(text.substr(3, text.size() - 6));
    what.at.refuse(reason::ok, "[" + name + "] in the path of route " + what.of.id + " is a literal",
                   "a parameter is :" + name + "; for the literal write " + std::string(text));
  }
}

}  // namespace sallyport::policy
