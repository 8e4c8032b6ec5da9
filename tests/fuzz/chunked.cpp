// Invariant: a chunked body means the same however its bytes are cut, and written as chunks of our own it decodes to
// the same bytes. First byte: the size of the pieces.
#include "http/chunked.hpp"

#include <string>

#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

struct decoded {
  reason why = reason::ok;
  bool finished = false;
  std::size_t consumed = 0;
  std::string body;
  bool operator==(const decoded&) const = default;
};

constexpr http::chunked_limits limits{1 << 16, 256, 8192};

/// Feeds `raw` in pieces of at most `piece` bytes.
decoded decode(std::string_view raw, std::size_t piece) {
  http::chunked_decoder decoder(limits);
  decoded out;
  while (out.consumed < raw.size() && !out.finished) {
    const auto step = decoder.next(raw.substr(out.consumed, piece));
    if (!step.ok()) {
      out.why = step.why();
      return out;
    }
    fuzz::hold(step->consumed > 0, "each step takes something");
    out.consumed += step->consumed;
    out.body += step->data;
    out.finished = step->finished;
  }
  fuzz::hold(decoder.body_bytes() == out.body.size(), "the count is the count");
  return out;
}

std::string encode(std::string_view body, std::size_t piece) {
  std::string out;
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
    const auto data = body.substr(0, piece);
    char opening[20];
    out.append(http::chunk_opening(data.size(), opening)).append(data).append(http::chunk_closing);
  }
  return out.append(http::last_chunk);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const std::size_t piece = std::size_t{1} + in.take_byte();
  const std::string_view raw = in.rest();
  const decoded whole = decode(raw, raw.size() + 1);
  decoded cut = decode(raw, piece);
  // How far a decoder came before it refused depends on the pieces; that it refused, and why, does not.
  if (whole.why != reason::ok) {
    fuzz::hold(cut.why == whole.why, "refused for the same reason");
    return 0;
  }
  fuzz::hold(cut == whole, "the same body");
  if (!whole.finished) return 0;
  const decoded again = decode(encode(whole.body, piece), raw.size() + 1);
  fuzz::hold(again.finished && again.body == whole.body, "our own chunks carry the same body");
  return 0;
}
