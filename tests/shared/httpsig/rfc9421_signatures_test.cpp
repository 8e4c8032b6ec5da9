// The signatures printed in RFC 9421, made again: byte for byte where that is deterministic, else so that they verify. The probe
// cannot sign; bases and verification are tests/vectors/http_signatures.test.mjs.
#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "httpsig/signature.hpp"
#include "tests/shared/httpsig/jwk_key.hpp"
#include "tests/support/exact.hpp"
#include "tests/support/vectors.hpp"

namespace sallyport::testing {
namespace {

using encoding::json;
using namespace httpsig;

struct vector_case {
  message target;
  message request;
  bool has_request = false;
  std::string label;
  crypto::algorithm how = crypto::algorithm::es256;

  signing_context context() const { return {&target, has_request ? &request : nullptr}; }
};

vector_case read_case(const json& test) {
  vector_case out;
  const auto scheme = test["scheme"].get<std::string>();
  const exact_text raw(test["message"].get<std::string>());
  auto parsed = parse_message(raw.view(), scheme);
  REQUIRE(parsed.ok());
  out.target = *parsed;
  const auto request = encoding::string_member(test, "request");
  out.has_request = request.has_value();
  if (request) {
    auto cause = parse_message(*request, scheme);
    REQUIRE(cause.ok());
    out.request = *cause;
  }
  out.label = test["label"].get<std::string>();
  const auto how = crypto::from_httpsig_name(test["alg"].get<std::string>());
  REQUIRE(how.has_value());
  out.how = *how;
  return out;
}

void check_signing(const json& test, const vector_case& given, const received_signature& received, crypto::port& host,
                   const json& jwk) {
  const auto key = import_jwk(host, jwk);
  const auto fields = sign(host, *key, given.how, given.label, received.input, given.context());
  REQUIRE(fields.ok());
  if (test["deterministic"].get<bool>()) {
    CHECK(fields->signature == given.label + "=:" + test["signature_base64"].get<std::string>() + ":");
  }
  message signed_again = given.target;
  std::erase_if(signed_again.fields,
                [](const auto& f) { return f.name == "signature" || f.name == "signature-input"; });
  signed_again.fields.push_back({"signature", fields->signature});
  signed_again.fields.push_back({"signature-input", fields->signature_input});
  const auto public_key = import_public_jwk(host, jwk);
  CHECK(verify(host, *public_key, given.how, given.label, {&signed_again, given.context().request}).ok());
}

void run_case(const json& test, const json& keys, crypto::port& host) {
  CAPTURE(test["id"].get<std::string>());
  const vector_case given = read_case(test);
  const auto received = find_signature(given.target, given.label);
  REQUIRE(received.ok());
  if (test["expect_valid"].get<bool>())
    check_signing(test, given, *received, host, keys[test["key"].get<std::string>()]["jwk"]);
}

TEST_CASE("makes every signature of RFC 9421 again") {
  const auto signatures_text = read_vectors("rfc9421/signatures.json");
  const auto keys_text = read_vectors("rfc9421/keys.json");
  if (!signatures_text || !keys_text) return;
  const auto signatures = encoding::parse_json(*signatures_text);
  const auto keys = encoding::parse_json(*keys_text);
  REQUIRE(signatures.ok());
  REQUIRE(keys.ok());
  const auto host = openssl::make_host();
  for (const auto& test : *signatures) run_case(test, *keys, *host);
  CHECK(signatures->size() == 20);
}

}  // namespace
}  // namespace sallyport::testing
