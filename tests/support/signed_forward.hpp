// What a host does with a forward: signs it, here to the service as one place.
#pragma once

#include <string>

#include "gate/edge/edge.hpp"

namespace sallyport::testing {

/// Adds the fields of the signature. Empty: it could not be signed.
inline gate::signed_request sign_forward(gate::edge& edge, gate::forward& to, unix_milliseconds now, bytes_view entropy,
                                         gate::signing_turn turn = gate::signing_turn::first) {
  auto made = edge.sign(to.to_sign, "", turn, now, entropy);
  if (!made.ok()) return {};
  to.fields.push_back({"Signature-Input", to.storage.copy(made->signature_input)});
  to.fields.push_back({"Signature", to.storage.copy(made->signature)});
  if (!made->grant.empty()) to.fields.push_back({"Sallyport-Channel-Grant", to.storage.copy(made->grant)});
  return std::move(*made);
}

/// The same where the outcome is to forward.
inline void sign_forward(gate::edge& edge, gate::edge_outcome& outcome, unix_milliseconds now, bytes_view entropy) {
  if (auto* to = std::get_if<gate::forward>(&outcome.what)) sign_forward(edge, *to, now, entropy);
}

}  // namespace sallyport::testing
