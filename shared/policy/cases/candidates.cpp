#include "policy/cases/candidates.hpp"

#include <algorithm>

#include "policy/host_name.hpp"
#include "policy/load/sample.hpp"
#include "policy/reading.hpp"

namespace sallyport::policy {
namespace {

constexpr std::size_t most_near = 10;

bool is_wildcard(const route& of) {
  return of.host.starts_with("*.");
}

bool fits_host(const route& of, std::string_view host) {
  if (!is_wildcard(of)) return of.host == host;
  // At least one label stands before the suffix.
  const auto suffix = std::string_view(of.host).substr(1);
  return host.size() > suffix.size() && host.ends_with(suffix);
}

bool names_method(const route& of, std::string_view method) {
  return std::find(of.methods.begin(), of.methods.end(), method) != of.methods.end();
}

bool takes_method(const route& of, std::string_view method) {
  return of.methods.empty() || names_method(of, method) || (method == "HEAD" && names_method(of, "GET"));
}

std::string methods_of(const route& of) {
  std::string text;
  for (const auto& each : of.methods) text += (text.empty() ? "" : ", ") + each;
  return text;
}

/// Why `taken` comes before `other`, when both match.
std::string why_it_comes_first(const route& taken, const route& other, std::string_view method) {
  const std::string by = "route " + taken.id + " is more specific: ";
  if (taken.host != other.host)
    return by + (is_wildcard(taken) ? "its host has the longer suffix" : "its host stands without a wildcard");
  const int order = compare_specificity(pattern_of(taken), pattern_of(other));
  if (order < 0) return by + "its path " + taken.path + " says more than " + other.path;
  if (names_method(taken, method) && !names_method(other, method)) return by + "it names " + std::string(method);
  return by + "it names methods";
}

std::string why_refused(const route_match& match, const route& of) {
  if (&of == match.as_read) return "some servers read the path as one of this route: it is refused, whoever calls";
  if (&of == match.by_bytes && match.why == reason::path_ambiguous)
    return "the path matches by its bytes, but some servers read it as one of route " + match.as_read->id;
  return "the path holds what no route that matches it allows: " + std::string(name_of(match.why));
}

/// What a request is matched by.
struct asked_for {
  const route_match& match;
  std::string_view method, host, path;
};

std::string why_lost(const asked_for& what, const route& of) {
  if (!takes_method(of, what.method)) return "it takes " + methods_of(of) + ", not " + std::string(what.method);
  if (what.match.why != reason::ok) return why_refused(what.match, of);
  if (what.match.route != nullptr) return why_it_comes_first(*what.match.route, of, what.method);
  return "it is not reached";
}

void add_near(const asked_for& what, const route& of, bool host_fits, std::vector<candidate>& to) {
  const bool path_fits = !host_fits && reads_as(pattern_of(of), what.path, 0);
  if (host_fits) to.push_back({&of, "its path is " + of.path});
  if (path_fits) to.push_back({&of, "its host is " + of.host});
}

}  // namespace

std::vector<candidate> find_candidates(const compiled_policy& policy, const route_match& match, std::string_view method,
                                       std::string_view host, std::string_view path) {
  const host_name name(host);
  const asked_for what{match, method, name.view(), path};
  std::vector<candidate> all;
  std::vector<candidate> near;
  if (match.route != nullptr) all.push_back({match.route, {}});
  for (const auto& each : policy.routes) {
    if (&each == match.route) continue;
    const bool host_fits = fits_host(each, what.host);
    const bool fits = host_fits && (&each == match.as_read || reads_as(pattern_of(each), path, 0));
    if (fits) all.push_back({&each, why_lost(what, each)});
    if (!fits && match.route == nullptr && near.size() < most_near) add_near(what, each, host_fits, near);
  }
  all.insert(all.end(), near.begin(), near.end());
  return all;
}

}  // namespace sallyport::policy
