// Invariant: a head that is accepted has one reading. Written again from what was read, it reads the same; it has one
// Host and at most one way to end its body; and the scanner finds its end wherever the bytes are cut.
#include <string>

#include "http/fields.hpp"
#include "http/request_head.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;
using http::body_framing;

namespace {

std::string write(const http::request_head& head) {
  std::string out(head.method);
  out.append(" ").append(head.target).append(head.minor_version == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  for (const auto& field : head.fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
  return out.append("\r\n");
}

void check_meaning(const http::request_head& head) {
  fuzz::hold(http::count_fields(head.fields, "host") == 1, "one Host");
  const auto lengths = http::count_fields(head.fields, "content-length");
  const auto encodings = http::count_fields(head.fields, "transfer-encoding");
  fuzz::hold(lengths + encodings <= 1, "at most one way to end the body");
  fuzz::hold((head.body == body_framing::chunked) == (encodings == 1), "chunked says so");
  fuzz::hold(head.body != body_framing::until_close, "a request's body never ends with the connection");
  for (const auto& field : head.fields) {
    fuzz::hold(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos, "no line break");
    fuzz::hold(!http::collides(field.name), "no name that becomes a trusted one");
  }
}

void check_reading(std::string_view raw, const http::request_head& head) {
  const std::string written = write(head);
  const auto again = http::parse_request_head(written);
  fuzz::hold(again.ok(), "what was read can be written and read again");
  fuzz::hold(write(*again) == written, "and reads the same");
  fuzz::hold(again->body == head.body && again->content_length == head.content_length, "with the same body");
  fuzz::hold(written.size() <= raw.size() + head.fields.size(), "nothing was invented");
}

/// The end that the scanner finds when the bytes come in two pieces; 0: none.
std::size_t end_of(std::string_view text, std::size_t cut) {
  http::head_scanner scanner;
  for (const std::size_t size : {cut, text.size()}) {
    const auto found = scanner.scan(text.substr(0, size));
    if (!found.ok()) return 0;
    if (*found == http::head_scanner::state::complete) return scanner.length();
  }
  return 0;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const std::size_t cut = in.take_byte();
  const std::string_view raw = in.rest();
  const std::size_t end = end_of(raw, raw.size());
  fuzz::hold(end_of(raw, std::min(cut, raw.size())) == end, "the end does not depend on where the bytes are cut");
  const auto head = http::parse_request_head(raw.substr(0, end == 0 ? raw.size() : end));
  if (!head.ok()) return 0;
  fuzz::hold(end != 0, "whoever parses also finds the end");
  check_meaning(*head);
  check_reading(raw, *head);
  return 0;
}
