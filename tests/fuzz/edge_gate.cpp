// Invariant: whatever a client sends, the edge decides; it forwards only who holds a real token or an anonymous route;
// nothing of what it forwards was written by the client under a name that means trust; and the origin admits exactly
// what the edge forwarded, once.
//
// Input: method, target and fields in lines up to an empty line, then the body. A value "TOKEN" is alice's real token.
#include <algorithm>

#include "http/fields.hpp"
#include "tests/fuzz/support/exchange.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

fuzz::exchange& system_under_test() {
  static fuzz::exchange one;
  return one;
}

struct client_request {
  std::string_view method, target;
  std::vector<http::field> fields;
  std::string_view body;
  bool with_token = false;
};

client_request read_request(fuzz::input& in, const std::string& credential) {
  client_request out;
  out.method = in.take_line();
  out.target = in.take_line();
  for (auto line = in.take_line(); !line.empty(); line = in.take_line()) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    http::field field{line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))};
    if (field.value == "TOKEN") {
      field.value = credential;
      out.with_token = true;
    }
    out.fields.push_back(field);
  }
  out.body = in.rest();
  return out;
}

void check_fields(const client_request& client, const gate::forward& to) {
  for (const auto& field : to.fields) {
    fuzz::hold(!field.name.empty(), "a field has a name");
    fuzz::hold(!http::collides(field.name), "no name that becomes a trusted one");
    if (http::classify(field.name) == http::field_class::ordinary) continue;
    const auto same = [&](const http::field& sent) { return sent.value.data() == field.value.data(); };
    fuzz::hold(std::none_of(client.fields.begin(), client.fields.end(), same), "no trusted field is the client's");
    fuzz::hold(http::count_fields(to.fields, http::to_lower(field.name)) == 1, "each trusted field stands once");
  }
}

void check_forward(const client_request& client, const gate::forward& to) {
  auto& system = system_under_test();
  const auto match =
      policy::match_route(*system.policy, client.method, fuzz::exchange_host, to.target.substr(0, to.target.find('?')));
  fuzz::hold(match.route != nullptr, "only over a route");
  fuzz::hold(client.with_token || match.route->anonymous, "only with a token or where nobody needs one");
  check_fields(client, to);
  const std::string head = system.write_head(client.method, to, client.body);
  const auto first = system.receive(head, as_bytes(client.body));
  if (const auto* refused = std::get_if<gate::refused>(&first)) std::fprintf(stderr, "%s\n", refused->audit.c_str());
  fuzz::hold(std::holds_alternative<gate::admitted>(first), "the origin admits what the edge forwarded");
  const auto second = system.receive(head, as_bytes(client.body));
  const auto* replayed = std::get_if<gate::refused>(&second);
  fuzz::hold(replayed != nullptr && replayed->why == reason::replay_detected, "and only once");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& system = system_under_test();
  static const std::string credential = "Bearer " + system.token;
  fuzz::input in(data, size);
  const client_request client = read_request(in, credential);
  gate::edge_request request{
      client.method, "https", fuzz::exchange_host, client.target, client.fields, "192.0.2.1", "CH", 64496, {}};
  if (!client.body.empty()) request.body.is = gate::edge_body::state::unread;
  const auto outcome = system.handle(request, as_bytes(client.body));
  if (const auto* refused = std::get_if<gate::refuse>(&outcome.what)) {
    fuzz::hold(refused->why != reason::ok && refused->why != reason::internal, "a refusal has a reason");
    fuzz::hold(!outcome.audit.empty() && encoding::parse_json(outcome.audit).ok(), "and one audit line");
  }
  if (const auto* sent = std::get_if<gate::forward>(&outcome.what)) check_forward(client, *sent);
  return 0;
}
