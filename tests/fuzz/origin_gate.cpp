// Invariant: whatever arrives, the origin decides, and it admits nothing but a request that the edge signed: same
// method, target, assertion, context and body, and never twice.
//
// Input: edits of a request that the edge really signed, one a line ("position length:new bytes"), or, when the first
// byte is "!", a whole head of its own.

#include "tests/fuzz/support/edit.hpp"
#include "tests/fuzz/support/exchange.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

constexpr std::string_view body = "{\"month\":\"2025-04\"}";

fuzz::exchange& system_under_test() {
  static fuzz::exchange one;
  return one;
}

/// A fresh request of the edge, with its own nonce.
std::string signed_head() {
  auto& system = system_under_test();
  static const std::string credential = "Bearer " + system.token;
  const std::array fields{http::field{"authorization", credential}, http::field{"content-type", "application/json"},
                          http::field{"x-tenant", "acme"}};
  gate::edge_request request{"POST", "https", fuzz::exchange_host, "/api/reports?year=2025", fields, "192.0.2.1", "CH",
                             64496,  {}};
  request.body.is = gate::edge_body::state::unread;
  const auto outcome = system.handle(request, as_bytes(body));
  const auto* sent = std::get_if<gate::forward>(&outcome.what);
  fuzz::hold(sent != nullptr, "the edge forwards alice's request");
  return system.write_head("POST", *sent, body);
}

std::string_view value_of(const http::request_head& head, std::string_view name) {
  const auto* found = http::find_field(head.fields, name);
  return found != nullptr ? found->value : std::string_view();
}

/// Everything that the signature covers.
void check_same(std::string_view sent, std::string_view received) {
  const auto one = http::parse_request_head(sent);
  const auto two = http::parse_request_head(received);
  fuzz::hold(one.ok() && two.ok(), "an admitted request can be read");
  fuzz::hold(one->method == two->method && one->target == two->target, "method and target are the edge's");
  for (const std::string_view name : {"sallyport-assertion", "sallyport-context", "content-digest", "content-type",
                                      "content-length", "x-tenant", "signature", "signature-input"}) {
    fuzz::hold(value_of(*one, name) == value_of(*two, name), "what is covered is the edge's");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& system = system_under_test();
  fuzz::input in(data, size);
  const std::string sent = signed_head();
  std::string received = sent;
  if (in.rest().starts_with('!')) {
    received = in.rest().substr(1);
  } else {
    while (!in.empty()) fuzz::apply_edit(received, in.take_line());
  }
  const auto outcome = system.receive(received, as_bytes(body));
  if (const auto* refused = std::get_if<gate::refused>(&outcome)) {
    fuzz::hold(refused->why != reason::ok && refused->why != reason::internal, "a refusal has a reason");
    fuzz::hold(encoding::parse_json(refused->audit).ok(), "and one audit line");
    return 0;
  }
  check_same(sent, received);
  const auto again = system.receive(received, as_bytes(body));
  const auto* replayed = std::get_if<gate::refused>(&again);
  fuzz::hold(replayed != nullptr && replayed->why == reason::replay_detected, "an admitted request is admitted once");
  return 0;
}
