// The probe: one black box over the core, built natively and as Wasm from these same files. One JSON line in, one out.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/reason.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"

namespace sallyport::probe {

using encoding::json;

/// What an operation decided. With another reason than ok, `out` goes on the wire only when it holds something.
struct answer {
  reason why = reason::ok;
  json out = json::object();
};

/// The caller's mistake: arguments that the operation cannot take.
struct bad_arguments {
  std::string message;
};

using outcome = std::variant<answer, bad_arguments>;
using operation = outcome (*)(const json& in, crypto::port& host);

/// The operation called `name`, or nullptr. The table is in ops.cpp; each layer's operations are in ops_<layer>.cpp.
operation find_operation(std::string_view name);

/// Answers one request line: `{"id":1,"op":"…","in":{…}}` -> `{"id":1,"reason":"ok","out":{…}}`,
/// `{"id":1,"reason":"<name>"}` or `{"id":…,"error":"…"}`. Canonical JSON, no line feed.
std::string respond(std::string_view line, crypto::port& host);

}  // namespace sallyport::probe
