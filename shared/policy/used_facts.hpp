// What the conditions and the header map of a route read. Only that leaves the edge.
#pragma once

#include <string>
#include <vector>

namespace sallyport::policy {

/// Member names from `identity.claims` inwards: {"realm_access", "roles"}. Never empty.
using claim_path = std::vector<std::string>;

/// issuer, subject and kind always travel and are not listed.
struct used_facts {
  bool email = false;
  bool email_verified = false;
  bool groups = false;
  bool expires = false;
  /// Claims are read in a way that no fixed list covers (iterated, or indexed by a computed name): all of them travel.
  bool all_claims = false;
  /// Sorted, no path within another one; empty when all_claims.
  std::vector<claim_path> claims;
  /// Headers are read in a way that no fixed list covers: all of the service's signed_headers count.
  bool all_headers = false;
  /// Sorted, lower-case: those of the service's signed_headers that are read. Empty when all_headers.
  std::vector<std::string> headers;
  /// Members of `request` that are read, but for those by which a route is found.
  bool method = false, ip = false, country = false, asn = false;
  /// `request.time` or `request.id` is read, which no two requests share.
  bool moment = false;
};

}  // namespace sallyport::policy
