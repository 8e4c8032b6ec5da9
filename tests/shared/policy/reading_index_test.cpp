// What is_undisputed says of a route holds for every path: against the question itself, for generated routes and paths.
#include "policy/reading_index.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>

#include "policy/reading.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

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
    for (auto left = below(4); left > 0; --left)
      path += "/" + one_of({"a", "A", "b", "c", "a.json", "b.x.y", "..a", "%20", ":p", "*", ":p"});
    const auto end = below(4);
    if (end == 0 || path.empty()) return path + (below(2) == 0 ? "/**" : "/");
    return end == 1 ? path + "/" : path;
  }
  std::string path() {
    std::string text;
    for (auto left = below(4); left > 0; --left)
      text += "/" + one_of({"a", "A", "b", "B.", "c", "d", "a.json", "A.xml", "a%20", "b.x.y", "...", "%20", "..a"});
    return text.empty() || below(4) == 0 ? text + "/" : text;
  }

 private:
  std::mt19937 random_;
};

std::string route_of(generator& random, const std::string& id) {
  std::string path = random.pattern();
  for (std::size_t at = path.find(":p"), n = 0; at != std::string::npos; at = path.find(":p", at + 2), ++n)
    path.insert(at + 2, std::to_string(n));
  const auto allow = random.one_of({R"("anonymous":true,"allow":"true")", R"("allow":"true")", R"("allow":"false")"});
  return R"({"id":")" + id + R"(","host":"a.example","path":")" + path + R"(","service":")" +
         random.one_of({"app", "app", "same"}) + R"(",)" + allow +
         random.one_of({"", "", R"(,"methods":["GET"])", R"(,"methods":["PUT"])"}) + "}";
}

/// Null: the routes tie, or one has no use.
policy_ptr random_policy(generator& random) {
  std::string routes;
  for (auto left = 1 + random.below(6); left > 0; --left)
    routes += (routes.empty() ? "" : ",") + route_of(random, "r" + std::to_string(left));
  return testing::load(R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example"},)"
                       R"("same":{"origin":"https://a.example","paths":{"case":"insensitive","trailing_slash":"same",)"
                       R"("suffix":"same","trailing_dot":"same"}}},"routes":[)" +
                       routes + "]}")
      .policy;
}

struct indexed {
  std::deque<path_pattern> patterns;
  std::vector<const path_pattern*> of_route;
  reading_index index;
  std::uint32_t root = index.new_root();

  explicit indexed(const compiled_policy& policy) {
    for (const auto& route : policy.routes) {
      auto parsed = parse_path_pattern(route.path);
      of_route.push_back(&patterns.emplace_back(std::move(*std::get_if<path_pattern>(&parsed))));
      std::vector<const path_pattern*> rewritten;
      for (auto& each : rewritten_patterns(*of_route.back()))
        rewritten.push_back(&patterns.emplace_back(std::move(each)));
      index.add(root, route, *of_route.back(), rewritten);
    }
  }
};

}  // namespace

TEST_CASE("an undisputed route keeps every path that it matches, whatever the method") {
  std::size_t undisputed = 0;
  std::size_t kept = 0;
  std::size_t lost = 0;
  std::size_t answered = 0;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    generator random(seed);
    const auto policy = random_policy(random);
    if (policy == nullptr) continue;
    const indexed all(*policy);
    for (std::size_t r = 0; r < policy->routes.size(); ++r) {
      const auto& route = policy->routes[r];
      const bool certain = all.index.is_undisputed(all.root, route, *all.of_route[r]);
      if (certain) ++undisputed;
      for (int i = 0; i < 100; ++i) {
        const auto path = random.path();
        const auto method = random.one_of({"GET", "HEAD", "PUT", "DELETE"});
        if (!reads_as(*all.of_route[r], path, 0)) continue;
        const auto said = all.index.ask(all.root, {method, path, http::no_forms, &route, all.of_route[r]});
        const bool keeps = said.is == reading_index::answer::verdict::nothing;
        if (certain) ++(keeps ? kept : lost);
        if (!certain && !keeps) ++answered;
        if (certain && !keeps) FAIL_CHECK("seed " << seed << ": " << route.path << " lost " << method << " " << path);
      }
    }
  }
  CHECK(lost == 0);
  CHECK(undisputed > 500);
  CHECK(kept > 1000);
  CHECK(answered > 1000);
}

TEST_CASE("a wildcard with no guard beside it is undisputed, and one with a guard is not") {
  struct sample {
    std::string other;
    bool undisputed;
  };
  // Of two that stand at one place, as /API/v1/:id/items does, the author told one from the other.
  for (const auto& each :
       {sample{"/teams/:id", true}, sample{"/api/v2", true}, sample{"/api/:id/items", true}, sample{"/**", true},
        sample{"/:any/v1/me/items", true}, sample{"/API/v1/:id/items", true}, sample{"/api/v1/:id/items.json", true},
        sample{"/api/v1/me/items", false}, sample{"/API/v1/me/items", false}, sample{"/api/v1/me/items.json", false},
        sample{"/api/v1/me.x/items/**", false}}) {
    CAPTURE(each.other);
    const auto policy =
        testing::load(R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":)"
                      R"("https://a.example"}},"routes":[{"id":"one","host":"a.example","service":"app","path":)"
                      R"("/api/v1/:id/items","allow":"'x' in identity.groups"},{"id":"two","host":"a.example",)"
                      R"("service":"app","path":")" +
                      each.other + R"(","allow":"'y' in identity.groups"}]})")
            .policy;
    REQUIRE(policy != nullptr);
    const indexed all(*policy);
    CHECK(all.index.is_undisputed(all.root, policy->routes[0], *all.of_route[0]) == each.undisputed);
  }
}
