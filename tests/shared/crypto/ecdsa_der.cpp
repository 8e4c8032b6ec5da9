#include "crypto/ecdsa_der.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"
#include "tests/support/hex.hpp"

using namespace sallyport;
using crypto::curve;
using testing::from_hex;

namespace {

constexpr std::string_view n_256 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view n_256_minus_1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
constexpr std::string_view one_256 = "0000000000000000000000000000000000000000000000000000000000000001";
constexpr std::string_view zero_256 = "0000000000000000000000000000000000000000000000000000000000000000";

std::optional<bytes> to_der(curve which, std::string_view r, std::string_view s) {
  const bytes raw = from_hex(std::string(r) + std::string(s));
  const testing::exact_text exact(as_text(raw));
  const auto der = crypto::ecdsa_to_der(which, as_bytes(exact.view()));
  if (!der) return std::nullopt;
  return to_bytes(der->view());
}

std::optional<bytes> from_der(curve which, std::string_view hex) {
  const bytes der = from_hex(hex);
  const testing::exact_text exact(as_text(der));
  return crypto::ecdsa_from_der(which, as_bytes(exact.view()));
}

}  // namespace

TEST_CASE("writes minimal DER: no leading zeros, one in front of a set high bit") {
  CHECK(to_der(curve::p256, one_256, one_256) == from_hex("3006020101020101"));
  const std::string high =
      "30"
      "26"
      "022100" +
      std::string(n_256_minus_1) + "020101";
  CHECK(to_der(curve::p256, n_256_minus_1, one_256) == from_hex(high));
}

TEST_CASE("writes the long form of the length for P-521") {
  const std::string big = "01" + std::string(130, '0');
  const auto der = to_der(curve::p521, big, big);
  REQUIRE(der);
  CHECK(der->size() == 139);
  CHECK((*der)[1] == 0x81);
  CHECK(crypto::ecdsa_from_der(curve::p521, *der) == from_hex(big + big));
}

TEST_CASE("refuses integers outside [1, n-1] both ways") {
  CHECK_FALSE(to_der(curve::p256, zero_256, one_256));
  CHECK_FALSE(to_der(curve::p256, one_256, zero_256));
  CHECK_FALSE(to_der(curve::p256, zero_256, zero_256));
  CHECK_FALSE(to_der(curve::p256, n_256, one_256));
  CHECK_FALSE(to_der(curve::p256, one_256, n_256));
  CHECK(to_der(curve::p256, n_256_minus_1, n_256_minus_1));
  CHECK_FALSE(from_der(curve::p256, "3006020100020101"));
  CHECK_FALSE(from_der(curve::p256, "3026022100" + std::string(n_256) + "020101"));
}

TEST_CASE("refuses a raw signature of any other length") {
  const bytes raw(65, 1);
  CHECK(crypto::ecdsa_to_der(curve::p256, bytes_view(raw).first(64)));
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{65}}) {
    CHECK_FALSE(crypto::ecdsa_to_der(curve::p256, bytes_view(raw).first(size)));
  }
  CHECK_FALSE(crypto::ecdsa_to_der(curve::p384, bytes_view(raw).first(64)));
  CHECK_FALSE(crypto::ecdsa_to_der(curve::ed25519, bytes_view(raw).first(64)));
  CHECK_FALSE(crypto::ecdsa_to_der(curve::none, {}));
}

TEST_CASE("reads DER back into full-length integers") {
  CHECK(from_der(curve::p256, "3006020101020102") == from_hex(std::string(one_256) + std::string(62, '0') + "02"));
}

TEST_CASE("refuses every DER that is not the minimal one") {
  CHECK(from_der(curve::p256, "3006020101020101"));
  CHECK_FALSE(from_der(curve::p256, ""));
  CHECK_FALSE(from_der(curve::p256, "30"));
  CHECK_FALSE(from_der(curve::p256, "3000"));
  CHECK_FALSE(from_der(curve::p256, "3003020101"));
  CHECK_FALSE(from_der(curve::p256, "300602010102010100"));    // bytes behind
  CHECK_FALSE(from_der(curve::p256, "300702010102010100"));    // bytes behind, inside the sequence
  CHECK_FALSE(from_der(curve::p256, "30060201010201"));        // cut short
  CHECK_FALSE(from_der(curve::p256, "3106020101020101"));      // a set
  CHECK_FALSE(from_der(curve::p256, "308106020101020101"));    // long form where the short one fits
  CHECK_FALSE(from_der(curve::p256, "30820006020101020101"));  // two length octets
  CHECK_FALSE(from_der(curve::p256, "3080020101020101"));      // indefinite length
  CHECK_FALSE(from_der(curve::p256, "300702020001020101"));    // a leading zero
  CHECK_FALSE(from_der(curve::p256, "3006020181020101"));      // a negative integer
  CHECK_FALSE(from_der(curve::p256, "30050200020101"));        // an empty integer
  CHECK_FALSE(from_der(curve::p256, "3006030101020101"));      // another tag
  CHECK_FALSE(from_der(curve::p256, "3081"));
  CHECK_FALSE(from_der(curve::p256, "308106"));
}
