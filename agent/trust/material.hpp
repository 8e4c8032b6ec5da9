// What a decision rests on, read from the files that the settings name.
#pragma once

#include <string>
#include <vector>

#include "agent/config/settings.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/channel_identity.hpp"
#include "gate/origin/origin.hpp"

namespace sallyport::agent::trust {

struct material {
  /// Complete but for edge keys that come by URL.
  gate::origin_snapshot snapshot;
  /// Out of the channel secret; null: there is none, and each start makes its own.
  gate::channel_identity_ptr channels;
  /// "file:line:column: what is wrong. What to do"; empty: the material holds.
  std::vector<std::string> problems;
  /// What holds and is not well.
  std::vector<std::string> warnings;
};

/// Reads policy, previous policy, edge key file, shared secrets and channel secret, and checks that they fit each other.
material read_material(const config::settings& settings, crypto::port& host);

/// Checks the settings' own limits as the gate needs them.
gate::origin_limits origin_limits_of(const config::settings& settings);

}  // namespace sallyport::agent::trust
