#include "agent/openssl/host.hpp"

#include <openssl/crypto.h>

#include "agent/openssl/agreement.hpp"
#include "agent/openssl/keys.hpp"
#include "agent/openssl/seal.hpp"
#include "agent/openssl/sign.hpp"

namespace sallyport::openssl {
namespace {

class evp_hasher final : public crypto::hasher {
 public:
  explicit evp_hasher(const EVP_MD* digest) : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex2(context_.get(), digest, nullptr) != 1) __builtin_trap();
  }
  void update(bytes_view data) override {
    if (EVP_DigestUpdate(context_.get(), data.data(), data.size()) != 1) __builtin_trap();
  }
  bytes finish() override {
    bytes out(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_.get(), out.data(), &size) != 1) __builtin_trap();
    out.resize(size);
    return out;
  }

 private:
  digest_context context_;
};

/// The keys that come back through the port are ours (crypto.hpp), so the cast holds.
const host_key& ours(const crypto::key& key) {
  return static_cast<const host_key&>(key);
}

/// A hash of bytes in memory cannot fail but by a broken installation; a wrong digest must not go on from there.
class host final : public crypto::port {
 public:
  host() {
    if (!library_.complete()) __builtin_trap();
  }

  result<crypto::key_ptr> import_rsa(const crypto::rsa_parts& parts) override { return import_rsa_key(parts); }
  result<crypto::key_ptr> import_ec(const crypto::ec_parts& parts) override { return import_ec_key(parts); }
  result<crypto::key_ptr> import_secret(bytes_view secret) override { return import_secret_key(secret, library_); }

  bool verify(crypto::algorithm how, const crypto::key& with, bytes_view data, bytes_view signature) override {
    return openssl::verify(how, ours(with), data, signature);
  }
  result<bytes> sign(crypto::algorithm how, const crypto::key& with, bytes_view data) override {
    return openssl::sign(how, ours(with), data);
  }

  result<crypto::p256_point> p256_public(const crypto::p256_scalar& secret) override {
    return openssl::p256_public(secret);
  }
  result<crypto::p256_agreed> p256_agree(const crypto::p256_scalar& secret, const crypto::p256_point& with) override {
    return openssl::p256_agree(secret, with);
  }

  result<bytes> seal(const crypto::gcm_key& key, const crypto::gcm_nonce& nonce, bytes_view bound,
                     bytes_view plain) override {
    return openssl::seal(library_.aes_256_gcm(), key, nonce, bound, plain);
  }
  result<bytes> open(const crypto::gcm_key& key, const crypto::gcm_nonce& nonce, bytes_view bound,
                     bytes_view sealed) override {
    return openssl::open(library_.aes_256_gcm(), key, nonce, bound, sealed);
  }

  crypto::sha256_digest sha256(bytes_view data) override {
    crypto::sha256_digest out;
    unsigned size = 0;
    const EVP_MD* digest = library_.digest(crypto::hash::sha256);
    if (EVP_Digest(data.data(), data.size(), out.data(), &size, digest, nullptr) != 1) __builtin_trap();
    return out;
  }
  std::unique_ptr<crypto::hasher> start_hash(crypto::hash which) override {
    return std::make_unique<evp_hasher>(library_.digest(which));
  }
  bool equal_constant_time(bytes_view a, bytes_view b) override {
    return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
  }

 private:
  library library_;
};

}  // namespace

std::unique_ptr<crypto::port> make_host() {
  return std::make_unique<host>();
}

}  // namespace sallyport::openssl
