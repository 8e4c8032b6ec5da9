#include "aws/session_tags.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "agent/openssl/host.hpp"
#include "core/ascii.hpp"

using namespace sallyport;
using namespace sallyport::aws;

namespace {

using writer = std::string (*)(std::string_view, crypto::port&);

/// Unicode aside, what STS takes as the value of a tag.
bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.:/=+-@") ==
             std::string_view::npos &&
         text.front() != ' ' && text.back() != ' ' && text.find("  ") == std::string_view::npos &&
         !ascii::equal(text.substr(0, 4), "aws:");
}

bool is_source_identity(std::string_view text) {
  return text.size() >= 2 && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-") ==
             std::string_view::npos;
}

/// A name, and what tells it from its neighbours: characters that AWS does not take, spaces, length, the case of a letter.
std::string random_name(std::mt19937& random) {
  static const std::vector<std::string> pieces = {"alice",
                                                  "a",
                                                  "A",
                                                  "auth0",
                                                  "|",
                                                  "_",
                                                  "-",
                                                  ":",
                                                  " ",
                                                  "!",
                                                  "aws:",
                                                  "AWS:",
                                                  "\xC3\xA4",
                                                  "\n",
                                                  std::string(1, '\0'),
                                                  ":h:",
                                                  "@x",
                                                  "=",
                                                  "/",
                                                  "0123456789",
                                                  ",",
                                                  std::string(90, 'x')};
  std::string out;
  for (auto left = random() % 6; left > 0; --left) out += pieces[random() % pieces.size()];
  return out;
}

/// Names, all written forms of them, and the forms of those, until they repeat.
std::set<std::string> names_and_forms(writer write, crypto::port& host) {
  constexpr int names = 20'000;
  constexpr int rounds = 3;
  std::mt19937 random(12);
  std::set<std::string> all;
  for (int i = 0; i < names; ++i) {
    std::string text = random_name(random);
    for (int round = 0; round < rounds; ++round) {
      all.insert(text);
      text = write(text, host);
    }
    // One character beside a form is a form of nothing.
    text.back() = text.back() == 'A' ? 'B' : 'A';
    all.insert(std::move(text));
  }
  return all;
}

void check_injective(writer write, bool (*is_taken)(std::string_view)) {
  const auto host = openssl::make_host();
  const auto all = names_and_forms(write, *host);
  REQUIRE(all.size() > 2'000);  // two million pairs
  std::set<std::string> written;
  for (const auto& each : all) {
    auto form = write(each, *host);
    CHECK_MESSAGE(is_taken(form), form);
    written.insert(std::move(form));
  }
  CHECK(written.size() == all.size());
}

}  // namespace

TEST_CASE("no two texts have one tag, nor a text the form of another one") {
  check_injective(tag_value, is_tag);
}

TEST_CASE("no two subjects have one source identity, nor a subject the form of another one") {
  check_injective(source_identity, is_source_identity);
}

TEST_CASE("what AWS takes stays as it is") {
  const auto host = openssl::make_host();
  for (const std::string& text :
       {std::string("alice@acme.example"), std::string("repo:acme/billing:ref:refs/heads/main"),
        std::string("Alice Smith"), std::string("a"), std::string(128, 'x'), std::string("aws"),
        std::string("x:h:short")}) {
    CHECK(tag_value(text, *host) == text);
  }
  CHECK(source_identity("alice@acme.example", *host) == "alice@acme.example");
  CHECK(source_identity(std::string(64, 'x'), *host) == std::string(64, 'x'));
}

TEST_CASE("what AWS does not take is kept as far as it goes, and told apart by its hash") {
  const auto host = openssl::make_host();
  CHECK(tag_value("auth0|alice", *host).starts_with("auth0_alice:h:"));
  CHECK(tag_value("aws:alice", *host).starts_with("_ws:alice:h:"));
  CHECK(tag_value("Aws:alice", *host).starts_with("_ws:alice:h:"));
  CHECK(tag_value(" a  b ", *host).starts_with("_a _b_:h:"));
  CHECK(tag_value(std::string(129, 'x'), *host).starts_with(std::string(96, 'x') + ":h:"));
  CHECK(tag_value("", *host).starts_with(":h:"));
  CHECK(source_identity("auth0|alice", *host).starts_with("auth0-alice-"));
  CHECK(source_identity(std::string(65, 'x'), *host).starts_with(std::string(47, 'x') + "-"));
  const std::string form = tag_value("auth0|alice", *host);
  CHECK(tag_value(form, *host) != form);
  const std::string identity = source_identity("auth0|alice", *host);
  CHECK(source_identity(identity, *host) != identity);
}
