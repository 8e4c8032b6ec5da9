#include "login/cross_origin.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace sallyport;
using namespace sallyport::login;

namespace {

bool passes(std::string_view method, const std::vector<http::field>& fields, std::string_view scheme = "https",
            std::string_view host = "app.example") {
  const std::vector<std::string> allowed{"https://friend.example", "https://other.example:8443"};
  const auto done = check_cross_origin({method, scheme, host, fields}, allowed);
  CHECK((done.ok() || done.why() == reason::cross_origin_refused));
  return done.ok();
}

}  // namespace

TEST_CASE("what changes nothing comes from anywhere") {
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS"}) {
    CHECK(passes(method, {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}}));
  }
}

TEST_CASE("what may change something comes from this origin, or one that the route names") {
  CHECK(passes("POST", {{"Sec-Fetch-Site", "same-origin"}}));
  CHECK(passes("POST", {{"Sec-Fetch-Site", "none"}}));
  CHECK(passes("POST", {{"Origin", "https://app.example"}}));
  CHECK(passes("POST", {{"Origin", "https://APP.example:443"}}));
  CHECK(passes("DELETE", {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://friend.example"}}));
  CHECK(passes("POST", {{"Origin", "https://other.example:8443"}}));
  CHECK(passes("POST", {{"Origin", "http://localhost:8080"}}, "http", "localhost:8080"));
}

TEST_CASE("nothing else does: siblings, other schemes and ports, null, no Origin, or two") {
  CHECK_FALSE(passes("POST", {}));
  CHECK_FALSE(passes("post", {}));
  CHECK_FALSE(passes("POST", {{"Sec-Fetch-Site", "same-site"}}));
  for (const char* origin : {"null", "https://sibling.example", "http://app.example", "https://app.example:8443",
                             "https://app.example.evil.example", "https://app.example/", "https://u@app.example",
                             "https://other.example", "", "app.example", "https://"}) {
    CAPTURE(origin);
    CHECK_FALSE(passes("POST", {{"Sec-Fetch-Site", "same-site"}, {"Origin", origin}}));
  }
  CHECK_FALSE(passes("POST", {{"Origin", "https://app.example"}, {"Origin", "https://app.example"}}));
  CHECK_FALSE(passes("POST", {{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}));
}

TEST_CASE("a WebSocket handshake counts as a change") {
  CHECK_FALSE(passes("GET", {{"Upgrade", "WebSocket"}, {"Origin", "https://sibling.example"}}));
  CHECK(passes("GET", {{"Upgrade", "websocket"}, {"Origin", "https://app.example"}}));
}
