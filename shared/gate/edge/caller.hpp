// What the host may know of a verified caller: whom AWS sees behind a call, and whose budget a start counts against.
#pragma once

#include <string>
#include <string_view>

#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "policy/identity.hpp"

namespace sallyport::gate {

/// Who asks, and from where as the platform knows it (edge_head::ip).
struct asker {
  const policy::identity& who;
  std::string_view ip;
};

/// base64url SHA-256 that stands for issuer and subject: the same for all tokens of one caller, and for no two callers.
/// An anonymous caller has no name: what is counted or kept for one goes by the address (of IPv6 its first 64 bits,
/// which one line has to itself), so that none of them uses up, or finds, what is another's.
std::string caller_key(const asker& from, crypto::port& host);

/// {"key","budget"?,"issuer","subject","email"?,"kind","route"}; `route` is left out when empty. `budget` stands for the block
/// of an anonymous caller's address, which its starts are counted by; all others' are counted by `key`.
encoding::json describe_caller(const asker& from, std::string_view route, crypto::port& host);

/// 16 hex digits that tell callers apart as caller_key does, but cheaply: to count by, and for nothing else.
std::string caller_tag(const asker& from);

}  // namespace sallyport::gate
