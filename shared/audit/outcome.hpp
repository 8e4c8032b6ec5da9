// What came of a request that policy allowed, in one line: exactly one behind each allowed decision (audit/record.hpp),
// under its id. A refusal by policy is its own decision and has none; what failed afterwards is the reason here.
//
// Written as a decision is, but what is not known is left out.
//
// | member | content |
// | --- | --- |
// | attempts | how often it was sent on |
// | cache | edge, for a route that caches: hit, stale, revalidated, miss, joined |
// | detail | for operators |
// | end | "edge" or "origin" |
// | first_ms, ms | milliseconds from the decision to the head of the response, and to its end where this end sees it |
// | how | complete, handed_on, cut_by_caller, cut_by_app, cut_by_us, upgraded, cached, lease |
// | id | request id |
// | keyid, sig | edge: the key that signed the request, and how: es256, eddsa, hmac, channel |
// | in, out | octets of the bodies of request and response |
// | reason | "ok", or what failed after it was allowed |
// | reused | origin: over a connection that had served before |
// | service | where to |
// | status | edge: what the caller got; origin: what the app said |
// | time | milliseconds since 1970, of the end's own clock |
// | type | "outcome" |
// | upstream | the address, without a query |
// | v | 1 |
#pragma once

#include "audit/record.hpp"

namespace sallyport::audit {

/// How a response ended. `handed_on`: at its head, because the body goes past this end.
enum class ending : std::uint8_t { complete, handed_on, cut_by_caller, cut_by_app, cut_by_us, upgraded, cached, lease };
enum class cache_use : std::uint8_t { hit, stale, revalidated, miss, joined };

std::string_view name_of(ending how);
std::string_view name_of(cache_use use);
/// Nothing: no such name.
std::optional<ending> ending_named(std::string_view name);
std::optional<cache_use> cache_use_named(std::string_view name);

/// Views; what is empty is left out.
struct outcome {
  audit::end end = end::edge;
  unix_milliseconds time = 0;
  reason why = reason::ok;
  std::string_view detail;
  std::string_view id;
  std::string_view service, upstream;
  std::string_view keyid, sig;
  std::optional<int> status;
  std::optional<ending> how;
  std::optional<cache_use> cache;
  std::optional<bool> reused;
  std::optional<std::uint64_t> attempts, in, out, first_ms, ms;
};

/// The line, without a line feed; text as in that of a decision.
std::string line(const outcome& what);

}  // namespace sallyport::audit
