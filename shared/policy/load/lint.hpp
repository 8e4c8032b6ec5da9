// What a policy that loads may still not mean: guards that other methods or spellings go round, conditions that decide
// less than they seem to. Advice for authors; nothing here changes what is decided.
//
// Rules
// * guard-methods: a route names some methods, and requests with others take a wider route that lets more callers in.
// * twin-routes: two routes whose paths servers may take for one let different callers in.
// * no-allow: a route without `allow` lets nobody in.
// * literal-parameter: a literal that is a parameter in other routers ("[id]").
// * path-test: a condition compares request.path, or a `deny` a parameter: other spellings pass it by.
// * header-test: a condition denies by a header that equals a text; repeated fields are joined, absent ones an error.
// * unused-key: a key of an issuer's `jwks` verifies nothing: it is passed over, or another one has its kid and alg.
// * loose-match: the pattern of matches() is not held at both ends, or only in its first and last alternative.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.hpp"

namespace sallyport::policy {

struct finding {
  /// One of those above.
  std::string_view rule;
  /// As in problem (policy/load/load.hpp).
  std::string path;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
  std::string advice;
};

/// Sorted by position. Precondition: `policy` was loaded from `text`.
std::vector<finding> lint(std::string_view text, const compiled_policy& policy);

/// "line:column: warning: message (path); advice" for terminals and logs; no line feed.
std::string describe(const finding& what);

}  // namespace sallyport::policy
