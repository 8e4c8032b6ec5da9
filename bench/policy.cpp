// What policy costs: CPU time of loading, matching among 10,000 routes, and deciding.
//
//   cmake --preset release && ninja -C build/release bench_policy && build/release/bench_policy
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "agent/openssl/host.hpp"
#include "policy/evaluate.hpp"
#include "policy/header_map.hpp"
#include "policy/load/load.hpp"
#include "policy/travel.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

double cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Prints the nanoseconds of one call, the best of three rounds; `call` returns something that depends on its work.
template <class Call>
void measure(const std::string& what, Call call) {
  constexpr std::size_t calls = 200'000;
  double best = 1e18;
  std::size_t sum = 0;
  for (int round = 0; round < 3; ++round) {
    const auto begin = cpu_nanoseconds();
    for (std::size_t i = 0; i < calls; ++i) sum += call(i);
    best = std::min(best, (cpu_nanoseconds() - begin) / static_cast<double>(calls));
  }
  std::printf("%-72s %8.0f ns%s\n", what.c_str(), best, sum == 0 ? "  (nothing happened)" : "");
}

struct sample {
  std::string host, path;
};

constexpr std::size_t route_count = 10'000;

/// A document of 10,000 routes over 190 hosts, every third with a parameter, with * or with **, and a request for each.
std::string large_document(std::vector<sample>& requests) {
  std::string text =
      R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example"}},"routes":[)";
  for (std::size_t i = 0; i < route_count; ++i) {
    const auto number = std::to_string(i);
    const bool wildcard = i % 10 == 0;
    const auto host = (wildcard ? "w" : "h") + std::to_string(i % 100) + ".acme.example";
    const auto base = "/api/v" + std::to_string(i % 7) + "/team" + number;
    const std::string patterns[] = {"/:id/items/**", "/items/:item", "/*/x"};
    const std::string rests[] = {"/42/items/a", "/items/7", "/q/x"};
    text += (i > 0 ? "," : "") + std::string(R"({"id":"r)") + number + R"(","host":")" + (wildcard ? "*." : "") + host;
    text += R"(","path":")" + base + patterns[i % 3] + R"(","methods":["GET","POST"],"service":"app",)";
    text += R"("allow":"'finance' in identity.groups"})";
    requests.push_back({(wildcard ? "x." : "") + host, base + rests[i % 3]});
  }
  return text + "]}";
}

std::string document_with(std::string_view condition) {
  return R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example"}},"routes":[)"
         R"({"id":"r","host":"a.example","path":"/u/:id","service":"app","allow":")" +
         std::string(condition) + "\"}]}";
}

identity alice() {
  identity who;
  who.issuer = "okta";
  who.subject = "00u1ab2cd3ef4gh5ij6k7";
  who.kind = identity_kind::user;
  who.email = "alice@acme.example";
  who.groups = {"everyone", "staff", "finance"};
  who.claims = encoding::json{{"repository", "acme/reports"}};
  return who;
}

void measure_matching(crypto::port& host) {
  std::vector<sample> requests;
  const auto text = large_document(requests);
  const auto begin = cpu_nanoseconds();
  const auto policy = load_policy(text, host).policy;
  std::printf("%-72s %8.0f ms\n", "load 10,000 routes", (cpu_nanoseconds() - begin) / 1e6);
  const auto match = [&](const sample& of) { return match_route(*policy, "GET", of.host, of.path).route != nullptr; };
  measure("match among 10,000 routes, all in turn at random",
          [&](std::size_t i) { return match(requests[i * 7919 % route_count]); });
  measure("match among 10,000 routes, 100 of them at random",
          [&](std::size_t i) { return match(requests[i * 7919 % 100 * 97]); });
  measure("match among 10,000 routes, none fits", [&](std::size_t) {
    return 1U + (match_route(*policy, "GET", "h1.acme.example", "/no/thing").route != nullptr);
  });
}

void measure_decisions(crypto::port& host) {
  const auto who = alice();
  request_facts facts;
  facts.method = "GET";
  facts.host = "a.example";
  facts.path = "/u/42";
  for (const auto* condition :
       {"true", "'finance' in identity.groups", "identity.email.endsWith('@acme.example')",
        "identity.claims.repository == 'acme/reports'", "identity.groups.exists(g, g.startsWith('fin'))",
        "request.params.id == '42' && request.method in ['GET', 'HEAD']"}) {
    const auto policy = load_policy(document_with(condition), host).policy;
    const auto match = match_route(*policy, facts.method, facts.host, facts.path);
    measure("decide: " + std::string(condition),
            [&](std::size_t) { return decide(*policy, match, who, facts).allowed(); });
  }
  const auto policy = load_policy(document_with("true"), host).policy;
  const auto match = match_route(*policy, facts.method, facts.host, facts.path);
  measure("headers for the app, default map", [&](std::size_t) { return app_headers(match, who, facts).size(); });
  auto assertion = encoding::json::object();
  write_identity(who, match.route->used, assertion);
  measure("read the identity of an assertion", [&](std::size_t) { return read_identity(assertion).ok(); });
}

}  // namespace

int main() {
  const auto host = openssl::make_host();
  measure_matching(*host);
  measure_decisions(*host);
}
