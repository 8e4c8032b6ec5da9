// The contract of the crypto port, kept by OpenSSL.
#include <doctest/doctest.h>
#include <openssl/err.h>

#include <atomic>
#include <thread>

#include "agent/openssl/generate.hpp"
#include "agent/openssl/host.hpp"
#include "crypto/algorithm_set.hpp"
#include "crypto/signature.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using crypto::algorithm;
using crypto::curve;
using crypto::family;

namespace {

const auto host = openssl::make_host();
const bytes_view message = as_bytes("a message");

crypto::key_ptr rsa_key() {
  static const crypto::key_ptr key = *host->import_rsa(*openssl::generate_rsa(2048));
  return key;
}

/// A private key, or a secret, that fits `how`.
crypto::key_ptr key_for(algorithm how) {
  const auto& row = crypto::describe(how);
  if (row.family == family::hmac) return *host->import_secret(bytes(64, 7));
  return row.curve == curve::none ? rsa_key() : *host->import_ec(*openssl::generate_ec(row.curve));
}

bool verifies(algorithm how, const crypto::key& key, bytes_view data, bytes_view signature) {
  const testing::exact_text exact_data(as_text(data));
  const testing::exact_text exact_signature(as_text(signature));
  return crypto::verify_signature(*host, how, key, as_bytes(exact_data.view()), as_bytes(exact_signature.view())).ok();
}

crypto::ec_parts public_half(crypto::ec_parts parts) {
  parts.d.clear();
  return parts;
}

}  // namespace

TEST_CASE("every algorithm of the table signs and verifies, in its length") {
  for (const auto& row : crypto::all_algorithms()) {
    CAPTURE(row.jose_name);
    const auto key = key_for(row.id);
    const auto signature = crypto::make_signature(*host, row.id, *key, message);
    REQUIRE(signature.ok());
    CHECK(signature->size() == (row.signature_bytes == 0 ? 256 : row.signature_bytes));
    CHECK(verifies(row.id, *key, message, *signature));
    CHECK_FALSE(verifies(row.id, *key, as_bytes("another"), *signature));
    CHECK_FALSE(verifies(row.id, *key, {}, *signature));
    CHECK_FALSE(verifies(row.id, *key, message, bytes_view(*signature).first(signature->size() - 1)));
    CHECK_FALSE(verifies(row.id, *key, message, {}));
  }
}

TEST_CASE("an empty message signs and verifies") {
  for (const auto& row : crypto::all_algorithms()) {
    CAPTURE(row.jose_name);
    const auto key = key_for(row.id);
    const auto signature = crypto::make_signature(*host, row.id, *key, {});
    REQUIRE(signature.ok());
    CHECK(verifies(row.id, *key, {}, *signature));
  }
}

TEST_CASE("a signature of one algorithm verifies under no other") {
  for (const auto& made : crypto::all_algorithms()) {
    const auto key = key_for(made.id);
    const auto signature = crypto::make_signature(*host, made.id, *key, message);
    REQUIRE(signature.ok());
    for (const auto& asked : crypto::all_algorithms()) {
      CAPTURE(made.jose_name);
      CAPTURE(asked.jose_name);
      CHECK(verifies(asked.id, *key, message, *signature) == (asked.id == made.id));
    }
  }
}

TEST_CASE("a key does not sign with an algorithm of another kind, and a public key not at all") {
  const auto parts = *openssl::generate_ec(curve::p256);
  const auto pair = *host->import_ec(parts);
  const auto half = *host->import_ec(public_half(parts));
  CHECK(host->sign(algorithm::es256, *pair, message).ok());
  CHECK(host->sign(algorithm::es256, *half, message).why() == reason::crypto_failed);
  CHECK(host->sign(algorithm::es384, *pair, message).why() == reason::crypto_failed);
  CHECK(host->sign(algorithm::rs256, *pair, message).why() == reason::crypto_failed);
  CHECK(host->sign(algorithm::hs256, *pair, message).why() == reason::crypto_failed);
  CHECK(host->sign(algorithm::es256, **host->import_secret(bytes(32, 1)), message).why() == reason::crypto_failed);
}

TEST_CASE("the public half verifies what the private one signed") {
  for (const auto which : {curve::p256, curve::p384, curve::p521, curve::ed25519}) {
    const auto parts = *openssl::generate_ec(which);
    const auto pair = *host->import_ec(parts);
    const auto half = *host->import_ec(public_half(parts));
    for (const auto& row : crypto::all_algorithms()) {
      if (row.curve != which) continue;
      CHECK(verifies(row.id, *half, message, *crypto::make_signature(*host, row.id, *pair, message)));
    }
  }
}

