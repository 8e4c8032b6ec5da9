#include "crypto/self_test.hpp"

#include <algorithm>
#include <array>

#include "crypto/p256.hpp"
#include "crypto/self_test_data.hpp"
#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::crypto {
namespace {

bytes decoded(std::string_view base64url) {
  auto data = encoding::decode_base64url(base64url);
  return data.ok() ? std::move(*data) : bytes{};
}

bytes_view message() {
  return as_bytes(known::message);
}

bool same(bytes_view a, bytes_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Accepts the signature, and refuses it over another message and with each of some bits turned.
bool tells_apart(port& host, algorithm how, const key& with, bytes signature) {
  if (!verify_signature(host, how, with, message(), signature).ok()) return false;
  if (verify_signature(host, how, with, message().first(message().size() - 1), signature).ok()) return false;
  for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
    signature[at] ^= 1;
    if (verify_signature(host, how, with, message(), signature).ok()) return false;
    signature[at] ^= 1;
  }
  return true;
}

/// What the host signs, it accepts.
bool signs(port& host, algorithm how, const key& with) {
  auto signature = make_signature(host, how, with, message());
  return signature.ok() && tells_apart(host, how, with, std::move(*signature));
}

bool hashes_to(port& host, hash which, std::string_view expected) {
  const auto hasher = host.start_hash(which);
  hasher->update(message().first(7));
  hasher->update(message().subspan(7));
  return same(hasher->finish(), decoded(expected));
}

bool sha256_is_right(port& host) {
  return same(host.sha256(message()), decoded(known::sha256)) && hashes_to(host, hash::sha256, known::sha256);
}
bool sha384_is_right(port& host) {
  return hashes_to(host, hash::sha384, known::sha384);
}
bool sha512_is_right(port& host) {
  return hashes_to(host, hash::sha512, known::sha512);
}

bool comparison_is_right(port& host) {
  const bytes a{1, 2, 3}, b{1, 2, 4}, c{1, 2};
  return host.equal_constant_time(a, bytes(a)) && !host.equal_constant_time(a, b) && !host.equal_constant_time(a, c);
}

bool hmac_is_right(port& host) {
  bytes secret(64);
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<byte>(i);
  const auto imported = host.import_secret(secret);
  return imported.ok() && tells_apart(host, algorithm::hs256, **imported, decoded(known::hs256)) &&
         signs(host, algorithm::hs256, **imported);
}

ec_parts p256_parts() {
  return {curve::p256, decoded(known::p256_x), decoded(known::p256_y), {}};
}

bool es256_verifies(port& host) {
  const auto imported = host.import_ec(p256_parts());
  return imported.ok() && tells_apart(host, algorithm::es256, **imported, decoded(known::es256)) &&
         !host.verify(algorithm::hs256, **imported, message(), decoded(known::hs256));
}

bool es256_signs(port& host) {
  ec_parts parts = p256_parts();
  parts.d = decoded(known::p256_d);
  const auto imported = host.import_ec(parts);
  return imported.ok() && signs(host, algorithm::es256, **imported);
}

bool points_are_checked(port& host) {
  ec_parts parts = p256_parts();
  parts.y.back() ^= 1;
  return host.import_ec(parts).why() == reason::jwk_point_not_on_curve;
}

p256_scalar scalar(std::string_view base64url) {
  const bytes octets = decoded(base64url);
  p256_scalar out{};
  if (octets.size() == out.size()) std::copy(octets.begin(), octets.end(), out.begin());
  return out;
}

bool agrees_on(port& host, std::string_view with, std::string_view expected) {
  const auto point = read_p256_point(decoded(with));
  if (!point.ok()) return false;
  const auto agreed = host.p256_agree(scalar(known::agreement_d), *point);
  return agreed.ok() && same(*agreed, decoded(expected));
}

bool p256_agrees(port& host) {
  const auto own = host.p256_public(scalar(known::p256_d));
  return own.ok() && same(p256_x(*own), decoded(known::p256_x)) && same(p256_y(*own), decoded(known::p256_y)) &&
         agrees_on(host, known::agreement_with, known::agreed) &&
         agrees_on(host, known::short_agreement_with, known::short_agreed);
}

/// What must not be agreed with: a point beside the curve, and a coordinate that is no element of the field.
bool p256_refuses(port& host) {
  auto beside = read_p256_point(decoded(known::agreement_with));
  auto beyond = beside;
  if (!beside.ok()) return false;
  beside->back() ^= 1;
  std::fill(beyond->begin() + 1, beyond->begin() + 33, byte{0xFF});
  const p256_scalar zero{};
  return host.p256_agree(scalar(known::agreement_d), *beside).why() == reason::jwk_point_not_on_curve &&
         host.p256_agree(scalar(known::agreement_d), *beyond).why() == reason::jwk_point_not_on_curve &&
         host.p256_public(zero).why() == reason::key_import_failed;
}

template <std::size_t Size>
std::array<byte, Size> counted() {
  std::array<byte, Size> out;
  for (std::size_t i = 0; i < Size; ++i) out[i] = static_cast<byte>(i);
  return out;
}

result<bytes> opened(port& host, bytes_view bound, bytes_view sealed) {
  return host.open(counted<32>(), counted<12>(), bound, sealed);
}

bool gcm_seals(port& host) {
  const auto sealed = host.seal(counted<32>(), counted<12>(), message(), message());
  return sealed.ok() && same(*sealed, decoded(known::sealed));
}

bool gcm_opens(port& host) {
  const auto plain = opened(host, message(), decoded(known::sealed));
  return plain.ok() && same(*plain, message());
}

/// Every octet counts, those of the tag too, and of a tag cut short not even the right ones do.
bool gcm_refuses(port& host) {
  bytes sealed = decoded(known::sealed);
  for (auto& octet : sealed) {
    octet ^= 1;
    if (opened(host, message(), sealed).why() != reason::seal_invalid) return false;
    octet ^= 1;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    if (opened(host, message(), bytes_view(sealed).first(size)).why() != reason::seal_invalid) return false;
  }
  return opened(host, message().first(3), sealed).why() == reason::seal_invalid;
}

bool eddsa_verifies(port& host) {
  const auto imported = host.import_ec({curve::ed25519, decoded(known::ed25519_x), {}, {}});
  return imported.ok() && tells_apart(host, algorithm::eddsa, **imported, decoded(known::eddsa));
}

bool eddsa_signs(port& host) {
  const auto imported = host.import_ec({curve::ed25519, decoded(known::ed25519_x), {}, decoded(known::ed25519_d)});
  if (!imported.ok()) return false;
  // RFC 8032 section 5.1.6: Ed25519 is deterministic, so the signature itself is a known answer.
  const auto signature = make_signature(host, algorithm::eddsa, **imported, message());
  return signature.ok() && same(*signature, decoded(known::eddsa));
}

bool rsa_verifies(port& host) {
  rsa_parts parts;
  parts.n = decoded(known::rsa_n);
  parts.e = decoded(known::rsa_e);
  const auto imported = host.import_rsa(parts);
  return imported.ok() && tells_apart(host, algorithm::rs256, **imported, decoded(known::rs256)) &&
         tells_apart(host, algorithm::ps256, **imported, decoded(known::ps256)) &&
         !host.verify(algorithm::ps256, **imported, message(), decoded(known::rs256));
}

struct step {
  const char* name;
  bool (*holds)(port&);
};

constexpr step steps[] = {
    {"SHA-256", sha256_is_right},           {"SHA-384", sha384_is_right},
    {"SHA-512", sha512_is_right},           {"constant-time comparison", comparison_is_right},
    {"HMAC-SHA-256", hmac_is_right},        {"ES256 verification", es256_verifies},
    {"ES256 signing", es256_signs},         {"point validation", points_are_checked},
    {"EdDSA verification", eddsa_verifies}, {"EdDSA signing", eddsa_signs},
    {"RSA verification", rsa_verifies},     {"P-256 agreement", p256_agrees},
    {"P-256 refusals", p256_refuses},       {"AES-256-GCM sealing", gcm_seals},
    {"AES-256-GCM opening", gcm_opens},     {"AES-256-GCM refusals", gcm_refuses},
};

}  // namespace

result<void> self_test(port& host) {
  for (const step& each : steps) {
    if (!each.holds(host)) return failure(reason::crypto_self_test, each.name);
  }
  return {};
}

}  // namespace sallyport::crypto
