// Imported keys. Each holds contexts that are ready to use; an operation copies one, which is much cheaper than
// initializing it and safe from many threads, because the original never changes.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "agent/openssl/library.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::openssl {

enum class key_kind : std::uint8_t { asymmetric, secret };

/// What every key of this host is, so that a key of the wrong kind is told without RTTI.
class host_key : public crypto::key {
 public:
  explicit host_key(key_kind kind) : kind_(kind) {}
  key_kind kind() const { return kind_; }

 private:
  key_kind kind_;
};

class asymmetric_key final : public host_key {
 public:
  explicit asymmetric_key(pkey_handle handle) : host_key(key_kind::asymmetric), handle_(std::move(handle)) {}
  /// Makes the contexts for `how`. False when OpenSSL refuses.
  bool prepare(crypto::algorithm how, bool can_sign);
  /// nullptr when the key is not for `how`.
  const EVP_MD_CTX* verifier(crypto::algorithm how) const { return verifiers_[static_cast<std::size_t>(how)].get(); }
  /// nullptr when the key is not for `how`, or public.
  const EVP_MD_CTX* signer(crypto::algorithm how) const { return signers_[static_cast<std::size_t>(how)].get(); }

 private:
  pkey_handle handle_;
  std::array<digest_context, crypto::algorithm_count> verifiers_, signers_;
};

/// HS256 is ready from the start, which all that we sign with is for; the others are made ready when one of
/// them is asked for, because each takes a KiB.
class secret_key final : public host_key {
 public:
  secret_key(bytes_view secret, const library& lib);
  ~secret_key() override;
  /// nullptr when `how` is not a MAC, or OpenSSL refuses.
  const EVP_MAC_CTX* mac(crypto::algorithm how) const;

 private:
  mac_context make(crypto::algorithm how) const;

  const library& lib_;
  bytes secret_;
  mac_context hs256_;
  mutable std::once_flag others_made_;
  mutable mac_context hs384_, hs512_;
};

/// Reasons: key_import_failed.
result<crypto::key_ptr> import_rsa_key(const crypto::rsa_parts& parts);
/// Reasons: jwk_point_not_on_curve, key_import_failed.
result<crypto::key_ptr> import_ec_key(const crypto::ec_parts& parts);
/// Reasons: key_import_failed (an empty secret included).
result<crypto::key_ptr> import_secret_key(bytes_view secret, const library& lib);

}  // namespace sallyport::openssl
