#include "gate/caller.hpp"

#include "encoding/base64url.hpp"

namespace sallyport::gate {

using encoding::json;

// As JSON, so that no issuer and subject run into each other.
std::string caller_key(const policy::identity& who, crypto::port& host) {
  const std::string both = encoding::canonical_json(json::array({who.issuer, who.subject}));
  return encoding::encode_base64url(host.sha256(as_bytes(both)));
}

json describe_caller(const policy::identity& who, std::string_view route, crypto::port& host) {
  json out = {{"key", caller_key(who, host)},
              {"issuer", who.issuer},
              {"subject", who.subject},
              {"kind", std::string(policy::name_of(who.kind))}};
  if (who.email) out["email"] = *who.email;
  if (!route.empty()) out["route"] = std::string(route);
  return out;
}

}  // namespace sallyport::gate
