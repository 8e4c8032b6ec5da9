#include "channel/keys.hpp"

#include <algorithm>

#include "crypto/hkdf.hpp"
#include "crypto/p256.hpp"
#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::channel {
namespace {

constexpr std::size_t okm_bytes = 64;

/// Octets put together; text keeps no terminator.
class octets {
 public:
  octets& add(std::string_view text) { return add(as_bytes(text)); }
  octets& add(bytes_view more) {
    out_.insert(out_.end(), more.begin(), more.end());
    return *this;
  }
  octets& add(byte one) {
    out_.push_back(one);
    return *this;
  }
  bytes_view view() const { return out_; }

 private:
  bytes out_;
};

template <std::size_t Size>
std::array<byte, Size> taken(bytes_view from) {
  std::array<byte, Size> out;
  std::copy_n(from.begin(), Size, out.begin());
  return out;
}

}  // namespace

pair::~pair() {
  crypto::wipe(secret);
}

keys::~keys() {
  crypto::wipe(requests);
  crypto::wipe(confirmations);
}

result<pair> make_pair(crypto::port& host, const crypto::p256_scalar& secret) {
  SALLYPORT_ASSIGN(const auto point, host.p256_public(secret));
  return pair{secret, point};
}

result<pair> derive_pair(crypto::port& host, const mac_key& secret, std::string_view service) {
  for (unsigned n = 0; n <= 0xFF; ++n) {
    octets info;
    info.add("sallyport channel agent key 1").add(byte{0}).add(service).add(byte{0}).add(static_cast<byte>(n));
    SALLYPORT_ASSIGN(auto made, crypto::hkdf_sha256(host, secret, {}, info.view(), secret.size()));
    const crypto::wiped made_octets(made);
    auto number = taken<32>(made);
    const crypto::wiped number_octets(number);
    auto found = channel::make_pair(host, number);
    if (found.ok()) return found;
  }
  return reason::crypto_failed;
}

std::string thumbprint(crypto::port& host, const crypto::p256_point& point) {
  // RFC 7638 section 3.3: the required members, in this order, without white space.
  std::string jwk = R"({"crv":"P-256","kty":"EC","x":")";
  jwk += encoding::encode_base64url(crypto::p256_x(point));
  jwk += R"(","y":")";
  jwk += encoding::encode_base64url(crypto::p256_y(point));
  jwk += "\"}";
  return encoding::encode_base64url(host.sha256(as_bytes(jwk)));
}

std::string keyid_of(const channel_id& id) {
  return std::string(keyid_prefix) + encoding::encode_base64url(id);
}

bool is_keyid(std::string_view keyid) {
  return keyid.substr(0, keyid_prefix.size()) == keyid_prefix;
}

result<keys> derive(crypto::port& host, const crypto::p256_scalar& own, const crypto::p256_point& other,
                    const channel_id& id, const crypto::p256_point& edge, const crypto::p256_point& agent) {
  auto agreed = host.p256_agree(own, other);
  if (!agreed.ok()) return agreed.error();
  const crypto::wiped agreed_octets(*agreed);
  octets info;
  info.add("sallyport channel 1").add(byte{0}).add(id).add(edge).add(agent);
  SALLYPORT_ASSIGN(auto made, crypto::hkdf_sha256(host, *agreed, {}, info.view(), okm_bytes));
  const crypto::wiped made_octets(made);
  keys out;
  std::copy_n(made.begin(), out.requests.size(), out.requests.begin());
  std::copy_n(made.begin() + 32, out.confirmations.size(), out.confirmations.begin());
  return out;
}

result<bytes> confirmation(crypto::port& host, const mac_key& confirmations, std::string_view nonce) {
  const auto key = host.import_secret(confirmations);
  if (!key.ok()) return reason::crypto_failed;
  octets said;
  said.add("sallyport confirm 1").add(byte{0}).add(nonce);
  return host.sign(crypto::algorithm::hs256, **key, said.view());
}

}  // namespace sallyport::channel
