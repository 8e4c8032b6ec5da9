// What the targets of AWS's answers share: a reply cut out of the input, and what holds for every refusal.
#pragma once

#include <array>

#include "aws/call.hpp"
#include "encoding/json.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace sallyport::fuzz {

/// First byte: the status. Two lines: the fields that the readers ask for. The rest is the body.
inline aws::reply take_reply(input from) {
  constexpr std::array<std::uint16_t, 8> statuses{200, 400, 403, 429, 500, 503, 302, 0};
  aws::reply out;
  out.status = statuses[from.take_byte() % statuses.size()];
  out.fields.emplace_back("x-amzn-requestid", from.take_line());
  out.fields.emplace_back("x-amzn-errortype", from.take_line());
  out.body = from.rest();
  return out;
}

inline bool is_printable(std::string_view text, std::size_t max_bytes) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return text.size() <= max_bytes && encoding::is_utf8(text);
}

/// A refusal can go into a log line as it is, and has a reason that is one.
inline void hold_refusal(const aws::service_error& refused) {
  hold(is_printable(refused.code, 128), "the code can be logged");
  hold(is_printable(refused.message, 512), "the message can be logged");
  hold(is_printable(refused.request_id, 64), "the request id can be logged");
  hold(aws::reason_of(refused.kind) != reason::ok, "a refusal is no success");
}

}  // namespace sallyport::fuzz
