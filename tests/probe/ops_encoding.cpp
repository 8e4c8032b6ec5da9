#include "encoding/base64url.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {

outcome run_json(const json& in, crypto::port&) {
  const auto text = base64_argument(in, "text_b64");
  if (!text) return bad_arguments{"text_b64 is missing or not base64"};
  const auto value = encoding::parse_json(*text);
  if (!value.ok()) return answer{value.why(), {}};
  return answer{reason::ok, json{{"canonical", encoding::canonical_json(*value)}}};
}

}  // namespace sallyport::probe
