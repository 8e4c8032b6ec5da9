// What the Worker starts with, from text.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "gate/edge/edge.hpp"

namespace sallyport::wasm {

struct settings {
  gate::edge_config edge;
  /// Assumed for services and jobs that name no role; may be empty.
  std::string aws_role;
};

/// Reads the JSON object of edge_host::start. Reasons: signing_key_missing, those of policy::load_policy and of
/// jose::parse_signing_keys and parse_secret_keys, config_invalid; the detail says where and what to do, one problem a
/// line, and never holds a part of a key.
result<settings> read_settings(std::string_view text, crypto::port& host);

}  // namespace sallyport::wasm
