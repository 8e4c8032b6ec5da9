#include "http/framing.hpp"

#include "http/characters.hpp"

namespace sallyport::http {

result<head_scanner::state> head_scanner::scan(std::string_view received) {
  // An empty line, a TLS handshake, or garbage: no method starts like this.
  if (at_ == 0 && !received.empty() && !is(received[0], token_char)) return reason::framing_syntax;
  for (;;) {
    const std::size_t lf = received.find('\n', at_);
    if (lf == std::string_view::npos) break;
    if (lf == line_start_ || received[lf - 1] != '\r') return reason::framing_bare_cr_or_lf;
    at_ = lf + 1;
    if (at_ > limits_.max_head_bytes) return reason::framing_head_too_large;
    if (lf == line_start_ + 1) {
      length_ = at_;
      return state::complete;
    }
    line_start_ = at_;
    // The request line is no field.
    if (++lines_ > limits_.max_fields + 1) return reason::framing_too_many_fields;
  }
  at_ = received.size();
  if (at_ >= limits_.max_head_bytes) return reason::framing_head_too_large;
  return state::incomplete;
}

}  // namespace sallyport::http
