// The secret from which every task of a service derives the same key for channels.
//
// Exactly 32 octets in base64url, made by `sallyport keys channel`, and no other form: the agent offers its public key to
// everybody, so a secret that can be guessed could be searched for offline.
#pragma once

#include <string>
#include <string_view>

#include "channel/keys.hpp"
#include "core/result.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::agent::keys {

/// A fresh one. Reasons: crypto_failed.
result<std::string> make_channel_secret();

/// The octets, which the caller wipes. One line feed behind the text is taken: editors leave one. Reasons: config_invalid
/// (the detail begins with line and column).
result<channel::mac_key> read_channel_secret(std::string_view text);

/// A pair that nobody can derive again. Reasons: crypto_failed.
result<channel::pair> make_channel_pair(crypto::port& host);

}  // namespace sallyport::agent::keys
