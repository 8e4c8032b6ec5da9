// One door of JSON texts for all that a host asks of the core beside requests; the probe goes through it, too. The rows
// are in operation.def, with what goes in and comes out. What each request costs anew (handle, its outcome, its
// refusal) has lines of its own in wasm/wire.hpp.
//
// Rules
// * An operation keeps nothing but Regions, by their handles: what it knows beside its input are the means, and what it
//   decides it says.
// * What cannot be done is {"error": reason, "detail": …}, for every operation.
#pragma once

#include <string>
#include <string_view>

#include "aws/sigv4.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "gate/edge/edge.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"
#include "wake/region/keeper.hpp"

namespace sallyport::operations {

using encoding::json;

/// What operations use beside their input. A host has one, and fills in what it knows once it has started.
struct means {
  explicit means(crypto::port& crypto_host) : host(crypto_host), signer(crypto_host) {}

  crypto::port& host;
  aws::signer signer;
  /// Null before start.
  policy::policy_ptr policy;
  /// Signs probes; null before start.
  const gate::edge* edge = nullptr;
  /// Whose tokens AWS STS is shown, and the key that signs them; null: assume_role answers signing_key_missing.
  std::string issuer;
  const jose::signing_key* aws_key = nullptr;
  /// For services and jobs that name no role; may be empty.
  std::string aws_role;
  /// Those that region_begin began.
  region::keeper regions = {};
};

/// Canonical JSON in and out: {"op": …, "in": {…}}.
std::string operate(std::string_view request, means& with);
/// The same over values.
json run(std::string_view op, const json& in, means& with);

#define SALLYPORT_OPERATION(name) json name(const json& in, means& with);
#include "operations/operation.def"
#undef SALLYPORT_OPERATION

}  // namespace sallyport::operations
