// What a forwarded request may have to do with the cache of the edge: where answers to it lie, and on what terms. Made
// after policy allowed the request, so nothing is ever found by who was not allowed to ask.
//
// What an answer depends on, and where that stands
// * Policy (its digest), route, scheme, host, target: `key`. A new policy therefore starts with an empty cache.
// * What decides of the request itself: the service's signed headers, and of method, address, country and network what
//   conditions or the header map read; and Origin, which apps answer with fields that are good for that origin alone.
//   All of it stands in `shared` and in `identity`: with another value it is another request.
// * Time and request id, where they are read: no two requests share them, and so nothing is shared.
// * Who asked, as the app sees it: issuer, subject, kind, all claims that travel, and the Authorization and Cookie that
//   are left for the app: `identity`. A caller whose groups changed is another one. Anonymous callers are no identity:
//   nothing is kept for one of them alone.
// * Fields that Vary names, as the client sent them: the variant (caching/stored_answer.hpp); where a credential stood
//   in one, `identity` takes its place (caching/caching.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "caching/caching.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "gate/edge/credential.hpp"
#include "policy/document.hpp"
#include "policy/identity.hpp"

namespace sallyport::gate {

struct cache_plan {
  enum class use : std::uint8_t {
    /// Look up, and store what comes.
    answers,
    /// A request that only the origin can answer (a range, a condition of the origin's): neither.
    bypass,
    /// One that changes things: neither, and when it succeeds, what is stored under `key` is not used any more
    /// (RFC 9111 section 4.4).
    invalidates,
  };
  use how = use::answers;
  /// base64url of a SHA-256 over what was asked for, by way of which route of which policy.
  std::string key;
  /// base64url of a SHA-256 over who asked for it, and with what; empty: nothing is kept for this caller alone.
  std::string identity;
  /// The same without who; empty: nothing is shared.
  std::string shared;
  http::cache_terms terms;
  /// Whether conditions may be set on the request: not where they are signed.
  bool may_validate = true;
};

/// What identifies the answer that a request asks for.
struct cache_subject {
  std::string_view method, scheme, host;
  /// Canonical path and query.
  std::string_view target;
  std::string_view path;
  std::span<const http::field> fields;
  /// As conditions see them.
  std::string_view ip, country;
  std::uint32_t asn = 0;
};

/// Nothing: the cache has no part in this request. Precondition: policy allowed it by way of `route`, which leads to a
/// service. `places`: of the policy's credentials.
std::optional<cache_plan> plan_cache(const policy::compiled_policy& policy, const policy::route& route,
                                     const policy::identity& who, const cache_subject& what,
                                     const credential_places& places, crypto::port& host);

encoding::json to_json(const cache_plan& plan);
/// What to_json wrote, or nothing.
std::optional<cache_plan> cache_plan_from(const encoding::json& from);

}  // namespace sallyport::gate
