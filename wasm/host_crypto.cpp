// The crypto port over Node's synchronous node:crypto. Every call crosses into JavaScript once, with views into the
// Wasm memory instead of copies; what answers there is worker-shim/host/crypto.js.
//
// Rules of the border
// * JavaScript never throws into this file: it answers with a number, and anything but success is a no.
// * A key is a number in a table on the JavaScript side, and leaves it when the last owner here lets go.
#include "wasm/host_crypto.hpp"

#include <emscripten/emscripten.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"

// clang-format off
EM_JS(int, sallyport_import_key, (int kind, const unsigned char* data, int size), {
  return Module["crypto"].import_key(kind, HEAPU8.subarray(data, data + size));
})
EM_JS(void, sallyport_release_key, (int key), { Module["crypto"].release_key(key); })
EM_JS(int, sallyport_verify, (int key, int family, int hash, const unsigned char* data, int size,
                              const unsigned char* signature, int signature_size), {
  return Module["crypto"].verify(key, family, hash, HEAPU8.subarray(data, data + size),
                                 HEAPU8.subarray(signature, signature + signature_size));
})
EM_JS(int, sallyport_sign, (int key, int family, int hash, const unsigned char* data, int size, unsigned char* out,
                            int capacity), {
  return Module["crypto"].sign(key, family, hash, HEAPU8.subarray(data, data + size),
                               HEAPU8.subarray(out, out + capacity));
})
EM_JS(int, sallyport_hash, (int hash, const unsigned char* data, int size, unsigned char* out, int capacity), {
  return Module["crypto"].hash(hash, HEAPU8.subarray(data, data + size), HEAPU8.subarray(out, out + capacity));
})
EM_JS(int, sallyport_start_hash, (int hash), { return Module["crypto"].start_hash(hash); })
EM_JS(int, sallyport_update_hash, (int hasher, const unsigned char* data, int size), {
  return Module["crypto"].update_hash(hasher, HEAPU8.subarray(data, data + size));
})
EM_JS(int, sallyport_finish_hash, (int hasher, unsigned char* out, int capacity), {
  return Module["crypto"].finish_hash(hasher, HEAPU8.subarray(out, out + capacity));
})
EM_JS(int, sallyport_p256_public, (const unsigned char* secret, unsigned char* out), {
  return Module["crypto"].p256_public(HEAPU8.subarray(secret, secret + 32), HEAPU8.subarray(out, out + 65));
})
EM_JS(int, sallyport_p256_agree, (const unsigned char* secret, const unsigned char* point, unsigned char* out), {
  return Module["crypto"].p256_agree(HEAPU8.subarray(secret, secret + 32), HEAPU8.subarray(point, point + 65),
                                     HEAPU8.subarray(out, out + 32));
})
EM_JS(int, sallyport_seal, (const unsigned char* key, const unsigned char* nonce, const unsigned char* bound, int bound_size,
                            const unsigned char* plain, int size, unsigned char* out), {
  return Module["crypto"].seal(HEAPU8.subarray(key, key + 32), HEAPU8.subarray(nonce, nonce + 12),
                               HEAPU8.subarray(bound, bound + bound_size), HEAPU8.subarray(plain, plain + size),
                               HEAPU8.subarray(out, out + size + 16));
})
EM_JS(int, sallyport_open, (const unsigned char* key, const unsigned char* nonce, const unsigned char* bound, int bound_size,
                            const unsigned char* hidden, int size, unsigned char* out), {
  return Module["crypto"].open(HEAPU8.subarray(key, key + 32), HEAPU8.subarray(nonce, nonce + 12),
                               HEAPU8.subarray(bound, bound + bound_size), HEAPU8.subarray(hidden, hidden + size),
                               HEAPU8.subarray(hidden + size, hidden + size + 16), HEAPU8.subarray(out, out + size));
})
EM_JS(int, sallyport_equal, (const unsigned char* a, const unsigned char* b, int size), {
  return Module["crypto"].equal(HEAPU8.subarray(a, a + size), HEAPU8.subarray(b, b + size));
})
// clang-format on

namespace sallyport::wasm {
namespace {

using namespace crypto;

// host/crypto.js knows these, family and hash by the numbers that worker-shim/core/names.js has from here.
enum class key_kind : int { rsa, ec, okp, secret };

constexpr int not_on_curve = -2;
/// The longest signature there is: RSA with a modulus of 16,384 bits, the most that OpenSSL takes.
constexpr std::size_t max_signature_bytes = 2048;
constexpr std::size_t max_digest_bytes = 64;

int size_of(bytes_view view) {
  return static_cast<int>(view.size());
}

class host_key final : public key {
 public:
  explicit host_key(int number) : number_(number) {}
  host_key(const host_key&) = delete;
  host_key& operator=(const host_key&) = delete;
  ~host_key() override { sallyport_release_key(number_); }
  int number() const { return number_; }

 private:
  int number_;
};

/// A port is only ever given keys that it made (crypto.hpp), so the type is known.
int number_of(const key& any) {
  return static_cast<const host_key&>(any).number();
}

/// A JWK (RFC 7517) in the making; absent members are left out.
class jwk_text {
 public:
  jwk_text& member(std::string_view name, std::string_view value) {
    text_.append(text_.empty() ? "{\"" : ",\"").append(name).append("\":\"").append(value).append("\"");
    return *this;
  }
  jwk_text& number(std::string_view name, bytes_view value) {
    return value.empty() ? *this : member(name, encoding::encode_base64url(value));
  }
  std::string take() { return std::move(text_.append("}")); }

