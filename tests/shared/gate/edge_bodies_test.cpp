// What the edge does about a body: whether it is read, streamed, and could be sent a second time.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

client_request from_alice() {
  return client_request().bearer(alice_token());
}

}  // namespace

TEST_CASE("the body is asked for only where it must be signed, and only after the caller was let in") {
  world edge;
  auto request = from_alice();
  request.method = "POST";
  request.body_state = gate::edge_body::state::unread;
  const auto before = edge.once(request);
  CHECK(needed<gate::need::keys>(before) != nullptr);
  CHECK(reason_of(edge.through(from_alice())) == reason::ok);
  const auto first = edge.once(request);
  const auto* wanted = needed<gate::need::body>(first);
  REQUIRE(wanted != nullptr);
  CHECK(wanted->max_bytes == std::size_t{1} << 20);
  CHECK(first.audit.empty());
  request.fields.emplace_back("content-length", std::to_string((1U << 20) + 1));
  CHECK(forwarded(edge.once(request)).body == gate::forward::body_plan::stream);
  request.target = "/nowhere";
  CHECK(reason_of(edge.once(request)) == reason::route_not_found);
  request.target = "/stream";
  CHECK(forwarded(edge.once(request)).content_length == (1U << 20) + 1);
  request.fields.back().second = "0";
  CHECK(forwarded(edge.once(request)).body == gate::forward::body_plan::none);
}

TEST_CASE("only an idempotent request whose body is at hand may be sent to another task (RFC 9110 section 9.2.2)") {
  world edge;
  CHECK(reason_of(edge.through(from_alice())) == reason::ok);
  struct row {
    std::string_view method, target, length;
    bool repeatable;
  };
  for (const row& each :
       {row{"GET", "/api/things", "", true}, row{"HEAD", "/api/things", "", true},
        row{"OPTIONS", "/api/things", "", true}, row{"PUT", "/api/things", "0", true},
        row{"DELETE", "/api/things", "", true}, row{"POST", "/api/things", "", false},
        row{"POST", "/api/things", "0", false}, row{"PATCH", "/api/things", "", false},
        row{"get", "/api/things", "", false}, row{"PURGE", "/api/things", "", false}, row{"PUT", "/stream", "0", true},
        row{"DELETE", "/stream", "0", true}, row{"PUT", "/stream", "1", false}, row{"GET", "/stream", "1", false}}) {
    CAPTURE(each.method);
    CAPTURE(each.target);
    auto request = from_alice();
    request.method = each.method;
    request.target = each.target;
    if (!each.length.empty()) {
      request.fields.emplace_back("content-length", each.length);
      request.body_state = gate::edge_body::state::unread;
    }
    CHECK(forwarded(edge.once(request)).repeatable == each.repeatable);
  }
}
