#include "agent/keys/channel_secret.hpp"

#include <algorithm>

#include "agent/openssl/generate.hpp"
#include "core/ascii.hpp"
#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::agent::keys {

namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_characters = 43;

bool is_base64url(char c) {
  return ascii::is_alphanumeric(c) || c == '-' || c == '_';
}

failure wrong_at(std::size_t index, std::string_view what) {
  return {reason::config_invalid, "1:" + std::to_string(index + 1) + ": " + std::string(what) +
                                      ". Make a secret with `sallyport keys channel`."};
}

}  // namespace

result<std::string> make_channel_secret() {
  SALLYPORT_ASSIGN(bytes octets, openssl::random_bytes(secret_bytes));
  const crypto::wiped after(octets);
  return encoding::encode_base64url(octets);
}

result<channel::mac_key> read_channel_secret(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto foreign = std::ranges::find_if_not(text, is_base64url);
  const auto at = static_cast<std::size_t>(foreign - text.begin());
  if (at < std::min(text.size(), secret_characters)) return wrong_at(at, "a character that base64url does not have");
  if (text.size() < secret_characters)
    return wrong_at(text.size(), "shorter than 32 octets in base64url (43 characters)");
  if (text.size() > secret_characters)
    return wrong_at(secret_characters, "longer than 32 octets in base64url (43 characters)");
  auto octets = encoding::decode_base64url(text);
  if (!octets.ok()) return wrong_at(secret_characters - 1, "spare bits that are not zero");
  const crypto::wiped after(*octets);
  channel::mac_key secret;
  const crypto::wiped copy(secret);
  std::ranges::copy(*octets, secret.begin());
  return secret;
}

result<channel::pair> make_channel_pair(crypto::port& host) {
  // 2^-32 of all numbers are no private key.
  constexpr int tries = 4;
  for (int i = 0; i < tries; ++i) {
    SALLYPORT_ASSIGN(bytes octets, openssl::random_bytes(secret_bytes));
    const crypto::wiped after(octets);
    crypto::p256_scalar secret;
    const crypto::wiped copy(secret);
    std::ranges::copy(octets, secret.begin());
    auto made = channel::make_pair(host, secret);
    if (made.ok()) return made;
  }
  return reason::crypto_failed;
}

}  // namespace sallyport::agent::keys
