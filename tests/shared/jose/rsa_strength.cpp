#include "jose/rsa_strength.hpp"

#include <doctest/doctest.h>

#include "crypto/self_test_data.hpp"
#include "encoding/base64url.hpp"

using namespace sallyport;

namespace {

const bytes e_65537{1, 0, 1};

bytes decoded(std::string_view text) {
  return *encoding::decode_base64url(text);
}
bytes good_modulus() {
  return decoded(crypto::known::rsa_n);
}

// 65537^123456789 modulo the product of the primes up to 167, plus a random multiple of that product; made for this
// test.
constexpr std::string_view roca_modulus =
    "qrJ51NmJrfS65W1jtSb4_ODmjb0bVnm2DRXJDpKG4AcdmJv5IRDwRS_SSMyq4PzQ3OcI0rHIk5O3-"
    "ttYTZ3khmkbXW0ezDiczG7HH536t0lmoknIlTZG"
    "VMFVzJJBBC913V67oazkDyGCp6ZfwfeOYCmt3P-rongecohlKjis0JhdD-MLQ807ATr3o1PJ8hgscKV_"
    "PNSHFigEDvsFl3Ss6eBE1ZGlI2o26PgBeuQa"
    "YMaEtttaa23826hBPBaG0VOsxf4tW89_2WxDZl14uHnGHH5oHUpYkVwhZJKqntC-LOynaxndvn6_JZ5FqkyBoLghpw9aAPExXmYr4n7fOJWVfw";
// The same modulo every prime but 157, where it is not a power of 65537.
constexpr std::string_view nearly_roca_modulus =
    "qrJ51NmJrfS65W1jtSb4_ODmjb0bVnm2DRXJDpKG4AcdmJv5IRDwRS_SSMyq4PzQ3OcI0rHIk5O3-"
    "ttYTZ3khmkbXW0ezDiczG7HH536t0lmoknIlTZG"
    "VMFVzJJBBC913V67oazkDyGCp6ZfwfeOYCmt3P-rongecohlKjis0JhdD-MLQ807ATr3o1PJ8hgscKV_"
    "PNSHFigEDvsFl3Ss6eBE1ZGlI2o26PgBeuQa"
    "YMaEtttaa23826hBPBaG0VOsxf4tW89_2WxDZl14uHnGHH5oHUpYkVwhZJKqntC-LOynaxndvo2n_Ej2v0pEgkUsiVXu2Zk4HpCX_xyAcytWfQ";

}  // namespace

TEST_CASE("accepts 2048 bits with exponent 65537") {
  CHECK(jose::check_rsa_strength(good_modulus(), e_65537).why() == reason::ok);
}

TEST_CASE("refuses a modulus of 2047 bits, counted from the first bit that is set") {
  bytes n = good_modulus();
  n[0] = 0x7f;
  CHECK(jose::check_rsa_strength(n, e_65537).why() == reason::jwk_weak_rsa);
  CHECK(jose::check_rsa_strength(n, e_65537).error().detail == "the modulus has 2047 bits");
}

TEST_CASE("refuses an empty modulus") {
  CHECK(jose::check_rsa_strength({}, e_65537).why() == reason::jwk_weak_rsa);
}

TEST_CASE("takes no modulus above 8192 bits") {
  bytes n(1024, 0xff);
  CHECK(jose::check_rsa_strength(n, e_65537).why() != reason::jwk_unsupported);
  n.insert(n.begin(), 1);
  CHECK(jose::check_rsa_strength(n, e_65537).why() == reason::jwk_unsupported);
}

TEST_CASE("refuses small, even and overlong exponents") {
  const bytes n = good_modulus();
  CHECK(jose::check_rsa_strength(n, bytes{1}).why() == reason::jwk_weak_rsa);
  CHECK(jose::check_rsa_strength(n, bytes{3}).why() == reason::jwk_weak_rsa);
  CHECK(jose::check_rsa_strength(n, bytes{0xff, 0xff}).why() == reason::jwk_weak_rsa);
  CHECK(jose::check_rsa_strength(n, bytes{1, 0, 2}).why() == reason::jwk_weak_rsa);
  CHECK(jose::check_rsa_strength(n, bytes{1, 0, 3}).why() == reason::ok);
  CHECK(jose::check_rsa_strength(n, bytes{1, 0xff, 0xff, 0xff, 0xff}).why() == reason::ok);
  CHECK(jose::check_rsa_strength(n, bytes{2, 0, 0, 0, 1}).why() == reason::jwk_unsupported);
}

TEST_CASE("refuses a modulus with a small factor") {
  bytes even = good_modulus();
  even.back() &= 0xfe;
  CHECK(jose::check_rsa_strength(even, e_65537).why() == reason::jwk_weak_rsa);
  const bytes repunit(256, 0xff);  // 2^2048 - 1, divisible by 3
  CHECK(jose::check_rsa_strength(repunit, e_65537).why() == reason::jwk_weak_rsa);
}

TEST_CASE("refuses the ROCA fingerprint, and nothing that misses it by one prime") {
  CHECK(jose::check_rsa_strength(decoded(roca_modulus), e_65537).why() == reason::jwk_roca);
  CHECK(jose::check_rsa_strength(decoded(nearly_roca_modulus), e_65537).why() == reason::ok);
}
