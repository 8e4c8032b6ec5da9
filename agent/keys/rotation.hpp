// Replacing the edge's signing key without a failed request (protocol, "Keys"): publish the new key, wait the longest
// cache age, sign with it, wait until nothing signed with the old one can still be valid, retire the old one.
//
// A plain state machine over the key file: clock and network are outside. Where it stands is kept in the file's member
// `rotation`, which readers of JWK sets ignore (RFC 7517 section 5). Every step first demands that the set which the
// edge publishes is the one that the step before has made, so that a file that was not deployed stops it.
#pragma once

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"

namespace sallyport::agent::keys {

using encoding::json;

struct rotation_times {
  /// How long a verifier may go on with a set that it holds.
  seconds cache_age = 3600;
  /// How long what was signed with the old key may still arrive. A grant outlives all else: its life and the skew.
  seconds signed_age = 600 + 60;
};

struct rotation_step {
  enum class outcome : std::uint8_t {
    /// `file` is the new contents: write and deploy it.
    advanced,
    /// Nothing to do before `wait` is over; `file` may have to be written nevertheless.
    waiting,
    /// The rotation is over; `file` has no trace of it any more.
    complete,
  };
  outcome is = outcome::waiting;
  json file;
  /// For people: what was found, what was done, what comes next.
  std::string told;
  seconds wait = 0;
};

/// One step. `file`: the private JWK set; `published`: the text that the edge's JWKS URL answers with.
/// Reasons: config_invalid (the published set is not the one that this step needs; the detail says what to do), those
/// of jose::parse_signing_keys and parse_jwks, crypto_failed.
result<rotation_step> rotate(const json& file, std::string_view published, unix_seconds now,
                             const rotation_times& times, crypto::port& host);

}  // namespace sallyport::agent::keys
