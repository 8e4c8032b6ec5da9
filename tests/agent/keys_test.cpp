#include <doctest/doctest.h>
#include <httplib.h>

#include "agent/keys/fetch.hpp"
#include "tests/agent/channel_caller.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

/// The edge's key endpoint, whose answer a test can change.
class key_endpoint {
 public:
  explicit key_endpoint(std::string jwks) : jwks_(std::move(jwks)) {
    http_.Get("/jwks.json", [this](const httplib::Request&, httplib::Response& to) {
      ++fetches;
      const std::lock_guard hold(lock_);
      to.status = jwks_.empty() ? 503 : 200;
      to.set_content(jwks_, "application/json");
    });
    http_.Get("/moved", [](const httplib::Request&, httplib::Response& to) { to.set_redirect("/jwks.json"); });
    http_.Get("/large", [](const httplib::Request&, httplib::Response& to) {
      to.set_content(std::string(1 << 20, 'x'), "application/json");
    });
    http_.Get("/slow", [this](const httplib::Request&, httplib::Response& to) {
      ++slow;
      eventually([this] { return closing_.load(); });
      to.set_content("{}", "application/json");
    });
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
  }
  ~key_endpoint() {
    closing_ = true;
    http_.stop();
    thread_.join();
  }
  key_endpoint(const key_endpoint&) = delete;
  key_endpoint& operator=(const key_endpoint&) = delete;

  std::string url(const std::string& path = "/jwks.json") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  void serve(std::string jwks) {
    const std::lock_guard hold(lock_);
    jwks_ = std::move(jwks);
  }
  std::atomic<int> fetches{0};
  std::atomic<int> slow{0};

 private:
  httplib::Server http_;
  int port_ = 0;
  std::mutex lock_;
  std::string jwks_;
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

stage::adjust keys_from(const key_endpoint& endpoint) {
  return [&endpoint](auto& settings) {
    settings.edge.jwks_file.clear();
    settings.edge.jwks_url = endpoint.url();
  };
}

bool is_ready(stage& s) {
  return agent::admin::readiness(s.agent().state()).why == reason::ok;
}

gate::key_request request_for(const std::string& url, std::chrono::seconds timeout = patience()) {
  gate::key_request request;
  request.url = url;
  request.max_bytes = 65536;
  request.timeout = timeout.count();
  return request;
}

}  // namespace

TEST_CASE("keys come from the edge's URL, and until they are there the agent is not ready") {
  key_endpoint endpoint("");
  stage s(always(ok_answer("hello")), keys_from(endpoint));
  const failure why = agent::admin::readiness(s.agent().state());
  CHECK(why.why == reason::not_ready);
  const auto early = s.ask(signed_request{});
  REQUIRE(early);
  CHECK(early->status == 503);
  endpoint.serve(edge_keys().jwks);
  // The key set tries again after its pause of five seconds.
  REQUIRE(eventually([&] { return is_ready(s); }));
  const auto answer = s.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(s.upstream().requests == 1);
}

TEST_CASE("a request signed with a key that the edge has just begun to use waits for the keys and passes") {
  key_endpoint endpoint(edge_keys().jwks);
  stage s(always(ok_answer("hello")), keys_from(endpoint));
  REQUIRE(eventually([&] { return is_ready(s); }));
  const auto [fresh, file] = make_signing_key();
  endpoint.serve(jose::write_public_set({fresh, edge_keys().es256}));
  // Further fetches are due only some seconds after the first one.
  REQUIRE(eventually([&] {
    signed_request request;
    request.key = fresh;
    const auto answer = s.ask(request);
    return answer && answer->status == 200;
  }));
  CHECK(s.ask(signed_request{})->status == 200);
  CHECK(endpoint.fetches == 2);
}

TEST_CASE("a channel that a new key of the edge has granted waits for the keys, too") {
  key_endpoint endpoint(edge_keys().jwks);
  stage s(always(ok_answer("hello")), keys_from(endpoint));
  REQUIRE(eventually([&] { return is_ready(s); }));
  const auto [fresh, file] = make_signing_key();
  const auto key = offered_by(s);
  const auto old_one = channel_for(key, 0);
  const auto new_one = channel_for(key, 1, fresh);
  CHECK(probe(s, old_one));
  endpoint.serve(jose::write_public_set({fresh, edge_keys().es256}));
  // Further fetches are due only some seconds after the first one.
  REQUIRE(eventually([&] { return probe(s, new_one); }));
  CHECK(endpoint.fetches == 2);
  CHECK(s.ask(under(old_one, carries::nothing))->status == 200);
}

TEST_CASE("unknown keys do not make the agent ask for keys again and again") {
  key_endpoint endpoint(edge_keys().jwks);
  stage s(always(ok_answer("hello")), keys_from(endpoint));
  REQUIRE(eventually([&] { return is_ready(s); }));
  const auto [stranger, file] = make_signing_key();
  for (int i = 0; i < 50; ++i) {
    signed_request request;
    request.key = stranger;
    const auto answer = s.ask(request);
    REQUIRE(answer);
    CHECK(answer->status == 503);
  }
  CHECK(endpoint.fetches <= 2);
  CHECK(s.upstream().connections == 0);
}

TEST_CASE("a fetch follows no redirect, takes no more than it may, and does not wait for ever") {
  key_endpoint endpoint(edge_keys().jwks);
  const auto good = agent::keys::fetch(request_for(endpoint.url()));
  CHECK(good.status == 200);
  CHECK(good.body == edge_keys().jwks);
  CHECK(agent::keys::fetch(request_for(endpoint.url("/moved"))).status == 302);
  const auto large = agent::keys::fetch(request_for(endpoint.url("/large")));
  CHECK(large.body.size() == 65537);
  const auto slow = agent::keys::fetch(request_for(endpoint.url("/slow"), std::chrono::seconds(1)));
  CHECK(slow.status == 0);
  CHECK_FALSE(slow.problem.empty());
  CHECK(agent::keys::fetch(request_for("http://192.0.2.1/jwks.json")).status == 0);
  CHECK(agent::keys::fetch(request_for("file:///etc/passwd")).status == 0);
}

TEST_CASE("a fetch that nobody wants any more ends") {
  key_endpoint endpoint(edge_keys().jwks);
  std::stop_source stop;
  agent::keys::fetched got;
  std::thread fetching([&] { got = agent::keys::fetch(request_for(endpoint.url("/slow"), 1h), stop.get_token()); });
  REQUIRE(eventually([&] { return endpoint.slow == 1; }));
  stop.request_stop();
  fetching.join();
  CHECK(got.status == 0);
}
