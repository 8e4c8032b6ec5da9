// What the edge answers itself.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

TEST_CASE("our own endpoints") {
  world edge;
  const auto get = [&](std::string host, std::string target, std::string method = "GET") {
    client_request request;
    request.host = std::move(host);
    request.target = std::move(target);
    request.method = std::move(method);
    const auto outcome = edge.once(request);
    const auto* own = std::get_if<gate::answer>(&outcome.what);
    return own == nullptr ? json(std::string(name_of(reason_of(outcome)))) : *encoding::parse_json(own->body);
  };
  const auto set = get("EDGE.test:443", "/.well-known/jwks.json");
  REQUIRE(set["keys"].size() == 2);
  for (const auto& key : set["keys"]) CHECK(!key.contains("d"));
  CHECK(get("edge.test", "/.well-known/openid-configuration", "HEAD")["jwks_uri"] ==
        "https://edge.test/.well-known/jwks.json");
  CHECK(get("edge.test", "/.well-known/jwks.json", "POST") == "credential_missing");
  CHECK(get("es.test", "/.well-known/jwks.json") == "credential_missing");
  CHECK(get("edge.test:8443", "/.well-known/jwks.json") == "credential_missing");
  const auto status = get("anything.test", "/.sallyport/status");
  CHECK(status["policy"] == json{{"name", "test"}, {"digest", edge.policy->digest}});
  CHECK(status["keys"] == json::array({"edge-es", "edge-ed"}));
  CHECK(status["build"] == "test-build");
}

TEST_CASE("an answer of our own says all of its fields") {
  world edge;
  client_request request;
  request.host = "edge.test";
  request.target = "/.well-known/jwks.json";
  const auto fields_of = [&] {
    std::vector<std::string> lines;
    const auto outcome = edge.once(request);
    for (const auto& each : std::get_if<gate::answer>(&outcome.what)->fields) {
      lines.push_back(std::string(each.name).append(": ").append(each.value));
    }
    return lines;
  };
  using lines = std::vector<std::string>;
  CHECK(fields_of() == lines{"Content-Type: application/json", "Cache-Control: public, max-age=300",
                             "X-Content-Type-Options: nosniff"});
  request.target = "/.sallyport/status";
  CHECK(fields_of() ==
        lines{"Content-Type: application/json", "Cache-Control: no-store", "X-Content-Type-Options: nosniff"});
}
