// Keys for the tests of this layer: those of the crypto self-test, as JWKs.
#pragma once

#include <string>

#include "crypto/self_test_data.hpp"
#include "encoding/json.hpp"

namespace sallyport::testing {

using encoding::json;
namespace known = crypto::known;

inline json ec_public() {
  return json{{"kty", "EC"},
              {"crv", "P-256"},
              {"x", std::string(known::p256_x)},
              {"y", std::string(known::p256_y)},
              {"kid", "ec"}};
}
/// The P-256 key of RFC 7517 appendix A.1.
inline json other_ec_public() {
  return json{{"kty", "EC"},
              {"crv", "P-256"},
              {"x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"},
              {"y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
              {"kid", "other-ec"}};
}
inline json ec_private() {
  json key = ec_public();
  key["d"] = std::string(known::p256_d);
  return key;
}
inline json ed_public() {
  return json{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", std::string(known::ed25519_x)}, {"kid", "ed"}};
}
inline json ed_private() {
  json key = ed_public();
  key["d"] = std::string(known::ed25519_d);
  return key;
}
inline json rsa_public() {
  return json{{"kty", "RSA"}, {"n", std::string(known::rsa_n)}, {"e", std::string(known::rsa_e)}, {"kid", "rsa"}};
}
/// A secret of 64 bytes, enough for every HS algorithm.
inline json secret() {
  return json{{"kty", "oct"}, {"k", std::string(known::sha512)}, {"kid", "secret"}};
}

/// `key` with one member more, or another value for it.
inline json with(json key, const char* member, json value) {
  key[member] = std::move(value);
  return key;
}
inline json without(json key, const char* member) {
  key.erase(member);
  return key;
}

template <class... Keys>
std::string set_of(Keys... keys) {
  return json{{"keys", json::array({std::move(keys)...})}}.dump();
}

}  // namespace sallyport::testing
