#include "jose/small_order.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "agent/openssl/host.hpp"
#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"
#include "jose/jwk_set.hpp"
#include "tests/shared/jose/keys.hpp"
#include "tests/support/hex.hpp"

using namespace sallyport;
using testing::from_hex;
using testing::json;

namespace {

// Every y of a point of small order, p and p + 1 being 0 and 1 once more.
constexpr std::string_view small[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                                      "0100000000000000000000000000000000000000000000000000000000000000",
                                      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

json ed_key(bytes_view point) {
  json key = testing::ed_public();
  key["x"] = encoding::encode_base64url(point);
  key["kid"] = "small";
  return key;
}

}  // namespace

TEST_CASE("an Ed25519 key of small order verifies nothing, whatever the sign of x") {
  const auto host = openssl::make_host();
  for (const auto text : small) {
    for (const byte sign : {byte{0x00}, byte{0x80}}) {
      bytes point = from_hex(text);
      point.back() |= sign;
      CAPTURE(text);
      CHECK(jose::has_small_order(point));
      const auto loaded = jose::parse_jwks(json{{"keys", {testing::ec_public(), ed_key(point)}}}.dump(), *host);
      REQUIRE(loaded.ok());
      CHECK(loaded->find("small") == nullptr);
      CHECK(loaded->passed_over() ==
            "key 2 of the set (kid \"small\"): jwk_point_not_on_curve, x has a small order: everybody can sign for it");
      const auto alone = jose::parse_jwks(json{{"keys", {ed_key(point)}}}.dump(), *host);
      CHECK(name_of(alone.why()) == name_of(reason::jwk_point_not_on_curve));
    }
  }
}

TEST_CASE("its neighbours are other points") {
  for (const auto text : small) {
    bytes point = from_hex(text);
    point[15] ^= 1;
    CHECK_FALSE(jose::has_small_order(point));
  }
  for (const byte first : {byte{0x02}, byte{0xeb}, byte{0xef}}) {
    bytes point = from_hex(small[first == 2 ? 0 : 4]);
    point[0] = first;
    CHECK_FALSE(jose::has_small_order(point));
  }
  CHECK_FALSE(jose::has_small_order(*encoding::decode_base64url(crypto::known::ed25519_x)));
}

TEST_CASE("the crypto library itself takes such a key, and a signature that nobody made") {
  const auto host = openssl::make_host();
  const bytes identity = from_hex(small[1]);
  const auto key = host->import_ec({crypto::curve::ed25519, identity, {}, {}});
  REQUIRE(key.ok());
  bytes signature = identity;
  signature.resize(64);
  CHECK(crypto::verify_signature(*host, crypto::algorithm::eddsa, **key, as_bytes("anything"), signature).ok());
}
