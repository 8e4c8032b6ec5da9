#include "login/texts.hpp"

#include <doctest/doctest.h>

#include "encoding/base64url.hpp"

using namespace sallyport;
using namespace sallyport::login;
using encoding::json;

namespace {

std::string octets(std::size_t size) {
  return encoding::encode_base64url(bytes(size, byte{7}));
}

session_text good_session() {
  session_text out;
  out.object = octets(32);
  out.name_key = octets(4);
  out.session = octets(16);
  out.grant = octets(16);
  out.generation = 3;
  out.provider = "okta";
  out.granted = 1'767'225'600;
  out.issued = 1'767'225'660;
  out.hard_end = 1'767'225'720;
  out.absolute = 1'767'268'800;
  out.fact_set = octets(8);
  out.facts = json{{"subject", "alice"}, {"groups", {"finance"}}};
  return out;
}

transaction_text good_transaction() {
  transaction_text out;
  out.begun = 1'767'225'600;
  out.seed.fill(9);
  out.return_path = "/reports?year=2026";
  out.wanted.provider = "okta";
  out.wanted.acr = {"phr"};
  out.wanted.max_age = 600;
  out.provider = "okta";
  out.issuer = "https://acme.okta.example";
  return out;
}

/// The members changed by `change`, as a canonical text.
template <class Change>
std::string changed(const std::string& text, Change change) {
  auto members = encoding::parse_json(text).value();
  change(members);
  return encoding::canonical_json(members);
}

}  // namespace

TEST_CASE("a session reads back as it was written") {
  const auto text = write_session(good_session());
  CHECK(write_session(read_session(text).value()) == text);
  CHECK(read_session(text)->facts == good_session().facts);
}

TEST_CASE("facts that make a session longer than 1,500 bytes go by reference") {
  auto from = good_session();
  const std::size_t rest = write_session(from).size();
  (*from.facts)["email"] = std::string(max_session_bytes - rest - std::string(",\"email\":\"\"").size(), 'x');
  CHECK(write_session(from).size() == max_session_bytes);
  CHECK(read_session(write_session(from))->facts.has_value());
  (*from.facts)["email"] = (*from.facts)["email"].get<std::string>() + "x";
  const auto text = write_session(from);
  CHECK(text.size() < 500);
  CHECK_FALSE(read_session(text)->facts.has_value());
}

TEST_CASE("a session with a member missing, of another type, unknown or spelled otherwise is refused") {
  const auto good = write_session(good_session());
  const auto members = encoding::parse_json(good).value();
  for (const auto& [name, value] : members.items()) {
    CHECK(read_session(changed(good, [&, key = name](json& m) { m.erase(key); })).why() == reason::seal_invalid);
    CHECK(read_session(changed(good, [&, key = name](json& m) { m[key] = json::array(); })).why() ==
          reason::seal_invalid);
  }
  CHECK(read_session(changed(good, [](json& m) { m["z"] = 1; })).why() == reason::seal_invalid);
  CHECK(read_session(changed(good, [](json& m) { m["ref"] = true; })).why() == reason::seal_invalid);
  CHECK(read_session(changed(good, [](json& m) { m["n"] = -1; })).why() == reason::seal_invalid);
  CHECK(read_session(changed(good, [](json& m) { m["n"] = 4294967296; })).why() == reason::seal_invalid);
  CHECK(read_session(changed(good, [](json& m) { m["s"] = octets(15); })).why() == reason::seal_invalid);
  CHECK(read_session(" " + good).why() == reason::seal_invalid);
  CHECK(read_session("{\"a\":1," + good.substr(1)).why() == reason::seal_invalid);
  CHECK(read_session("").why() == reason::seal_invalid);
}

TEST_CASE("a transaction reads back as it was written, at the one host and at a host of its own") {
  auto from = good_transaction();
  CHECK(write_transaction(read_transaction(write_transaction(from)).value()) == write_transaction(from));
  from.app_host = "app.example";
  from.app_state = octets(32);
  from.wanted = {};
  CHECK(write_transaction(read_transaction(write_transaction(from)).value()) == write_transaction(from));
}

TEST_CASE("a transaction with another member, or a return path that is none, is refused") {
  const auto good = write_transaction(good_transaction());
  CHECK(read_transaction(changed(good, [](json& m) { m["z"] = 1; })).why() == reason::seal_invalid);
  CHECK(read_transaction(changed(good, [](json& m) { m.erase("y"); })).why() == reason::seal_invalid);
  CHECK(read_transaction(changed(good, [](json& m) { m["w"]["acr"] = "phr"; })).why() == reason::seal_invalid);
  CHECK(read_transaction(changed(good, [](json& m) { m["w"]["amr"] = json::array(); })).why() == reason::seal_invalid);
  CHECK(read_transaction(changed(good, [](json& m) { m["r"] = "//evil.example"; })).why() == reason::seal_invalid);
  CHECK(read_transaction(changed(good, [](json& m) { m["r"] = "/a/%7Eb"; })).why() == reason::seal_invalid);
}
