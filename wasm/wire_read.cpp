#include <charconv>

#include "encoding/lines.hpp"
#include "http/url.hpp"
#include "wasm/wire.hpp"

namespace sallyport::wasm {
namespace {

/// Takes lines off a text; once it ran out of them, it stays so.
class line_reader {
 public:
  explicit line_reader(std::string_view text) : rest_(text) {}

  std::string_view line() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) {
      complete_ = false;
      return {};
    }
    const auto taken = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return taken;
  }

  /// Empty or no number: nothing.
  template <class T>
  std::optional<T> known_number() {
    const auto text = line();
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
  }

  template <class T>
  T number() {
    const auto value = known_number<T>();
    complete_ = complete_ && value;
    return value.value_or(0);
  }

  /// Every line asked for was there, and none is left.
  bool exhausted() const { return complete_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool complete_ = true;
};

/// Splits `https://host:port/path?query`; false when it is not of that form.
bool split_url(std::string_view url, gate::edge_request& request) {
  const auto parts = http::split_url(url);
  if (!parts || !parts->rest.starts_with('/')) return false;
  request.scheme = parts->scheme;
  request.host = parts->authority;
  request.target = parts->rest;
  return true;
}

using body_state = gate::edge_body::state;

std::string_view name_of(body_state is) {
  switch (is) {
    case body_state::none: return "none";
    case body_state::unread: return "unread";
    case body_state::read: return "read";
    case body_state::too_large: return "too_large";
  }
  __builtin_trap();
}

std::optional<body_state> body_state_from(std::string_view name) {
  for (const auto is : {body_state::none, body_state::unread, body_state::read, body_state::too_large}) {
    if (name == name_of(is)) return is;
  }
  return std::nullopt;
}

std::optional<gate::key_step> key_step_from(std::string_view name) {
  for (const auto step : {gate::key_step::discovery, gate::key_step::jwks}) {
    if (name == gate::name_of(step)) return step;
  }
  return std::nullopt;
}

}  // namespace

std::optional<gate::edge_request> read_request(std::string_view head, bytes_view body,
                                               std::vector<http::field>& fields) {
  line_reader in(head);
  gate::edge_request request;
  if (!split_url(in.line(), request)) return std::nullopt;
  request.method = in.line();
  request.ip = in.line();
  request.country = in.line();
  request.asn = in.number<std::uint32_t>();
  const auto state = body_state_from(in.line());
  if (!state) return std::nullopt;
  request.body = {*state, body};
  const auto count = in.number<std::uint32_t>();
  fields.clear();
  for (std::uint32_t i = 0; i < count && i < head.size(); ++i) {
    const auto name = in.line();
    fields.push_back({name, in.line()});
  }
  if (!in.exhausted()) return std::nullopt;
  request.fields = fields;
  return request;
}

std::optional<supplied_keys> read_supplied_keys(std::string_view head, std::string_view body) {
  line_reader in(head);
  supplied_keys keys;
  keys.request.source = in.line();
  const auto step = key_step_from(in.line());
  if (!step) return std::nullopt;
  keys.request.step = *step;
  keys.request.url = in.line();
  keys.response.status = in.number<int>();
  keys.response.cache_control = in.line();
  keys.response.problem = in.line();
  keys.response.fetched_at = in.number<unix_milliseconds>();
  keys.response.body = body;
  if (!in.exhausted()) return std::nullopt;
  return keys;
}

std::optional<signing> read_signing(std::string_view text) {
  signing out;
  out.place = encoding::take_line(text);
  out.turn = encoding::take_line(text) == "again" ? gate::signing_turn::again : gate::signing_turn::first;
  auto order = gate::read_order(text);
  if (!order) return std::nullopt;
  out.order = std::move(*order);
  for (auto* line : {&out.order.assertion, &out.order.context, &out.order.content_digest}) {
    *line = encoding::take_line(text);
  }
  return out;
}

audit::outcome read_ended(std::string_view text) {
  line_reader in(text);
  audit::outcome ended;
  ended.id = in.line();
  ended.service = in.line();
  ended.why = reason_named(in.line());
  ended.status = in.known_number<int>();
  ended.how = audit::ending_named(in.line());
  ended.cache = audit::cache_use_named(in.line());
  ended.attempts = in.known_number<std::uint64_t>();
  ended.first_ms = in.known_number<std::uint64_t>();
  ended.ms = in.known_number<std::uint64_t>();
  ended.in = in.known_number<std::uint64_t>();
  ended.sig = in.line();
  ended.keyid = in.line();
  ended.detail = in.line();
  return ended;
}

}  // namespace sallyport::wasm
