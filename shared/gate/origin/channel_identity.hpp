// The agent's own end of all its channels: one pair, as long as the process lives.
#pragma once

#include <memory>
#include <string>

#include "channel/keys.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/channel_store.hpp"

namespace sallyport::gate {

/// Immutable, shared by all threads; the private key is wiped when it goes.
struct channel_identity {
  channel_identity(crypto::port& host, const channel::pair& pair);
  channel_identity(const channel_identity&) = delete;
  channel_identity& operator=(const channel_identity&) = delete;
  ~channel_identity() = default;

  channel::pair own;
  /// What grants name it by.
  std::string thumbprint;
  /// Sallyport-Channel of a response that offers the key.
  std::string offer;
};
using channel_identity_ptr = std::shared_ptr<const channel_identity>;

/// What an origin needs for channels; both outlive it. Without them it holds no channel and offers none.
struct origin_channels {
  const channel_identity* self = nullptr;
  channel_store* held = nullptr;
};

}  // namespace sallyport::gate
