#include "crypto/self_test.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "agent/openssl/host.hpp"

using namespace sallyport;

namespace {

/// Passes everything on to OpenSSL but does one thing wrong, as a broken host would.
class broken_host : public crypto::port {
 public:
  result<crypto::key_ptr> import_rsa(const crypto::rsa_parts& parts) override { return good->import_rsa(parts); }
  result<crypto::key_ptr> import_ec(const crypto::ec_parts& parts) override { return good->import_ec(parts); }
  result<crypto::key_ptr> import_secret(bytes_view secret) override { return good->import_secret(secret); }
  bool verify(crypto::algorithm how, const crypto::key& with, bytes_view data, bytes_view signature) override {
    return how == always_yes || (how != always_no && good->verify(how, with, data, signature));
  }
  result<bytes> sign(crypto::algorithm how, const crypto::key& with, bytes_view data) override {
    auto made = good->sign(how, with, data);
    if (made.ok() && how == bad_signer) made->back() ^= 1;
    return made;
  }
  result<crypto::p256_point> p256_public(const crypto::p256_scalar& secret) override {
    return good->p256_public(secret);
  }
  result<crypto::p256_agreed> p256_agree(const crypto::p256_scalar& secret, const crypto::p256_point& with) override {
    auto agreed = good->p256_agree(secret, with);
    if (!agreed.ok() && agrees_with_anything) return crypto::p256_agreed{};
    if (agreed.ok() && shifts_zeros && agreed->front() == 0)
      std::rotate(agreed->begin(), agreed->begin() + 1, agreed->end());
    return agreed;
  }
  result<bytes> seal(const crypto::gcm_key& key, const crypto::gcm_nonce& nonce, bytes_view bound,
                     bytes_view plain) override {
    return good->seal(key, nonce, binds_nothing ? bytes_view() : bound, plain);
  }
  result<bytes> open(const crypto::gcm_key& key, const crypto::gcm_nonce& nonce, bytes_view bound,
                     bytes_view sealed) override {
    if (!checks_four_octets || sealed.size() < crypto::gcm_tag_bytes) {
      return good->open(key, nonce, binds_nothing ? bytes_view() : bound, sealed);
    }
    // GCM hides by XOR: to seal what is sealed shows it, and to seal that again gives the right tag.
    const std::size_t size = sealed.size() - crypto::gcm_tag_bytes;
    auto plain = good->seal(key, nonce, bound, sealed.first(size)).value();
    plain.resize(size);
    const auto whole = good->seal(key, nonce, bound, plain).value();
    if (!std::equal(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size) + 4, sealed.begin())) {
      return reason::seal_invalid;
    }
    return plain;
  }
  crypto::sha256_digest sha256(bytes_view data) override { return good->sha256(data); }
  std::unique_ptr<crypto::hasher> start_hash(crypto::hash which) override {
    return good->start_hash(which == wrong_hash ? crypto::hash::sha256 : which);
  }
  bool equal_constant_time(bytes_view a, bytes_view b) override { return all_equal || good->equal_constant_time(a, b); }

  std::unique_ptr<crypto::port> good = openssl::make_host();
  std::optional<crypto::algorithm> always_yes, always_no, bad_signer;
  std::optional<crypto::hash> wrong_hash;
  bool all_equal = false, agrees_with_anything = false, shifts_zeros = false;
  bool binds_nothing = false, checks_four_octets = false;
};

std::string failing_step(broken_host& host) {
  const auto outcome = crypto::self_test(host);
  REQUIRE(outcome.why() == reason::crypto_self_test);
  return outcome.error().detail;
}

}  // namespace

TEST_CASE("OpenSSL passes the self-test") {
  CHECK(crypto::self_test(*openssl::make_host()).ok());
}

TEST_CASE("a host that accepts any signature fails the self-test at that algorithm") {
  broken_host host;
  host.always_yes = crypto::algorithm::es256;
  CHECK(failing_step(host) == "ES256 verification");
  host.always_yes = crypto::algorithm::eddsa;
  CHECK(failing_step(host) == "EdDSA verification");
  host.always_yes = crypto::algorithm::rs256;
  CHECK(failing_step(host) == "RSA verification");
  host.always_yes = crypto::algorithm::ps256;
  CHECK(failing_step(host) == "RSA verification");
  host.always_yes = crypto::algorithm::hs256;
  CHECK(failing_step(host) == "HMAC-SHA-256");
}

TEST_CASE("a host that refuses a good signature fails the self-test") {
  broken_host host;
  host.always_no = crypto::algorithm::ps256;
  CHECK(failing_step(host) == "RSA verification");
}

TEST_CASE("a host that agrees with a point off the curve, or drops leading zeros, fails the self-test") {
  broken_host host;
  host.shifts_zeros = true;
  CHECK(failing_step(host) == "P-256 agreement");
  host.shifts_zeros = false;
  host.agrees_with_anything = true;
  CHECK(failing_step(host) == "P-256 refusals");
}

TEST_CASE("a host that binds nothing to a sealed text, or checks a part of the tag, fails the self-test") {
  broken_host host;
  host.binds_nothing = true;
  CHECK(failing_step(host) == "AES-256-GCM sealing");
  host.binds_nothing = false;
  host.checks_four_octets = true;
  CHECK(failing_step(host) == "AES-256-GCM refusals");
}

TEST_CASE("a host that signs wrongly fails the self-test") {
  broken_host host;
  host.bad_signer = crypto::algorithm::eddsa;
  CHECK(failing_step(host) == "EdDSA signing");
  host.bad_signer = crypto::algorithm::es256;
  CHECK(failing_step(host) == "ES256 signing");
  host.bad_signer = crypto::algorithm::hs256;
  CHECK(failing_step(host) == "HMAC-SHA-256");
}

TEST_CASE("a host with a wrong hash or comparison fails the self-test") {
  broken_host host;
  host.wrong_hash = crypto::hash::sha512;
  CHECK(failing_step(host) == "SHA-512");
  host.wrong_hash.reset();
  host.all_equal = true;
  CHECK(failing_step(host) == "constant-time comparison");
}
