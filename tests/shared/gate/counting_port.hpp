// The host's cryptography, counted.
#pragma once

#include "tests/shared/gate/world.hpp"

namespace sallyport::testing {

/// Counts what the memories are there to save: signatures, their checks, key agreements.
class counting_port final : public crypto::port {
 public:
  std::size_t verified = 0, signed_ = 0, agreed = 0;

  result<crypto::key_ptr> import_rsa(const crypto::rsa_parts& parts) override { return host().import_rsa(parts); }
  result<crypto::key_ptr> import_ec(const crypto::ec_parts& parts) override { return host().import_ec(parts); }
  result<crypto::key_ptr> import_secret(bytes_view secret) override { return host().import_secret(secret); }
  bool verify(crypto::algorithm how, const crypto::key& key, bytes_view data, bytes_view signature) override {
    ++verified;
    return host().verify(how, key, data, signature);
  }
  result<bytes> sign(crypto::algorithm how, const crypto::key& key, bytes_view data) override {
    ++signed_;
    return host().sign(how, key, data);
  }
  result<crypto::p256_point> p256_public(const crypto::p256_scalar& secret) override {
    return host().p256_public(secret);
  }
  result<crypto::p256_agreed> p256_agree(const crypto::p256_scalar& secret, const crypto::p256_point& with) override {
    ++agreed;
    return host().p256_agree(secret, with);
  }
  result<bytes> seal(const crypto::gcm_key& key, const crypto::gcm_nonce& nonce, bytes_view bound,
                     bytes_view plain) override {
    return host().seal(key, nonce, bound, plain);
  }
  result<bytes> open(const crypto::gcm_key& key, const crypto::gcm_nonce& nonce, bytes_view bound,
                     bytes_view sealed) override {
    return host().open(key, nonce, bound, sealed);
  }
  crypto::sha256_digest sha256(bytes_view data) override { return host().sha256(data); }
  std::unique_ptr<crypto::hasher> start_hash(crypto::hash which) override { return host().start_hash(which); }
  bool equal_constant_time(bytes_view a, bytes_view b) override { return host().equal_constant_time(a, b); }
};

}  // namespace sallyport::testing
