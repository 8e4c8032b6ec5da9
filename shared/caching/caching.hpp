// A shared HTTP cache (RFC 9111) as pure functions over values: what may be stored, what may be reused, and how long.
// Where answers lie and how they travel is the host's business.
//
// Rules, where the standard leaves a choice always the stricter one
// * Stored are answers to GET only, and only where the app asked for it: Cache-Control or Expires must be there.
//   Nothing is guessed: without an explicit lifetime an answer is stale at once (section 4.2.2 is not used).
// * Every request carries a credential (section 3.5): an answer without `public` or `s-maxage` is for the identity that
//   it was made for, and for nobody else. `must-revalidate` alone would be enough for the standard, not for us: it is
//   written too often without a thought of sharing.
// * Never stored: `no-store`, `private`, a malformed Cache-Control or Date, Set-Cookie, partial answers, `Vary: *`, a
//   Vary that names fields which the edge or the agent sets or removes, or a name of other characters than letters,
//   digits and hyphens (apps read X_User as X-User), statuses other than those in caching_store.cpp.
// * An answer that varies by a field in which callers show who they are is for the identity alone, whatever else it
//   says: the credential that the client sent is gone from what is compared, and the identity stands in its place.
// * Never served stale: `no-cache`, `must-revalidate`, `proxy-revalidate`, `s-maxage` (section 4.2.4), not even when
//   the origin is down.
// * Conditions that only an origin can evaluate (If-Match, If-Unmodified-Since) and ranges go past the cache.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "caching/cache_control.hpp"
#include "core/time.hpp"
#include "http/field.hpp"

namespace sallyport::http {

/// What the operator allows, whatever the app says.
struct cache_terms {
  /// No answer is fresh for longer than this.
  std::optional<seconds> max_age;
  /// How long past its lifetime an answer may stand in for a failing origin, when the app says nothing of that itself
  /// (RFC 5861 section 4).
  seconds stale_if_error = 0;
  /// Lower-case names of fields that the app sees with values of ours: no answer that varies by one is stored.
  std::vector<std::string> own_fields;
  /// Lower-case names of fields in which callers show who they are, besides Authorization and Cf-Access-Jwt-Assertion:
  /// an answer that varies by one is for the identity alone.
  std::vector<std::string> caller_fields;
  /// For whom answers may be kept at all: for the identity that asked, for everybody.
  bool keeps_own = true, shares = true;
};

/// An answer, and when it was asked for and when its head came (section 4.2.3: request_time, response_time).
struct cached_answer {
  int status = 0;
  std::span<const field> fields;
  unix_milliseconds requested = 0;
  unix_milliseconds received = 0;
};

/// No answer is kept for longer than this, fresh or not.
inline constexpr seconds longest_kept = 86400;

/// Whether the cache may have anything to do with this request: GET or HEAD without range and without If-Match or
/// If-Unmodified-Since (RFC 9111 section 3 and 4, RFC 9110 section 13.1), and every field name of letters, digits and
/// hyphens: an app below a CGI-style mapping reads Accept_Language as Accept-Language, and no Vary tells of it.
bool is_cacheable_request(std::string_view method, std::span<const field> request);

/// Why an answer is not stored; the names are those of Cache-Status details.
enum class unstorable : std::uint8_t {
  no,
  request,
  request_no_store,
  status,
  malformed,
  no_store,
  is_private,
  set_cookie,
  vary,
  not_explicit,
  expired,
  /// It is for the one who asked, and nobody knows who that is.
  not_public,
};
std::string_view name_of(unstorable why);

enum class reuse_scope : std::uint8_t {
  /// Only for requests of the identity that asked.
  identity,
  /// For every caller whom policy allows the same request.
  shared,
};

struct storing {
  unstorable why_not = unstorable::no;
  reuse_scope scope = reuse_scope::identity;
  /// Lower-case names of the request's fields that select this answer, sorted (section 4.1).
  std::vector<std::string> vary;
  /// How long it can be of any use, 1 to longest_kept.
  seconds keep = 0;
};

/// Section 3, at the moment when the answer's head has come.
storing plan_storing(std::string_view method, std::span<const field> request, const cached_answer& answer,
                     const cache_terms& terms);

/// Whether the app lets an answer with these fields be shared (section 3.5). A 304 never makes an answer shared that
/// was stored for one identity: it speaks of how old the answer is, not of whose it is.
bool may_be_shared(std::span<const field> answer);

/// The fields that are stored: none that ends at this hop (section 3.1), none that frames a message.
std::vector<field> storable_fields(std::span<const field> answer);

/// Section 4.2.3.
seconds current_age(const cached_answer& answer, unix_milliseconds now);
/// Section 4.2.1, from its age on: 0 without explicit lifetime.
seconds freshness_lifetime(const cached_answer& answer, const cache_terms& terms);

enum class reuse : std::uint8_t {
  /// Serve it.
  fresh,
  /// Serve it: stale, and the client said that this will do.
  stale,
  /// Ask the origin with the validators of the stored answer.
  validate,
  /// Ask the origin as if nothing were stored.
  forward,
};

struct reuse_plan {
  reuse what = reuse::forward;
  seconds age = 0;
  /// What is left of its lifetime; negative: since when it is stale.
  seconds ttl = 0;
  /// The client would have none of it without asking the origin (its own no-cache, max-age or min-fresh).
  bool by_request = false;
  /// It may stand in when the origin fails or cannot be reached.
  bool on_error = false;
};

/// Section 4. Preconditions: `stored` passed plan_storing, and the fields of its Vary are the same in `request`.
reuse_plan plan_reuse(std::span<const field> request, const cached_answer& stored, const cache_terms& terms,
                      unix_milliseconds now);

/// The request's fields that make it conditional on `stored` (section 4.3.1). They replace those that the client sent.
std::vector<field> validators_of(const cached_answer& stored);

/// Whether a 304 with these fields speaks of `stored` (section 4.3.4).
bool confirms(std::span<const field> update, const cached_answer& stored);
/// The fields of `stored` after that 304 (section 3.2); views into both. What selected the stored answer selects it
/// still: its Vary stays beside a new one.
std::vector<field> freshened_fields(std::span<const field> stored, std::span<const field> update);

/// The fields that a 304 made of a stored answer has (RFC 9110 section 15.4.5).
std::vector<field> not_modified_fields(std::span<const field> stored);

}  // namespace sallyport::http
