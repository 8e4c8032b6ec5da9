#include "agent/openssl/sign.hpp"

#include <openssl/crypto.h>

namespace sallyport::openssl {
namespace {

struct mac_value {
  std::array<byte, EVP_MAX_MD_SIZE> block;
  std::size_t size = 0;
};

bool compute_mac(const EVP_MAC_CTX* prepared, bytes_view data, mac_value& out) {
  if (prepared == nullptr) return false;
  const mac_context context(EVP_MAC_CTX_dup(prepared));
  return context && EVP_MAC_update(context.get(), data.data(), data.size()) == 1 &&
         EVP_MAC_final(context.get(), out.block.data(), &out.size, out.block.size()) == 1;
}

bool verify_mac(crypto::algorithm how, const secret_key& key, bytes_view data, bytes_view mac) {
  mac_value expected;
  if (!compute_mac(key.mac(how), data, expected)) return false;
  return mac.size() == expected.size && CRYPTO_memcmp(mac.data(), expected.block.data(), expected.size) == 0;
}

digest_context copy_of(const EVP_MD_CTX* prepared) {
  if (prepared == nullptr) return nullptr;
  digest_context context(EVP_MD_CTX_new());
  if (!context || EVP_MD_CTX_copy_ex(context.get(), prepared) != 1) return nullptr;
  return context;
}

bool verify_signature(const EVP_MD_CTX* prepared, bytes_view data, bytes_view signature) {
  const digest_context context = copy_of(prepared);
  return context && EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
}

result<bytes> sign_mac(crypto::algorithm how, const secret_key& key, bytes_view data) {
  mac_value mac;
  if (!compute_mac(key.mac(how), data, mac)) return reason::crypto_failed;
  return bytes(mac.block.begin(), mac.block.begin() + static_cast<std::ptrdiff_t>(mac.size));
}

result<bytes> make_signature(const EVP_MD_CTX* prepared, bytes_view data) {
  const digest_context context = copy_of(prepared);
  std::size_t size = 0;
  if (!context || EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) != 1) {
    return reason::crypto_failed;
  }
  bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) != 1) {
    return reason::crypto_failed;
  }
  signature.resize(size);
  return signature;
}

}  // namespace

bool verify(crypto::algorithm how, const host_key& with, bytes_view data, bytes_view signature) {
  switch (with.kind()) {
    case key_kind::secret: return verify_mac(how, static_cast<const secret_key&>(with), data, signature);
    case key_kind::asymmetric: break;
  }
  const clean_errors after;
  return verify_signature(static_cast<const asymmetric_key&>(with).verifier(how), data, signature);
}

result<bytes> sign(crypto::algorithm how, const host_key& with, bytes_view data) {
  const clean_errors after;
  switch (with.kind()) {
    case key_kind::secret: return sign_mac(how, static_cast<const secret_key&>(with), data);
    case key_kind::asymmetric: break;
  }
  return make_signature(static_cast<const asymmetric_key&>(with).signer(how), data);
}

}  // namespace sallyport::openssl
