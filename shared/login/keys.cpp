#include "login/keys.hpp"

#include <algorithm>

#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "login/label.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

constexpr std::size_t master_key_bytes = 32;
constexpr std::size_t max_set_bytes = std::size_t{16} << 10;

failure bad_key(std::size_t number, std::string_view what) {
  return {reason::config_invalid, "login keys: key " + std::to_string(number) + " " + std::string(what)};
}

result<bytes> secret_of(const json& jwk, std::size_t number) {
  if (encoding::string_member(jwk, "kty") != "oct") return bad_key(number, "is not of kty oct");
  auto octets = encoding::decode_base64url(encoding::string_member(jwk, "k").value_or(""));
  if (!octets.ok() || octets->size() != master_key_bytes) return bad_key(number, "has no k of 32 octets in base64url");
  return octets;
}

result<crypto::key_ptr> derived(const crypto::key& master, std::string_view text, crypto::port& host) {
  SALLYPORT_ASSIGN(auto octets, host.sign(crypto::algorithm::hs256, master, as_bytes(text)));
  const crypto::wiped octets_go(octets);
  return host.import_secret(octets);
}

result<master_key> master_key_of(bytes_view secret, crypto::port& host) {
  master_key made;
  SALLYPORT_ASSIGN(made.texts, host.import_secret(secret));
  const auto id_label = std::string(label_name) + " key id";
  SALLYPORT_ASSIGN(const auto id, host.sign(crypto::algorithm::hs256, *made.texts, as_bytes(id_label)));
  std::copy_n(id.begin(), made.id.size(), made.id.begin());
  SALLYPORT_ASSIGN(made.nonces, derived(*made.texts, label({label_name, "nonce"}), host));
  SALLYPORT_ASSIGN(made.names, derived(*made.texts, label({label_name, "name"}), host));
  return made;
}

}  // namespace

day_number day_of(unix_seconds time) {
  constexpr unix_seconds day = 86400;
  return static_cast<day_number>(time / day);
}

std::string_view name_of(purpose what) {
  switch (what) {
    case purpose::session: return "session";
    case purpose::sso: return "sso";
    case purpose::transaction: return "transaction";
    case purpose::start: return "start";
    case purpose::handoff: return "handoff";
    case purpose::logout: return "logout";
    case purpose::store: return "store";
  }
  __builtin_trap();
}

result<master_keys> master_keys::read(std::string_view jwk_set, crypto::port& host) {
  const auto set = encoding::parse_json(jwk_set, {max_set_bytes, 8});
  const json* list = set.ok() ? encoding::find_member(*set, "keys") : nullptr;
  if (list == nullptr || !list->is_array() || list->empty()) {
    return failure(reason::config_invalid, "login keys: not a JWK set with a key");
  }
  if (list->size() > max_keys) return failure(reason::config_invalid, "login keys: more than 8 keys");
  std::vector<master_key> keys;
  for (const auto& each : *list) {
    SALLYPORT_ASSIGN(auto secret, secret_of(each, keys.size() + 1));
    const crypto::wiped secret_goes(secret);
    SALLYPORT_ASSIGN(auto made, master_key_of(secret, host));
    // One key id for two keys would let a text of one be tried with the other.
    const bool twice =
        std::any_of(keys.begin(), keys.end(), [&](const master_key& other) { return other.id == made.id; });
    if (twice)
      return bad_key(keys.size() + 1, "has the key id of another one: it is there twice, or must be made anew");
    keys.push_back(std::move(made));
  }
  return master_keys(std::move(keys));
}

const master_key* master_keys::find(const key_id& id) const {
  for (const auto& each : keys_) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

result<crypto::gcm_key> text_key(const master_key& from, purpose what, std::string_view scope, day_number day,
                                 crypto::port& host) {
  std::string text = label({label_name, name_of(what), scope, ""});
  text.push_back(static_cast<char>(day >> 8));
  text.push_back(static_cast<char>(day & 0xFF));
  SALLYPORT_ASSIGN(auto octets, host.sign(crypto::algorithm::hs256, *from.texts, as_bytes(text)));
  const crypto::wiped octets_go(octets);
  crypto::gcm_key key;
  if (octets.size() != key.size()) return reason::crypto_failed;
  std::copy(octets.begin(), octets.end(), key.begin());
  return key;
}

result<std::string> name_of_person(const master_key& from, const person& who, crypto::port& host) {
  const auto text = label({"sallyport person 1", who.issuer, who.client_id, who.subject});
  SALLYPORT_ASSIGN(const auto name, host.sign(crypto::algorithm::hs256, *from.names, as_bytes(text)));
  return encoding::encode_base64url(name);
}

}  // namespace sallyport::login
