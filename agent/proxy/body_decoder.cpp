#include "agent/proxy/body_decoder.hpp"

#include <algorithm>

namespace sallyport::agent::proxy {

result<http::chunked_step> body_decoder::next(std::string_view input) {
  switch (framing_) {
    case http::body_framing::none: finished_ = true; return http::chunked_step{0, {}, true};
    case http::body_framing::content_length: return next_counted(input);
    case http::body_framing::until_close: return next_unbounded(input);
    case http::body_framing::chunked: break;
  }
  auto step = chunked_.next(input);
  finished_ = chunked_.finished();
  return step;
}

result<http::chunked_step> body_decoder::next_counted(std::string_view input) {
  if (left_ > max_) return reason::body_too_large;
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  left_ -= taken;
  max_ -= taken;
  finished_ = left_ == 0;
  return http::chunked_step{taken, input.substr(0, taken), finished_};
}

result<http::chunked_step> body_decoder::next_unbounded(std::string_view input) {
  if (input.size() > max_ - seen_) return reason::body_too_large;
  seen_ += input.size();
  return http::chunked_step{input.size(), input, false};
}

}  // namespace sallyport::agent::proxy
