// The matcher against the rules written down as a sort: all routes that match, the most specific one first.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "policy/match.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(at, start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

/// 0 literal, 1 one segment, 2 rest.
int rank(const std::string& segment) {
  if (segment == "**") return 2;
  return segment == "*" || (!segment.empty() && segment.front() == ':') ? 1 : 0;
}

bool path_matches(const std::string& pattern, const std::string& path) {
  const auto wanted = split(pattern.substr(1), '/');
  const auto given = split(path.substr(1), '/');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "**") return true;
    if (i >= given.size()) return false;
    if (rank(wanted[i]) == 0 ? wanted[i] != given[i] : given[i].empty()) return false;
  }
  return wanted.size() == given.size();
}

bool host_matches(const std::string& pattern, const std::string& host) {
  if (pattern.substr(0, 2) != "*.") return pattern == host;
  const auto suffix = pattern.substr(1);
  return host.size() > suffix.size() && host.substr(host.size() - suffix.size()) == suffix;
}

/// Smaller is more specific, compared member by member.
struct specificity {
  bool wildcard_host;
  long suffix_length;
  std::vector<int> segments;
  /// 0 the method is named, 1 GET is, which stands for HEAD, 2 any.
  int method;
  auto key() const { return std::tie(wildcard_host, suffix_length, segments, method); }
};

int method_rank(const route& at, const std::string& method) {
  const auto names = [&](const char* name) {
    return std::find(at.methods.begin(), at.methods.end(), name) != at.methods.end();
  };
  if (names(method.c_str())) return 0;
  if (method == "HEAD" && names("GET")) return 1;
  return at.methods.empty() ? 2 : 3;
}

specificity specificity_of(const route& at, const std::string& method) {
  specificity of{at.host.substr(0, 2) == "*.", -static_cast<long>(at.host.size()), {}, method_rank(at, method)};
  if (!of.wildcard_host) of.suffix_length = 0;
  for (const auto& segment : split(at.path.substr(1), '/')) of.segments.push_back(rank(segment));
  // A path that ends where another goes on with ** is the more specific one: vectors compare that way by themselves.
  return of;
}

const route* match_slowly(const compiled_policy& policy, const std::string& method, const std::string& host,
                          const std::string& path) {
  const route* best = nullptr;
  for (const auto& candidate : policy.routes) {
    if (method_rank(candidate, method) == 3 || !host_matches(candidate.host, host) ||
        !path_matches(candidate.path, path))
      continue;
    if (best == nullptr || specificity_of(candidate, method).key() < specificity_of(*best, method).key())
      best = &candidate;
  }
  return best;
}

class generator {
 public:
  explicit generator(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  template <std::size_t Count>
  std::string one_of(const char* const (&choices)[Count]) {
    return choices[below(Count)];
  }

  std::string pattern() {
    std::string path;
    for (auto count = 1 + below(4); count > 0; --count) path += "/" + one_of({"a", "b", "c", "a", "b", ":p", "*"});
    if (below(4) == 0) path += "/**";
    if (below(8) == 0 && path.find("**") == std::string::npos) path += "/";
    // Parameters need names of their own within a path.
    for (std::size_t at = path.find(":p"), n = 0; at != std::string::npos; at = path.find(":p", at + 2), ++n) {
      path.insert(at + 2, std::to_string(n));
    }
    return path;
  }
  std::string path() {
    std::string text;
    for (auto count = 1 + below(5); count > 0; --count) text += "/" + one_of({"a", "b", "c", "d"});
    return below(8) == 0 ? text + "/" : text;
  }
  std::string host() {
    return one_of({"x.example", "y.x.example", "z.y.x.example", "*.example", "*.x.example", "*.y.x.example"});
  }
  std::string methods() { return one_of({"", "", "", R"(["GET"])", R"(["POST"])", R"(["GET","PUT"])", R"(["HEAD"])"}); }

 private:
  std::mt19937 random_;
};

/// What makes two routes tie, so that the generator can leave such out.
std::set<std::string> keys_of(const std::string& host, const std::string& path, const std::string& methods) {
  std::string shape;
  for (const auto& segment : split(path.substr(1), '/')) shape += rank(segment) == 1 ? "/*" : "/" + segment;
  std::set<std::string> keys;
  for (const auto* method : {"GET", "POST", "PUT", "HEAD"}) {
    if (methods.find(method) != std::string::npos) keys.insert(host + shape + " " + method);
  }
  if (keys.empty()) keys.insert(host + shape);
  return keys;
}

std::string random_routes(generator& random, std::size_t count) {
  std::string text = "[";
  std::set<std::string> seen;
  for (std::size_t i = 0; i < count; ++i) {
    const auto host = random.host();
    const auto path = random.pattern();
    const auto methods = random.methods();
    const auto keys = keys_of(host, path, methods);
    if (std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return seen.count(key) > 0; })) continue;
    seen.insert(keys.begin(), keys.end());
    if (text.size() > 1) text += ",";
    text +=
        R"({"id":"r)" + std::to_string(i) + R"(","host":")" + host + R"(","path":")" + path + R"(","service":"app")";
    text += (methods.empty() ? "" : R"(,"methods":)" + methods) + "}";
  }
  return text + "]";
}

/// An app that tells every path from every other one, so that bytes alone decide.
std::string document_around(const std::string& routes) {
  return R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example",)"
         R"("paths":{"case":"sensitive","trailing_slash":"distinct","suffix":"distinct","trailing_dot":"distinct"}}},)"
         R"("routes":)" +
         routes + "}";
}

}  // namespace

TEST_CASE("the matcher takes the route that the rules of specificity put first") {
  std::size_t found = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    generator random(seed);
    const auto policy = testing::must_load(document_around(random_routes(random, 2 + random.below(80))));
    for (int i = 0; i < 500; ++i) {
      const auto method = random.one_of({"GET", "POST", "PUT", "DELETE", "HEAD"});
      const auto host =
          random.one_of({"x.example", "y.x.example", "z.y.x.example", "w.y.x.example", "q.example", "example"});
      const auto path = random.path();
      const auto* expected = match_slowly(*policy, method, host, path);
      const auto match = match_route(*policy, method, host, path);
      if (expected != nullptr) ++found;
      if (match.route == expected) continue;
      FAIL_CHECK("seed " << seed << ": " << method << " " << host << path << " took "
                         << (match ? match.route->path : "none") << ", expected "
                         << (expected != nullptr ? expected->path : "none"));
    }
  }
  CHECK(found > 10000);
}
