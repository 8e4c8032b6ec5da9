// Whatever a middle box does to one byte of a signed message: it is refused, or the app sees exactly the same request.
#include <doctest/doctest.h>

#include <tuple>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

class open_door final : public gate::replay_guard {
 public:
  reason admit(const gate::replay_key&, unix_seconds, unix_seconds) override { return reason::ok; }
};

using meaning = std::tuple<std::string, std::string, std::string, std::vector<std::pair<std::string, std::string>>>;

/// What the app would see, or nothing when the message is refused.
std::optional<meaning> received(gate::origin& origin, std::string_view message) {
  const std::size_t end = message.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  auto head = http::parse_request_head(message.substr(0, end + 4));
  if (!head.ok()) return std::nullopt;
  const auto framing = head->body;
  const auto length = head->content_length;
  auto step = origin.open(std::move(*head), start);
  auto* request = std::get_if<gate::opened>(&step);
  if (request == nullptr) return std::nullopt;
  const auto body = message.substr(end + 4);
  if (framing != http::body_framing::none && length != body.size()) return std::nullopt;
  if (origin.check_body(*request, as_bytes(body), start)) return std::nullopt;
  open_door door;
  auto last = origin.admit(std::move(*request), door, start);
  const auto* in = std::get_if<gate::admitted>(&last);
  if (in == nullptr) return std::nullopt;
  meaning seen{std::string(in->method), std::string(in->target), std::string(in->host), {}};
  for (const auto& each : in->fields) std::get<3>(seen).emplace_back(http::to_lower(each.name), each.value);
  return seen;
}

std::string signed_message() {
  client_request request;
  request.method = "POST";
  request.host = "mac.test";
  request.body = R"({"amount":1})";
  request.body_state = gate::edge_body::state::read;
  request.fields = {{"Content-Type", "application/json"}, {"X-Tenant", "acme"}};
  request.bearer(alice_token());
  return world().wire(request);
}

}  // namespace

TEST_CASE("any single byte replaced, dropped or doubled in a signed message is refused or changes nothing") {
  const std::string message = signed_message();
  agent at("mac");
  const auto original = received(at.origin, message);
  REQUIRE(original);
  std::size_t same = 0;
  const auto check = [&](const std::string& changed, std::size_t position) {
    const auto seen = received(at.origin, changed);
    if (!seen) return;
    ++same;
    CHECK_MESSAGE(*seen == *original, position << ": " << changed);
  };
  for (std::size_t position = 0; position < message.size(); ++position) {
    for (const char c : std::string_view("\0\t\r\n \"%,-./09:;=?AZ_az~\x7f\x80\xff", 27)) {
      std::string changed = message;
      changed[position] = c;
      if (changed != message) check(changed, position);
    }
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = message;
      changed[position] = static_cast<char>(static_cast<unsigned char>(changed[position]) ^ (1U << bit));
      check(changed, position);
    }
    check(std::string(message).erase(position, 1), position);
    check(std::string(message).insert(position, 1, message[position]), position);
  }
  // The case of field names, the version, the Host of the way there: some changes do mean the same.
  CHECK(same > 20);
}

TEST_CASE("any two fields swapped, dropped or doubled are refused or change nothing but the order") {
  const std::string message = signed_message();
  agent at("mac");
  const auto original = received(at.origin, message);
  REQUIRE(original);
  std::vector<std::string> lines;
  const std::size_t end = message.find("\r\n\r\n");
  for (std::size_t from = 0; from < end;) {
    const std::size_t to = message.find("\r\n", from);
    lines.push_back(message.substr(from, to + 2 - from));
    from = to + 2;
  }
  const auto text = [&](const std::vector<std::string>& of) {
    std::string all;
    for (const auto& each : of) all += each;
    return all + message.substr(end + 2);
  };
  REQUIRE(text(lines) == message);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    CAPTURE(lines[i]);
    auto dropped = lines;
    dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(!received(at.origin, text(dropped)));
    auto doubled = lines;
    doubled.push_back(lines[i]);
    CHECK(!received(at.origin, text(doubled)));
    auto swapped = lines;
    std::swap(swapped[i], swapped[1]);
    CHECK(received(at.origin, text(swapped)));
  }
}
