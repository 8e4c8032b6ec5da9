#include "http/chunked.hpp"

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"
#include "encoding/percent.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

constexpr unsigned max_size_digits = 16;

}  // namespace

result<chunked_step> chunked_decoder::next(std::string_view input) {
  chunked_step out;
  while (out.consumed < input.size() && state_ != state::finished) {
    if (state_ == state::data) {
      const std::uint64_t available = input.size() - out.consumed;
      out.data = input.substr(out.consumed, static_cast<std::size_t>(std::min(available, chunk_left_)));
      out.consumed += out.data.size();
      body_bytes_ += out.data.size();
      chunk_left_ -= out.data.size();
      if (chunk_left_ == 0) state_ = state::data_cr;
      return out;
    }
    const reason why = step(input[out.consumed]);
    if (why != reason::ok) {
      state_ = state::failed;
      return why;
    }
    ++out.consumed;
  }
  out.finished = state_ == state::finished;
  return out;
}

reason chunked_decoder::step(char c) {
  const auto expect = [&](char wanted, state next_state) {
    if (c != wanted) return reason::framing_chunk_invalid;
    state_ = next_state;
    return reason::ok;
  };
  switch (state_) {
    case state::size: return size_byte(c);
    case state::extension: return extension_byte(c);
    case state::size_lf: return c == '\n' ? begin_data() : reason::framing_chunk_invalid;
    case state::data_cr: return expect('\r', state::data_lf);
    case state::data_lf: return expect('\n', state::size);
    case state::trailer_start:
    case state::trailer_name:
    case state::trailer_value: return trailer_byte(c);
    case state::trailer_lf: return expect('\n', state::trailer_start);
    case state::last_lf: return expect('\n', state::finished);
    case state::data:
    case state::finished:
    case state::failed: return reason::framing_chunk_invalid;
  }
  __builtin_trap();
}

reason chunked_decoder::size_byte(char c) {
  const int value = ascii::hex_value(c);
  if (value >= 0) {
    if (++digits_ > max_size_digits) return reason::framing_chunk_invalid;
    chunk_left_ = (chunk_left_ << 4) | static_cast<std::uint64_t>(value);
    return reason::ok;
  }
  if (digits_ == 0) return reason::framing_chunk_invalid;
  line_bytes_ = digits_;
  state_ = state::extension;
  // An extension starts with ";" at once: RFC 9112 section 7.1.1 allows white space there only to be lenient.
  return c == '\r' || c == ';' ? extension_byte(c) : reason::framing_chunk_invalid;
}

reason chunked_decoder::extension_byte(char c) {
  if (c == '\r') {
    state_ = state::size_lf;
    return reason::ok;
  }
  const bool fits = ++line_bytes_ <= limits_.max_line_bytes && !is(c, control_char);
  return fits ? reason::ok : reason::framing_chunk_invalid;
}

reason chunked_decoder::begin_data() {
  digits_ = 0;
  if (chunk_left_ > limits_.max_body_bytes - body_bytes_) return reason::body_too_large;
  state_ = chunk_left_ == 0 ? state::trailer_start : state::data;
  return reason::ok;
}

// A trailer line is read over as strictly as a field line: a token, a colon, no control character, CRLF.
reason chunked_decoder::trailer_byte(char c) {
  if (state_ == state::trailer_start && c == '\r') {
    state_ = state::last_lf;
    return reason::ok;
  }
  if (++trailer_bytes_ > limits_.max_trailer_bytes) return reason::framing_chunk_invalid;
  if (state_ == state::trailer_value) {
    if (c == '\r') state_ = state::trailer_lf;
    return c == '\r' || !is(c, control_char) ? reason::ok : reason::framing_chunk_invalid;
  }
  if (state_ == state::trailer_name && c == ':') {
    state_ = state::trailer_value;
    return reason::ok;
  }
  state_ = state::trailer_name;
  return is(c, token_char) ? reason::ok : reason::framing_chunk_invalid;
}

std::string_view chunk_opening(std::uint64_t size, char (&buffer)[20]) {
  char* end = std::to_chars(buffer, buffer + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return {buffer, static_cast<std::size_t>(end - buffer)};
}

}  // namespace sallyport::http
