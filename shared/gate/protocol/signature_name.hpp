// How records name the signature of a request (`sig`), at both ends.
#pragma once

#include <string_view>

#include "crypto/algorithm.hpp"

namespace sallyport::gate {

inline constexpr std::string_view channel_signature_name = "channel";

/// Of a signature that is not a channel's. Precondition: one that requests are signed with.
constexpr std::string_view signature_name(crypto::algorithm how) {
  if (how == crypto::algorithm::hs256) return "hmac";
  return how == crypto::algorithm::eddsa ? "eddsa" : "es256";
}

}  // namespace sallyport::gate
