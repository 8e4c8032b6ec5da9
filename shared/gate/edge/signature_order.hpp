// What goes into the signing of a request that was decided, and what is known of it then (gate/edge/signing.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "channel/place.hpp"
#include "core/time.hpp"

namespace sallyport::gate {

/// What is signed. Views.
struct signature_order {
  /// Of the policy.
  std::string_view service;
  std::string_view method, path, query;
  std::string_view assertion, context;
  std::optional<std::string_view> content_type;
  /// Values of the fields; empty: not there.
  std::string_view content_length, content_digest;
  std::string_view nonce;
  unix_seconds created = 0;
  channel::request_body body = channel::request_body::none;
};

/// All but assertion, context and content_digest, which are fields of the request: nine lines.
std::string write_order(const signature_order& order);
/// Takes those lines off `text`. Nothing when it is not what write_order made.
std::optional<signature_order> read_order(std::string_view& text);

/// Bytes of entropy that one call of sign needs.
inline constexpr std::size_t channel_entropy_bytes = 48;

/// A signature, as fields and as records tell it.
struct signed_request {
  std::string signature_input;
  std::string signature;
  /// Empty: no such field.
  std::string grant;
  std::string keyid;
  /// "es256", "eddsa", "hmac" or "channel".
  std::string_view sig;
  /// What it was sent under, to be given back with what comes of it. Empty: nobody asks.
  std::string sent;
};

enum class signing_turn : std::uint8_t {
  first,
  /// `again` was said: with the edge's key.
  again,
};

/// What follows from a response.
struct channel_news {
  enum class step : std::uint8_t {
    pass_on,
    /// Sign with signing_turn::again, and send to the same place.
    again,
    /// Too late for that: channel_lost.
    too_late,
  };
  step next = step::pass_on;
  /// For a log; mostly empty.
  std::string note;
};

}  // namespace sallyport::gate
