// Invariant: a token has one spelling, nobody without the key makes one that verifies, and claims hold only inside
// their time. Lines: a token; then claims, which are signed here with a real key.
#include "jose/jwt.hpp"

#include "agent/openssl/generate.hpp"
#include "encoding/base64url.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

constexpr unix_seconds now = 1'800'000'000;
constexpr seconds skew = 5;

const jose::signing_key& our_key() {
  static const std::vector<jose::signing_key> keys = [] {
    auto parts = openssl::generate_ec(crypto::curve::p256);
    fuzz::hold(parts.ok(), "a key can be made");
    const jose::jwk key{"fuzz", {crypto::algorithm::es256}, crypto::algorithm::es256, std::move(*parts)};
    auto made = jose::parse_signing_keys(encoding::canonical_json(jose::private_jwk(key)), fuzz::host());
    fuzz::hold(made.ok(), "a made key can be read");
    return std::move(made).value();
  }();
  return keys.front();
}

const jose::jwk_set& our_set() {
  static const jose::jwk_set set({our_key().verification});
  return set;
}

void check_token(std::string_view token) {
  auto parsed = jose::parse_jws(token);
  if (!parsed.ok()) return;
  const std::string spelled = std::string(parsed->signing_input) + "." + encoding::encode_base64url(parsed->signature);
  fuzz::hold(spelled == token, "a token has one spelling");
  const auto verified =
      jose::verify_jws(*std::move(parsed), our_set(), crypto::every_asymmetric_algorithm(), fuzz::host());
  fuzz::hold(!verified.ok(), "nobody without the key makes a token that verifies");
}

void check_claims(std::string_view payload) {
  const auto token = jose::sign_jws(our_key(), "JWT", as_bytes(payload), fuzz::host());
  fuzz::hold(token.ok(), "signing works");
  auto parsed = jose::parse_jwt(*token);
  if (!parsed.ok()) return;
  jose::claims_options options;
  options.now = now;
  options.skew = skew;
  const std::vector<std::string> types{"JWT"};
  options.types = types;
  const auto verified =
      jose::verify_jwt(*std::move(parsed), our_set(), {crypto::algorithm::es256}, options, fuzz::host());
  if (!verified.ok()) return;
  const auto& claims = verified->claims();
  const auto number = [&](const char* name) { return claims.value(name, static_cast<double>(now)); };
  fuzz::hold(claims.contains("exp") && now < number("exp") + skew, "an accepted token is not expired");
  fuzz::hold(now + skew >= number("nbf") && now + skew >= number("iat"), "and not early");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  check_token(in.take_line());
  check_claims(in.rest());
  return 0;
}