TEST_CASE("a point off its curve, or with coordinates out of range, is refused") {
  for (const auto which : {curve::p256, curve::p384, curve::p521}) {
    auto parts = public_half(*openssl::generate_ec(which));
    parts.y.back() ^= 1;
    CHECK(host->import_ec(parts).why() == reason::jwk_point_not_on_curve);
    parts.x.assign(parts.x.size(), 0xff);
    CHECK(host->import_ec(parts).why() == reason::jwk_point_not_on_curve);
    parts.x.assign(parts.x.size(), 0);
    parts.y.assign(parts.y.size(), 0);
    CHECK(host->import_ec(parts).why() == reason::jwk_point_not_on_curve);
  }
}

TEST_CASE("parts of the wrong length are refused") {
  const auto good = public_half(*openssl::generate_ec(curve::p256));
  auto parts = good;
  parts.x.pop_back();
  CHECK(host->import_ec(parts).why() == reason::key_import_failed);
  parts = good;
  parts.y.clear();
  CHECK(host->import_ec(parts).why() == reason::key_import_failed);
  parts = good;
  parts.d = bytes(31, 1);
  CHECK(host->import_ec(parts).why() == reason::key_import_failed);
  CHECK(host->import_ec({}).why() == reason::key_import_failed);
  CHECK(host->import_ec({curve::ed25519, bytes(32, 1), bytes(32, 1), {}}).why() == reason::key_import_failed);
  CHECK(host->import_secret({}).why() == reason::key_import_failed);
}

TEST_CASE("private and public members that do not belong together are refused") {
  for (const auto which : {curve::p256, curve::p384, curve::p521, curve::ed25519}) {
    auto parts = *openssl::generate_ec(which);
    parts.d = openssl::generate_ec(which)->d;
    CHECK(host->import_ec(parts).why() == reason::key_import_failed);
  }
}

TEST_CASE("a private number outside [1, n-1] is refused") {
  auto parts = *openssl::generate_ec(curve::p256);
  parts.d.assign(32, 0xff);
  CHECK_FALSE(host->import_ec(parts).ok());
  parts.d.assign(32, 0);
  CHECK_FALSE(host->import_ec(parts).ok());
}

TEST_CASE("hashes in pieces as in one") {
  for (const auto which : {crypto::hash::sha256, crypto::hash::sha384, crypto::hash::sha512}) {
    const auto whole = host->start_hash(which);
    whole->update(message);
    const auto pieces = host->start_hash(which);
    for (const byte& each : message) pieces->update({&each, 1});
    pieces->update({});
    const bytes digest = whole->finish();
    CHECK(digest.size() == crypto::digest_bytes(which));
    CHECK(digest == pieces->finish());
  }
}

TEST_CASE("comparison tells lengths and contents apart") {
  CHECK(host->equal_constant_time({}, {}));
  CHECK(host->equal_constant_time(message, message));
  CHECK_FALSE(host->equal_constant_time(message, message.first(message.size() - 1)));
  CHECK_FALSE(host->equal_constant_time(message, as_bytes("A message")));
}

TEST_CASE("no failure leaves an error behind for the next TLS call") {
  auto parts = public_half(*openssl::generate_ec(curve::p256));
  const auto key = *host->import_ec(parts);
  parts.y.back() ^= 1;
  CHECK_FALSE(host->import_ec(parts).ok());
  CHECK_FALSE(host->verify(algorithm::es256, *key, message, message));
  CHECK_FALSE(host->verify(algorithm::rs256, *rsa_key(), message, message));
  CHECK_FALSE(host->sign(algorithm::es256, *key, message).ok());
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("many threads share one host and one key") {
  const auto shared_key = key_for(algorithm::es256);
  const auto shared_secret = key_for(algorithm::hs256);
  const auto signature = *crypto::make_signature(*host, algorithm::es256, *shared_key, message);
  const auto mac = *crypto::make_signature(*host, algorithm::hs256, *shared_secret, message);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        if (!verifies(algorithm::es256, *shared_key, message, signature)) ++wrong;
        if (verifies(algorithm::es256, *shared_key, message.first(3), signature)) ++wrong;
        if (!verifies(algorithm::hs256, *shared_secret, message, mac)) ++wrong;
        if (!crypto::make_signature(*host, algorithm::es256, *shared_key, message).ok()) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("random bytes are as many as asked for, and others each time") {
  CHECK(openssl::random_bytes(0)->empty());
  CHECK(openssl::random_bytes(16)->size() == 16);
  CHECK(*openssl::random_bytes(16) != *openssl::random_bytes(16));
}
