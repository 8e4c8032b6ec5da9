#include "login/seal.hpp"

#include <algorithm>

#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"
#include "login/label.hpp"

namespace sallyport::login {
namespace {

constexpr byte seal_version = 1;
constexpr std::size_t key_id_at = 1, day_at = 5, front_bytes = 7;
constexpr int past_days = 31, coming_days = 1;

void append(bytes& to, bytes_view more) {
  to.insert(to.end(), more.begin(), more.end());
}

failure unsealable(std::string_view why) {
  return {reason::seal_invalid, std::string(why)};
}

bytes front_of(const master_key& key, day_number day) {
  bytes front{seal_version};
  append(front, key.id);
  front.push_back(static_cast<byte>(day >> 8));
  front.push_back(static_cast<byte>(day & 0xFF));
  return front;
}

/// What the tag covers beside the plaintext.
std::string bound_text(const seal_place& where, bytes_view front) {
  return label({label_name, name_of(where.what), where.scope, where.name, as_text(front)});
}

result<crypto::gcm_nonce> nonce_for(const master_key& key, const seal_place& where, std::string_view plain,
                                    const seal_entropy& entropy, crypto::port& host) {
  bytes said(entropy.begin(), entropy.end());
  append(said, as_bytes(label({name_of(where.what), where.scope, ""})));
  append(said, host.sha256(as_bytes(plain)));
  SALLYPORT_ASSIGN(const auto made, host.sign(crypto::algorithm::hs256, *key.nonces, said));
  crypto::gcm_nonce nonce;
  if (made.size() < nonce.size()) return reason::crypto_failed;
  std::copy_n(made.begin(), nonce.size(), nonce.begin());
  return nonce;
}

bool is_in_time(day_number day, purpose what, unix_seconds now) {
  const int apart = static_cast<int>(day_of(now)) - static_cast<int>(day);
  return what == purpose::store || (apart <= past_days && apart >= -coming_days);
}

}  // namespace

result<std::string> seal(const master_keys& keys, const seal_place& where, std::string_view plain, unix_seconds now,
                         const seal_entropy& entropy, crypto::port& host) {
  const master_key& under = keys.first();
  const auto day = day_of(now);
  SALLYPORT_ASSIGN(auto key, text_key(under, where.what, where.scope, day, host));
  const crypto::wiped key_goes(key);
  SALLYPORT_ASSIGN(const auto nonce, nonce_for(under, where, plain, entropy, host));
  bytes out = front_of(under, day);
  SALLYPORT_ASSIGN(const auto sealed, host.seal(key, nonce, as_bytes(bound_text(where, out)), as_bytes(plain)));
  append(out, nonce);
  append(out, sealed);
  return encoding::encode_base64url(out);
}

result<std::string> open(const master_keys& keys, const seal_place& where, std::string_view text, unix_seconds now,
                         crypto::port& host) {
  if (text.size() > max_sealed_characters) return unsealable("too long");
  const auto octets = encoding::decode_base64url(text);
  if (!octets.ok() || octets->size() < seal_overhead_bytes) return unsealable("not a sealed text");
  const bytes_view all(*octets);
  if (all.front() != seal_version) return unsealable("another version");
  key_id id;
  std::copy_n(all.begin() + key_id_at, id.size(), id.begin());
  const master_key* under = keys.find(id);
  if (under == nullptr) return unsealable("the key is not there, or not any more");
  const auto day = static_cast<day_number>(all[day_at] << 8 | all[day_at + 1]);
  if (!is_in_time(day, where.what, now)) return unsealable("of another time");
  SALLYPORT_ASSIGN(auto key, text_key(*under, where.what, where.scope, day, host));
  const crypto::wiped key_goes(key);
  crypto::gcm_nonce nonce;
  std::copy_n(all.begin() + front_bytes, nonce.size(), nonce.begin());
  const auto bound = bound_text(where, all.first(front_bytes));
  const auto plain = host.open(key, nonce, as_bytes(bound), all.subspan(front_bytes + nonce.size()));
  if (!plain.ok()) return unsealable("not made for this purpose, host and name, or changed");
  return to_text(*plain);
}

}  // namespace sallyport::login
