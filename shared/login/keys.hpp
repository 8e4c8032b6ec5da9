// The secret from which everything is derived that signing in seals, signs or names: SALLYPORT_LOGIN_KEYS, a JWK set of `oct`
// keys of 32 octets. The first one is used for what is new; what was made under any of them is still good.
//
// Of a master key M, with 00 for one octet and integers big-endian:
//
// | what | value |
// | --- | --- |
// | key id | the first 4 octets of HMAC-SHA256(M, "sallyport login 1 key id") |
// | key of a sealed text | HMAC-SHA256(M, "sallyport login 1" 00 purpose 00 scope 00 day); day: 2 octets, days since 1970 |
// | key of nonces | HMAC-SHA256(M, "sallyport login 1" 00 "nonce") |
// | key of names | HMAC-SHA256(M, "sallyport login 1" 00 "name") |
// | name of a person | base64url(HMAC-SHA256(key of names, "sallyport person 1" 00 iss 00 client_id 00 sub)) |
//
// So a key belongs to one purpose on one host for one day. It is RFC 5869 section 2.3 with one block; section 3.3 lets a key
// that is uniform do without the extraction.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::login {

using key_id = std::array<byte, 4>;

/// Days since 1970.
using day_number = std::uint16_t;
/// Precondition: from 1970 to 2149.
day_number day_of(unix_seconds time);

/// What a sealed text is for. `store` is what a session keeps in its own object.
enum class purpose : std::uint8_t { session, sso, transaction, start, handoff, logout, store };
std::string_view name_of(purpose what);

/// A key of the set, as what is derived from it: the octets themselves are with the host.
struct master_key {
  key_id id{};
  crypto::key_ptr texts, nonces, names;
};

class master_keys {
 public:
  /// Most keys of a set: one that is in use, one that comes, and those that are still good.
  static constexpr std::size_t max_keys = 8;

  /// Reasons: config_invalid (the detail says which key, and never what is in it), crypto_failed.
  static result<master_keys> read(std::string_view jwk_set, crypto::port& host);

  /// For what is new.
  const master_key& first() const { return keys_.front(); }
  /// Null: no key has this id, or not any more.
  const master_key* find(const key_id& id) const;
  const std::vector<master_key>& all() const { return keys_; }

 private:
  explicit master_keys(std::vector<master_key> keys) : keys_(std::move(keys)) {}
  std::vector<master_key> keys_;
};

/// The key of texts for this purpose, scope and day. The caller wipes it. Reasons: crypto_failed.
result<crypto::gcm_key> text_key(const master_key& from, purpose what, std::string_view scope, day_number day,
                                 crypto::port& host);

/// Who signs in at a provider: `subject` as the id_token has it, never as policy maps it.
struct person {
  std::string_view issuer, client_id, subject;
};

/// The name of the object that holds this person's sessions, under one key of the set. Reasons: crypto_failed.
result<std::string> name_of_person(const master_key& from, const person& who, crypto::port& host);

}  // namespace sallyport::login
