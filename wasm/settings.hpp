// What the Worker starts with, from text.
#pragma once

#include <string_view>

#include "core/result.hpp"
#include "gate/edge.hpp"

namespace sallyport::wasm {

/// Reads the JSON object of edge_host::start. Reasons: signing_key_missing, those of policy::load_policy and of
/// jose::parse_signing_keys and parse_secret_keys, config_invalid; the detail says where and what to do, one problem a
/// line, and never holds a part of a key.
result<gate::edge_config> read_settings(std::string_view text, crypto::port& host);

/// The member aws_role, or "".
std::string read_aws_role(std::string_view text);

}  // namespace sallyport::wasm
