#include "jose/jwk.hpp"

#include <algorithm>
#include <array>

#include "encoding/base64url.hpp"
#include "jose/jwk_usage.hpp"
#include "jose/rsa_strength.hpp"
#include "jose/small_order.hpp"

namespace sallyport::jose {
namespace {

using crypto::algorithm_row;
using crypto::curve;
using crypto::family;

/// The kind of key: `kty`, and `crv` where the kind has one.
struct key_kind {
  std::string_view kty;
  curve which = curve::none;
};

// RFC 7518 sections 6.2.2, 6.3.2, 6.4.1.
constexpr std::array<std::string_view, 8> private_members = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

failure malformed(std::string_view member) {
  return {reason::jwk_invalid, std::string(member) + " is missing or malformed"};
}

result<curve> read_curve(const json& value, std::string_view kty) {
  const auto name = encoding::string_member(value, "crv");
  if (!name) return malformed("crv");
  for (const algorithm_row& row : crypto::all_algorithms()) {
    const bool fits = kty == "EC" ? row.family == family::ecdsa : row.family == family::eddsa;
    if (fits && crypto::curve_name(row.curve) == *name) return row.curve;
  }
  return failure(reason::jwk_unsupported, "crv is not in the algorithm table");
}

result<key_kind> read_kind(const json& value) {
  if (!value.is_object()) return failure(reason::jwk_invalid, "not a JSON object");
  const auto kty = encoding::string_member(value, "kty");
  if (!kty) return malformed("kty");
  for (const std::string_view known : {"RSA", "EC", "OKP", "oct"}) {
    if (*kty == known) return key_kind{known};
  }
  return failure(reason::jwk_unsupported, "kty is not in the algorithm table");
}

result<void> check_privacy(const json& value, std::string_view kty, key_purpose purpose) {
  const bool symmetric = kty == "oct";
  switch (purpose) {
    case key_purpose::verify_any: return {};
    case key_purpose::verify_public:
      for (const auto name : private_members) {
        if (symmetric) return failure(reason::jwk_private_in_public_set, "a symmetric key");
        if (value.contains(name)) {
          return failure(reason::jwk_private_in_public_set, "the private member " + std::string(name));
        }
      }
      return {};
    case key_purpose::sign_private:
      if (symmetric) return failure(reason::jwk_unsupported, "a symmetric key where a private one is expected");
      return {};
    case key_purpose::share_secret:
      if (!symmetric) return failure(reason::jwk_unsupported, "kty is not oct");
      return {};
  }
  __builtin_trap();
}

bool fits(const algorithm_row& row, const key_kind& kind) {
  if (kind.kty == "RSA") return row.family == family::rsa_pkcs1 || row.family == family::rsa_pss;
  if (kind.kty == "oct") return row.family == family::hmac;
  return row.curve == kind.which;
}

result<crypto::algorithm_set> usable_algorithms(const std::optional<crypto::algorithm>& named, const key_kind& kind) {
  crypto::algorithm_set fitting;
  for (const algorithm_row& row : crypto::all_algorithms()) {
    if (fits(row, kind)) fitting.insert(row.id);
  }
  if (!named) return fitting;
  if (!fitting.contains(*named)) return failure(reason::jwk_algorithm_mismatch, "alg does not fit kty and crv");
  return crypto::algorithm_set{*named};
}

/// The member as the bytes that its base64url stands for; never empty.
result<bytes> octets(const json& value, std::string_view name) {
  const auto text = encoding::string_member(value, name);
  if (!text || text->empty()) return malformed(name);
  auto decoded = encoding::decode_base64url(*text);
  if (!decoded.ok()) return malformed(name);
  return decoded;
}

/// RFC 7518 section 2, Base64urlUInt, with leading zeros taken off; never zero.
result<bytes> integer(const json& value, std::string_view name) {
  SALLYPORT_ASSIGN(bytes number, octets(value, name));
  number.erase(number.begin(), std::find_if(number.begin(), number.end(), [](byte b) { return b != 0; }));
  if (number.empty()) return malformed(name);
  return number;
}

/// RFC 7518 section 6.2.1.2: the length of the octet string must be the full size of a coordinate.
result<bytes> coordinate(const json& value, std::string_view name, curve which) {
  SALLYPORT_ASSIGN(bytes full, octets(value, name));
  if (full.size() != crypto::coordinate_bytes(which)) return malformed(name);
  return full;
}

result<void> read_private(const json& value, crypto::rsa_parts& parts) {
  if (value.contains("oth")) return failure(reason::jwk_unsupported, "more than two primes");
  SALLYPORT_ASSIGN(parts.d, integer(value, "d"));
  SALLYPORT_ASSIGN(parts.p, integer(value, "p"));
  SALLYPORT_ASSIGN(parts.q, integer(value, "q"));
  SALLYPORT_ASSIGN(parts.dp, integer(value, "dp"));
  SALLYPORT_ASSIGN(parts.dq, integer(value, "dq"));
  SALLYPORT_ASSIGN(parts.qi, integer(value, "qi"));
  return {};
}

result<void> read_rsa(const json& value, key_purpose purpose, jwk& key) {
  crypto::rsa_parts parts;
  SALLYPORT_ASSIGN(parts.n, integer(value, "n"));
  SALLYPORT_ASSIGN(parts.e, integer(value, "e"));
  SALLYPORT_TRY(check_rsa_strength(parts.n, parts.e));
  if (purpose == key_purpose::sign_private) SALLYPORT_TRY(read_private(value, parts));
  key.material = std::move(parts);
  return {};
}

result<void> read_ec(const json& value, curve which, key_purpose purpose, jwk& key) {
  crypto::ec_parts parts;
  parts.curve = which;
  SALLYPORT_ASSIGN(parts.x, coordinate(value, "x", which));
  if (which != curve::ed25519) {
    SALLYPORT_ASSIGN(parts.y, coordinate(value, "y", which));
  } else if (has_small_order(parts.x)) {
    return failure(reason::jwk_point_not_on_curve, "x has a small order: everybody can sign for it");
  }
  if (purpose == key_purpose::sign_private) {
    SALLYPORT_ASSIGN(parts.d, coordinate(value, "d", which));
  }
  key.material = std::move(parts);
  return {};
}

// RFC 7518 section 3.2: a key of the same size as the hash output or larger must be used.
result<void> read_secret(const json& value, jwk& key) {
  const auto text = encoding::string_member(value, "k");
  if (!text) return malformed("k");
  auto secret = encoding::decode_base64url(*text);
  if (!secret.ok()) return malformed("k");
  crypto::algorithm_set long_enough;
  for (const algorithm_row& row : crypto::all_algorithms()) {
    if (key.algorithms.contains(row.id) && secret->size() >= crypto::digest_bytes(row.hash)) long_enough.insert(row.id);
  }
  if (long_enough.empty()) return reason::jwk_weak_secret;
  key.algorithms = long_enough;
  key.material = secret_parts{std::move(*secret)};
  return {};
}

result<void> read_material(const json& value, const key_kind& kind, key_purpose purpose, jwk& key) {
  if (kind.kty == "RSA") return read_rsa(value, purpose, key);
  if (kind.kty == "oct") return read_secret(value, key);
  return read_ec(value, kind.which, purpose, key);
}

result<std::string> read_kid(const json& value) {
  const json* member = encoding::find_member(value, "kid");
  if (member == nullptr) return std::string();
  const auto kid = encoding::string_member(value, "kid");
  if (!kid) return failure(reason::jwk_invalid, "kid is not a string");
  return std::string(*kid);
}

void put(json& out, const char* name, bytes_view data) {
  out[name] = encoding::encode_base64url(data);
}

void put_public(json& out, const crypto::rsa_parts& parts) {
  out["kty"] = "RSA";
  put(out, "n", parts.n);
  put(out, "e", parts.e);
}

void put_public(json& out, const crypto::ec_parts& parts) {
  out["kty"] = parts.curve == curve::ed25519 ? "OKP" : "EC";
  out["crv"] = std::string(crypto::curve_name(parts.curve));
  put(out, "x", parts.x);
  if (!parts.y.empty()) put(out, "y", parts.y);
}

void put_private(json& out, const crypto::rsa_parts& parts) {
  put(out, "d", parts.d);
  put(out, "p", parts.p);
  put(out, "q", parts.q);
  put(out, "dp", parts.dp);
  put(out, "dq", parts.dq);
  put(out, "qi", parts.qi);
}

void put_secret(json& out, const secret_parts& parts) {
  out["kty"] = "oct";
  put(out, "k", parts.k);
}

/// The members that RFC 7638 section 3.2 requires, which are the public ones.
json required_members(const jwk& key) {
  json out = json::object();
  if (const auto* rsa = std::get_if<crypto::rsa_parts>(&key.material)) put_public(out, *rsa);
  if (const auto* ec = std::get_if<crypto::ec_parts>(&key.material)) put_public(out, *ec);
  if (const auto* secret = std::get_if<secret_parts>(&key.material)) put_secret(out, *secret);
  return out;
}

json with_names(json out, const jwk& key) {
  if (!key.kid.empty()) out["kid"] = key.kid;
  if (key.algorithm) out["alg"] = std::string(crypto::describe(*key.algorithm).jose_name);
  out["use"] = "sig";
  return out;
}

}  // namespace

result<jwk> parse_jwk(const json& value, key_purpose purpose) {
  SALLYPORT_ASSIGN(key_kind kind, read_kind(value));
  SALLYPORT_TRY(check_privacy(value, kind.kty, purpose));
  SALLYPORT_TRY(check_use(value, purpose));
  if (kind.kty == "EC" || kind.kty == "OKP") {
    SALLYPORT_ASSIGN(kind.which, read_curve(value, kind.kty));
  }
  jwk key;
  SALLYPORT_ASSIGN(key.kid, read_kid(value));
  SALLYPORT_ASSIGN(key.algorithm, read_algorithm(value));
  SALLYPORT_ASSIGN(key.algorithms, usable_algorithms(key.algorithm, kind));
  SALLYPORT_TRY(read_material(value, kind, purpose, key));
  return key;
}

std::string thumbprint(const jwk& key, crypto::port& host) {
  const std::string canonical = encoding::canonical_json(required_members(key));
  return encoding::encode_base64url(host.sha256(as_bytes(canonical)));
}

json public_jwk(const jwk& key) {
  if (std::holds_alternative<secret_parts>(key.material)) __builtin_trap();
  return with_names(required_members(key), key);
}

json private_jwk(const jwk& key) {
  json out = with_names(required_members(key), key);
  if (const auto* rsa = std::get_if<crypto::rsa_parts>(&key.material)) put_private(out, *rsa);
  if (const auto* ec = std::get_if<crypto::ec_parts>(&key.material)) put(out, "d", ec->d);
  return out;
}

}  // namespace sallyport::jose