 private:
  std::string text_;
};

result<key_ptr> import_key(key_kind kind, bytes_view data) {
  const int number = sallyport_import_key(static_cast<int>(kind), data.data(), size_of(data));
  if (number == not_on_curve) return reason::jwk_point_not_on_curve;
  if (number < 0) return reason::key_import_failed;
  return key_ptr(std::make_shared<host_key>(number));
}

/// A hash on the JavaScript side. An unfinished one is finished there when this goes, so that its number is free again.
class host_hasher final : public hasher {
 public:
  explicit host_hasher(int number) : number_(number) {}
  host_hasher(const host_hasher&) = delete;
  host_hasher& operator=(const host_hasher&) = delete;
  ~host_hasher() override {
    if (number_ >= 0) finish();
  }
  void update(bytes_view data) override {
    if (sallyport_update_hash(number_, data.data(), size_of(data)) < 0) __builtin_trap();
  }
  bytes finish() override {
    bytes digest(max_digest_bytes);
    const int size = sallyport_finish_hash(std::exchange(number_, -1), digest.data(), max_digest_bytes);
    if (size < 0) __builtin_trap();
    digest.resize(static_cast<std::size_t>(size));
    return digest;
  }

 private:
  int number_;
};

class node_crypto final : public port {
 public:
  result<key_ptr> import_rsa(const rsa_parts& parts) override {
    jwk_text jwk;
    jwk.member("kty", "RSA").number("n", parts.n).number("e", parts.e).number("d", parts.d);
    jwk.number("p", parts.p).number("q", parts.q).number("dp", parts.dp).number("dq", parts.dq);
    return import_key(key_kind::rsa, as_bytes(jwk.number("qi", parts.qi).take()));
  }

  result<key_ptr> import_ec(const ec_parts& parts) override {
    const bool edwards = parts.curve == curve::ed25519;
    jwk_text jwk;
    jwk.member("kty", edwards ? "OKP" : "EC").member("crv", curve_name(parts.curve));
    jwk.number("x", parts.x).number("y", parts.y).number("d", parts.d);
    return import_key(edwards ? key_kind::okp : key_kind::ec, as_bytes(jwk.take()));
  }

  result<key_ptr> import_secret(bytes_view secret) override { return import_key(key_kind::secret, secret); }

  bool verify(algorithm how, const key& with, bytes_view data, bytes_view signature) override {
    const auto& row = describe(how);
    return sallyport_verify(number_of(with), static_cast<int>(row.family), static_cast<int>(row.hash), data.data(),
                            size_of(data), signature.data(), size_of(signature)) == 1;
  }

  result<bytes> sign(algorithm how, const key& with, bytes_view data) override {
    const auto& row = describe(how);
    std::array<byte, max_signature_bytes> out;
    const int size = sallyport_sign(number_of(with), static_cast<int>(row.family), static_cast<int>(row.hash),
                                    data.data(), size_of(data), out.data(), max_signature_bytes);
    if (size < 0) return reason::crypto_failed;
    bytes made(out.begin(), out.begin() + size);
    // A MAC may be half of a key (crypto/hkdf.hpp).
    wipe(std::span<byte>(out).first(made.size()));
    return made;
  }

  result<p256_point> p256_public(const p256_scalar& secret) override {
    p256_point point;
    if (sallyport_p256_public(secret.data(), point.data()) != static_cast<int>(point.size())) {
      return reason::key_import_failed;
    }
    return point;
  }

  result<p256_agreed> p256_agree(const p256_scalar& secret, const p256_point& with) override {
    p256_agreed agreed;
    const wiped agreed_octets(agreed);
    const int size = sallyport_p256_agree(secret.data(), with.data(), agreed.data());
    if (size == not_on_curve) return reason::jwk_point_not_on_curve;
    if (size != static_cast<int>(agreed.size())) return reason::key_import_failed;
    return agreed;
  }

  result<bytes> seal(const gcm_key& key, const gcm_nonce& nonce, bytes_view bound, bytes_view plain) override {
    bytes out(plain.size() + gcm_tag_bytes);
    const int size = sallyport_seal(key.data(), nonce.data(), bound.data(), size_of(bound), plain.data(),
                                    size_of(plain), out.data());
    if (size != size_of(out)) return reason::crypto_failed;
    return out;
  }

  // The tag is exactly the last 16 octets: node:crypto of workerd checks as many as it is given.
  result<bytes> open(const gcm_key& key, const gcm_nonce& nonce, bytes_view bound, bytes_view sealed) override {
    if (sealed.size() < gcm_tag_bytes) return reason::seal_invalid;
    bytes out(sealed.size() - gcm_tag_bytes);
    const int size =
        sallyport_open(key.data(), nonce.data(), bound.data(), size_of(bound), sealed.data(), size_of(out), out.data());
    if (size != size_of(out)) return reason::seal_invalid;
    return out;
  }

  sha256_digest sha256(bytes_view data) override {
    sha256_digest digest;
    const int size = sallyport_hash(static_cast<int>(hash::sha256), data.data(), size_of(data), digest.data(),
                                    static_cast<int>(digest.size()));
    if (size != static_cast<int>(digest.size())) __builtin_trap();
    return digest;
  }

  std::unique_ptr<hasher> start_hash(hash which) override {
    const int number = sallyport_start_hash(static_cast<int>(which));
    if (number < 0) __builtin_trap();
    return std::make_unique<host_hasher>(number);
  }

  bool equal_constant_time(bytes_view a, bytes_view b) override {
    return a.size() == b.size() && sallyport_equal(a.data(), b.data(), size_of(a)) == 1;
  }
};

}  // namespace

std::unique_ptr<crypto::port> make_crypto_host() {
  return std::make_unique<node_crypto>();
}

}  // namespace sallyport::wasm
