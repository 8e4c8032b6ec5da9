// Wycheproof's JOSE vectors: a valid token is accepted with its payload, anything else is refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "jose/jws.hpp"
#include "tests/support/exact.hpp"
#include "tests/support/vectors.hpp"

using namespace sallyport;
using encoding::json;

namespace {

/// A case that we decide otherwise than its label, what we say, and why that is right.
struct deviation {
  int test_case;
  reason ours;
  std::string_view why;
};

constexpr deviation signature_deviations[] = {
    {346, reason::jwk_algorithm_mismatch, "labelled valid: the key is for PS256, the header says PS384"},
    {347, reason::jwk_unsupported, "labelled valid: the key is for ES521, which does not exist; the header says ES512"},
    {350, reason::jwk_algorithm_mismatch, "labelled valid: as 346, with key_ops"},
    {351, reason::jwk_unsupported, "labelled valid: as 347, with key_ops"},
    {367, reason::ok, "labelled invalid: byte for byte the same token as the valid 357"},
    {370, reason::ok, "labelled invalid: byte for byte the same token as the valid 357"},
    {372, reason::jws_malformed, "labelled valid: the header holds a character that is not base64url"},
    {373, reason::jws_malformed, "labelled valid: the payload holds a character that is not base64url"},
};

struct tally {
  std::size_t cases = 0;
  std::set<int> deviating;
};

reason decide(const json& key, std::string_view token, bytes& payload, crypto::port& host) {
  const auto keys = jose::verification_keys(key, host);
  if (!keys.ok()) return keys.why();
  auto parsed = jose::parse_jws(token);
  if (!parsed.ok()) return parsed.why();
  const auto verified = jose::verify_jws(std::move(*parsed), *keys, crypto::every_algorithm(), host);
  if (verified.ok()) payload = to_bytes(verified->payload());
  return verified.why();
}

void run_case(const json& key, const json& test, std::span<const deviation> deviations, tally& counts,
              crypto::port& host) {
  const json& form = test["jws"];
  const std::string token =
      form.is_string() ? form.get<std::string>() : form.dump();  // an object: a JSON serialization
  const int id = test["tcId"].get<int>();
  CAPTURE(id);
  bytes payload;
  const testing::exact_text exact(token);
  const reason why = decide(key, exact.view(), payload, host);
  ++counts.cases;
  if ((why == reason::ok) != (test["result"] == "valid")) {
    counts.deviating.insert(id);
    const auto listed =
        std::find_if(deviations.begin(), deviations.end(), [&](const deviation& each) { return each.test_case == id; });
    REQUIRE_MESSAGE(listed != deviations.end(), "an unlisted deviation");
    CHECK(name_of(why) == name_of(listed->ours));
    return;
  }
  if (why != reason::ok) return;
  const auto first = token.find('.') + 1;
  const auto expected = encoding::decode_base64url(token.substr(first, token.rfind('.') - first));
  CHECK(payload == *expected);
}

void run_suite(const char* file, std::size_t expected_cases, std::span<const deviation> deviations) {
  const auto text = testing::read_vectors(file);
  if (!text) return;
  const auto suite = encoding::parse_json(*text, {std::size_t{16} << 20, 32});
  REQUIRE(suite.ok());
  const auto host = openssl::make_host();
  tally counts;
  for (const json& group : (*suite)["testGroups"]) {
    const json& key = group.contains("public") ? group["public"] : group["private"];
    for (const json& test : group["tests"]) {
      if (test.contains("jws")) run_case(key, test, deviations, counts, *host);
    }
  }
  CHECK(counts.cases == expected_cases);
  for (const deviation& each : deviations) {
    CHECK_MESSAGE(counts.deviating.count(each.test_case) == 1, "a listed deviation that does not deviate: ", each.why);
  }
}

}  // namespace

TEST_CASE("Wycheproof: json_web_signature") {
  run_suite("wycheproof/json_web_signature_test.json", 401, signature_deviations);
}

TEST_CASE("Wycheproof: json_web_key") {
  run_suite("wycheproof/json_web_key_test.json", 26, {});
}

TEST_CASE("Wycheproof: json_web_crypto, the groups that are JWS") {
  run_suite("wycheproof/json_web_crypto_test.json", 49, {});
}
