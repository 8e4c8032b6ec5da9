#include "gate/edge/cors.hpp"

#include <algorithm>

namespace sallyport::gate {

std::vector<http::field> refusal_fields(const policy::route* route, std::span<const http::field> request) {
  std::vector<http::field> fields;
  if (route == nullptr || !route->cors) return fields;
  fields.push_back({"Vary", "Origin"});
  const auto origin = http::single_field(request, "origin");
  const auto& known = route->cors->origins;
  const auto found = origin ? std::find(known.begin(), known.end(), *origin) : known.end();
  if (found == known.end()) return fields;
  fields.push_back({"Access-Control-Allow-Origin", *found});
  if (route->cors->credentials) fields.push_back({"Access-Control-Allow-Credentials", "true"});
  fields.push_back({"Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate, Sallyport-Request-Id"});
  return fields;
}

}  // namespace sallyport::gate
