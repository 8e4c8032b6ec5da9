// What is below /.sallyport is the gate's own, and the path of an agent's status is nobody's at the edge.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

/// Every path of every host leads to an app, whatever it holds.
policy::policy_ptr open_policy() {
  const auto loaded = policy::load_policy(R"jsonc({
    "edge": { "issuer": "https://edge.test" },
    "issuers": { "okta": { "issuer": "https://okta.test", "audiences": ["api"] } },
    "services": {
      "es": { "origin": "https://es.origin.test" },
      "mac": { "origin": "https://mac.origin.test", "signature": "hmac-sha256" }
    },
    "routes": [
      { "id": "one", "host": "es.test", "path": { "pattern": "/**", "allow": ["%2F", "//", ";"] }, "service": "es",
        "anonymous": true, "allow": "true" },
      { "id": "all", "host": "*.es.test", "path": { "pattern": "/**", "allow": ["%2F", "//", ";"] }, "service": "es",
        "anonymous": true, "allow": "true" },
      { "id": "edge", "host": "edge.test", "path": "/**", "service": "es", "anonymous": true, "allow": "true" }
    ]
  })jsonc",
                                          host());
  REQUIRE(loaded.policy != nullptr);
  return loaded.policy;
}

const std::vector<std::string> plain = {"/.sallyport/agent", "/.sallyport/agent?x=1", "/%2Esallyport/agent",
                                        "/%2esallyport/%61gent", "/.%73allyport/agen%74"};
const std::vector<std::string> odd = {"/.sallyport/agent/",
                                      "/.sallyport/",
                                      "/.sallyport",
                                      "/.sallyport/readyz",
                                      "/.sallyport%2Fagent",
                                      "//.sallyport/agent",
                                      "/.sallyport//agent",
                                      "/.sallyport;x/agent",
                                      "/.sallyport/agent;x",
                                      "/x/../.sallyport/agent",
                                      "/./.sallyport/agent",
                                      "/x/%2e%2e/.sallyport/agent",
                                      "/.sallyport\\agent",
                                      "/.sallyport%5Cagent",
                                      "/.sallyport/agent%00",
                                      "/;/.sallyport/agent",
                                      "/.sallyport%3Bx/agent",
                                      "/.sallyport/agent#x",
                                      "https://es.test/.sallyport/agent"};
const std::vector<std::string> hosts = {"es.test", "a.es.test", "ES.test", "edge.test", "elsewhere.test"};

}  // namespace

TEST_CASE(
    "the path of an agent's status is no route at the edge, in plain spellings of it on every host by every method") {
  const auto policy = open_policy();
  world edge(policy);
  for (const std::string& target : plain) {
    for (const std::string& host : hosts) {
      for (const std::string method : {"GET", "HEAD", "POST", "OPTIONS", "DELETE"}) {
        for (const bool known : {false, true}) {
          client_request request;
          request.target = target;
          request.host = host;
          request.method = method;
          if (known) request.bearer(token(alice(), keys().okta));
          request.fields.emplace_back("Sallyport-Assertion", "x");
          CAPTURE(target);
          CAPTURE(host);
          CAPTURE(method);
          CHECK(name_of(reason_of(edge.through(request))) == name_of(reason::route_not_found));
        }
      }
    }
  }
}

TEST_CASE("no odd spelling of it, and nothing below /.sallyport, is forwarded") {
  const auto policy = open_policy();
  world edge(policy);
  for (const std::string& target : odd) {
    for (const std::string& host : hosts) {
      client_request request;
      request.target = target;
      request.host = host;
      CAPTURE(target);
      CAPTURE(host);
      CHECK(reason_of(edge.through(request)) != reason::ok);
    }
  }
}
