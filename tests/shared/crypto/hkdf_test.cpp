// RFC 5869 appendix A, cases 1 to 3.
#include "crypto/hkdf.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "tests/support/hex.hpp"

using namespace sallyport;
using testing::from_hex;

namespace {

bytes counted(byte from, std::size_t size) {
  bytes out(size);
  for (auto& each : out) each = from++;
  return out;
}

const auto host = openssl::make_host();

}  // namespace

TEST_CASE("HKDF with SHA-256 gives what RFC 5869 says") {
  const auto first = crypto::hkdf_sha256(*host, bytes(22, byte{0x0b}), counted(0, 13), counted(0xf0, 10), 42);
  REQUIRE(first.ok());
  CHECK(*first == from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
  const auto second = crypto::hkdf_sha256(*host, counted(0, 80), counted(0x60, 80), counted(0xb0, 80), 82);
  REQUIRE(second.ok());
  CHECK(*second ==
        from_hex("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                 "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"));
  const auto third = crypto::hkdf_sha256(*host, bytes(22, byte{0x0b}), {}, {}, 42);
  REQUIRE(third.ok());
  CHECK(*third == from_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
}

TEST_CASE("HKDF gives 255 blocks and not one octet more") {
  const auto most = crypto::hkdf_sha256(*host, counted(0, 32), {}, {}, crypto::max_hkdf_bytes);
  REQUIRE(most.ok());
  CHECK(most->size() == 255 * 32);
  CHECK(crypto::hkdf_sha256(*host, counted(0, 32), {}, {}, crypto::max_hkdf_bytes + 1).why() == reason::crypto_failed);
}
