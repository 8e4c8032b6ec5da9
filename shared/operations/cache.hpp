// The cache of the edge behind one door of JSON texts: the host stores and streams, here is decided. Rules:
// caching/caching.hpp. A host calls, for a forward with a plan (gate/edge/cache_plan.hpp):
//
// | op | in | out |
// | --- | --- | --- |
// | lookup | plan, method, fields, now, identity, shared, invalidated (texts, "" where nothing lies), varied | do, … |
// | stale | plan, method, fields, now, stored, fwd, fwd_status | answer, or nothing |
// | store | plan, method, fields, status, answer_fields, requested, received, fwd | a storing |
// | freshen | as store without status, stored; answer_fields are those of the 304; now | confirmed, answer, a storing |
// | invalidate | now, status | text, keep; nothing: nothing changed |
//
// `do` of a lookup is one of
// * serve: the answer, and `from`, the scope whose body goes with it
// * variant: look up once more with `varied`, with what lies under the variants given here for `identity` and `shared`,
//   and as before where none is given
// * send: `fwd`, why (RFC 9211 section 2.2); with conditions, `from` is what they are about, and the fields in `drop`
//   give way to them. `on_error`: the answer of `from` may stand in when sending fails; ask `stale` then.
// * refuse: the client wants nothing that is not stored.
//
// An answer is {status, fields, body}; without body, the request was HEAD or the client has it. A storing is {store:
// false} or {store, from, variant, variants (text for the place without variant, or ""), text, keep}; both have
// `cache_status`, what to tell the client (RFC 9211). `fields` of a request are those that the app would see.
#pragma once

#include <string>
#include <string_view>

#include "crypto/crypto.hpp"
#include "encoding/json.hpp"

namespace sallyport::gate {

class cache_operations {
 public:
  explicit cache_operations(crypto::port& host) : host_(host) {}

  /// {"op": …, "in": {…}} -> canonical JSON; what cannot be done is {"error": reason, "detail": …}.
  std::string run(std::string_view request) const;

 private:
  crypto::port& host_;
};

}  // namespace sallyport::gate
