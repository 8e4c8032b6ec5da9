#include "agent/config/member.hpp"

#include <array>

#include "core/ascii.hpp"
#include "document/units.hpp"
#include "gate/keys/key_set.hpp"
#include "http/path.hpp"

namespace sallyport::agent::config {

namespace {

// How the text of a member becomes the value that `at` refers to, and back. One function of the table's row names the
// place; these know the kinds.

template <class T>
using place = T& (*)(settings&);

template <auto At>
auto& value_in(const settings& from) {
  // The rows' functions only take an address; nothing is written through it here.
  return At(const_cast<settings&>(from));
}

template <place<std::string> At>
bool set_text(settings& into, std::string_view text) {
  if (text.empty()) return false;
  At(into) = text;
  return true;
}
template <place<std::string> At>
std::string show_text(const settings& from) {
  return value_in<At>(from);
}
template <place<std::string> At>
std::string show_secret(const settings& from) {
  return value_in<At>(from).empty() ? "" : "(set)";
}

template <place<std::string> At>
bool set_key_url(settings& into, std::string_view text) {
  return gate::is_key_url(text) && set_text<At>(into, text);
}

template <place<std::string> At>
bool set_ready(settings& into, std::string_view text) {
  const bool asks = text.starts_with(ready_get) && http::is_canonical(text.substr(ready_get.size()));
  return (asks || text == "connect") && set_text<At>(into, text);
}

template <place<address> At>
bool set_address(settings& into, std::string_view text) {
  auto parsed = parse_address(text);
  if (parsed) At(into) = std::move(*parsed);
  return parsed.has_value();
}
template <place<address> At>
std::string show_address(const settings& from) {
  return to_text(value_in<At>(from));
}

template <place<milliseconds> At, std::int64_t Least, std::int64_t Most>
bool set_duration(settings& into, std::string_view text) {
  const auto parsed = document::parse_milliseconds(text);
  if (!parsed || *parsed < Least || *parsed > Most) return false;
  At(into) = milliseconds(*parsed);
  return true;
}
template <place<milliseconds> At>
std::string show_duration(const settings& from) {
  return document::milliseconds_text(value_in<At>(from).count());
}

template <place<std::uint64_t> At, std::uint64_t Least, std::uint64_t Most>
bool set_size(settings& into, std::string_view text) {
  const auto parsed = document::parse_any_size(text);
  if (!parsed || *parsed < Least || *parsed > Most) return false;
  At(into) = *parsed;
  return true;
}
template <place<std::uint64_t> At>
std::string show_size(const settings& from) {
  return document::size_text(value_in<At>(from));
}

template <place<std::uint64_t> At, std::uint64_t Least, std::uint64_t Most>
bool set_count(settings& into, std::string_view text) {
  const auto parsed = document::parse_count(text);
  if (!parsed || *parsed < Least || *parsed > Most) return false;
  At(into) = *parsed;
  return true;
}
template <place<std::uint64_t> At>
std::string show_count(const settings& from) {
  return std::to_string(value_in<At>(from));
}

template <class T>
struct word {
  std::string_view text;
  T value;
};
template <class T>
constexpr std::array<word<T>, 0> words{};
template <>
constexpr std::array<word<reuse>, 3> words<reuse>{
    {{"safe", reuse::safe}, {"same_subject", reuse::same_subject}, {"never", reuse::never}}};
template <>
constexpr std::array<word<bool>, 2> words<bool>{{{"off", false}, {"on", true}}};

template <class T, place<T> At>
bool set_choice(settings& into, std::string_view text) {
  for (const auto& each : words<T>) {
    if (each.text != text) continue;
    At(into) = each.value;
    return true;
  }
  return false;
}
template <class T, place<T> At>
std::string show_choice(const settings& from) {
  for (const auto& each : words<T>)
    if (each.value == value_in<At>(from)) return std::string(each.text);
  return "";
}

constexpr std::int64_t hour_ms = 3'600'000;

#define AT(type, path) [](settings& all) -> type& { return all.path; }
#define TEXT(name, path, about) \
  { name, kind::text, about, set_text<AT(std::string, path)>, show_text<AT(std::string, path)>, "" }
#define PATH(name, path, about) \
  { name, kind::file, about, set_text<AT(std::string, path)>, show_text<AT(std::string, path)>, "" }
#define SECRET(name, path, about) \
  { name, kind::secret, about, set_text<AT(std::string, path)>, show_secret<AT(std::string, path)>, "" }
#define KEY_URL(name, path, about)                                                                 \
  {                                                                                                \
    name, kind::text, about, set_key_url<AT(std::string, path)>, show_text<AT(std::string, path)>, \
        "an https URL, or an http URL of the loopback interface"                                   \
  }
#define ADDRESS(name, path, about) \
  { name, kind::address, about, set_address<AT(address, path)>, show_address<AT(address, path)>, "" }
#define DURATION(name, path, least, most, range, about)                             \
  {                                                                                 \
    name, kind::duration, about, set_duration<AT(milliseconds, path), least, most>, \
        show_duration<AT(milliseconds, path)>, range                                \
  }
#define SIZE(name, path, least, most, range, about) \
  { name, kind::size, about, set_size<AT(std::uint64_t, path), least, most>, show_size<AT(std::uint64_t, path)>, range }
#define COUNT(name, path, least, most, range, about)                                                                \
  {                                                                                                                 \
    name, kind::count, about, set_count<AT(std::uint64_t, path), least, most>, show_count<AT(std::uint64_t, path)>, \
        range                                                                                                       \
  }
#define CHOICE(name, type, path, range, about) \
  { name, kind::choice, about, set_choice<type, AT(type, path)>, show_choice<type, AT(type, path)>, range }

constexpr member members[] = {
    TEXT("service", service, "Name of the service of the policy that this agent stands before. Required."),
    ADDRESS("listen", listen, "Where requests from the edge arrive."),
    ADDRESS("admin.listen", admin_listen,
            "Where /healthz, /readyz and /metrics answer; keep it on the loopback interface."),
    ADDRESS("upstream.address", upstream.address,
            "The app. A name is looked up at the start, and again when none of its addresses accepts connections."),
    DURATION("upstream.connect", upstream.connect, 1, hour_ms, "1ms to 1h", "For a connection to the app."),
    DURATION("upstream.first_byte", upstream.first_byte, 1, hour_ms, "1ms to 1h",
             "From the last byte of a request to the first of its response."),
    DURATION("upstream.idle", upstream.idle, 1, hour_ms, "1ms to 1h",
             "How long a connection to the app is kept without a request; less than the app's own keep-alive time."),
    COUNT("upstream.max_idle", upstream.max_idle, 0, 65536, "0 to 65536", "Connections kept for each thread."),
    CHOICE("upstream.reuse", reuse, upstream.reuse, "safe, same_subject or never",
           "Which requests may use a connection to the app again: any, after upstream.rest; those of the same subject; "
           "none."),
    DURATION(
        "upstream.rest", upstream.rest, 0, 10000, "0s to 10s",
        "How long a connection is idle before another subject's request uses it, unless upstream.max_idle are idle."),
    {"upstream.ready", kind::text,
     "When the edge's probes are told that the app is ready: it takes connections, or it responds with 2xx or 3xx to a "
     "GET "
     "without identity, for apps that listen before they can serve.",
     set_ready<AT(std::string, upstream.ready)>, show_text<AT(std::string, upstream.ready)>,
     "connect, or GET and a path: GET /healthz"},
    PATH("policy.file", policy.file, "The policy document, the same as the edge's. Required."),
    PATH("policy.previous", policy.previous,
         "The policy before this one, accepted while a deployment reaches edge and agent one after the other."),
    DURATION(
        "policy.previous_for", policy.previous_for, 7 * 60'000, 720 * hour_ms, "7m to 720h",
        "How long the policy that a reload took the place of is still accepted, unless policy.previous names a file."),
    KEY_URL("edge.jwks_url", edge.jwks_url,
            "The edge's public keys. Without it and edge.jwks_file: OpenID discovery below the policy's edge.issuer."),
    PATH("edge.jwks_file", edge.jwks_file, "The edge's public keys as a file, instead of a URL."),
    PATH("hmac.file", hmac.file, "Shared secrets for hmac-sha256 signatures: a JWK or JWK set of kty oct."),
    SECRET("hmac.secret", hmac.secret, "The same document itself; only as environment variable, never in a file."),
    PATH("channel.secret_file", channel.secret_file,
         "A secret from which all tasks of the service derive the same key for channels, made by `sallyport keys "
         "channel`. Without it each start makes its own key, which is right where the edge reaches each task by "
         "itself."),
    SECRET("channel.secret", channel.secret, "The same secret itself; only as environment variable, never in a file."),
    COUNT("channel.max_entries", channel.max_entries, 1, 1048576, "1 to 1048576",
          "Channels remembered at one time, less than 2 KiB each; the least recently used one is forgotten."),
    DURATION("skew", skew, 0, 60000, "0s to 60s, whole seconds", "Maximum tolerated clock skew to the edge."),
    SIZE("limits.max_head_bytes", limits.max_head_bytes, 1024, 1048576, "1KiB to 1MiB",
         "Head of a request or response."),
    COUNT("limits.max_fields", limits.max_fields, 8, 4096, "8 to 4096", "Fields of a head."),
    COUNT("limits.max_connections", limits.max_connections, 1, 1000000, "1 to 1000000", "Connections of callers."),
    SIZE("limits.max_body_bytes", limits.max_body_bytes, 0, std::uint64_t{1} << 53, "0 to 8388608GiB",
         "A request body."),
    SIZE("limits.max_signed_body_bytes", limits.max_signed_body_bytes, 0, 1 * gib, "0 to 1GiB",
         "A request body that the edge signed: it waits in memory until it was checked."),
    SIZE("limits.max_buffered_bytes", limits.max_buffered_bytes, 0, std::uint64_t{1} << 53, "0 to 8388608GiB",
         "All signed bodies in memory at one time."),
    DURATION("timeouts.head", timeouts.head, 1, hour_ms, "1ms to 1h", "From the first byte of a head to its last."),
    DURATION("timeouts.idle", timeouts.idle, 1, hour_ms, "1ms to 1h", "A kept connection without a request."),
    DURATION("timeouts.body", timeouts.body, 1, 24 * hour_ms, "1ms to 24h", "Without a byte moving, in either body."),
    DURATION("timeouts.event_stream", timeouts.event_stream, 1, 24 * hour_ms, "1ms to 24h",
             "The same for a response of type text/event-stream."),
    DURATION("timeouts.linger", timeouts.linger, 1, 60000, "1ms to 60s",
             "For a caller to close its side once all was delivered to it."),
    DURATION("timeouts.half_closed", timeouts.half_closed, 1, hour_ms, "1ms to 1h",
             "How long a caller that has ended its side is still served while nothing moves."),
    DURATION("timeouts.drain", timeouts.drain, 0, hour_ms, "0s to 1h",
             "From SIGTERM on, how long new requests are still served; at most half of timeouts.stop."),
    DURATION("timeouts.stop", timeouts.stop, 0, hour_ms, "0s to 1h",
             "From SIGTERM on, for requests to finish; less than the task's stopTimeout."),
    COUNT("replay.max_entries", replay_max_entries, 16, std::uint64_t{1} << 32, "16 to 4294967296",
          "Nonces remembered at one time: requests a second times 75 at the least. At the bound requests are refused."),
    COUNT("threads", threads, 0, 1024, "0 to 1024", "I/O threads; 0: one a processor."),
    PATH("audit.output", audit_output, "Where audit lines go: stdout, stderr, or a file that is appended to."),
    CHOICE("core_dumps", bool, core_dumps, "off or on",
           "Whether the process may be dumped and traced; its memory holds secrets."),
};

#undef AT
#undef TEXT
#undef PATH
#undef SECRET
#undef KEY_URL
#undef ADDRESS
#undef DURATION
#undef SIZE
#undef COUNT
#undef CHOICE

}  // namespace

std::string_view describe(kind what) {
  switch (what) {
    case kind::text: return "a string";
    case kind::file: return "a path";
    case kind::secret: return "a secret";
    case kind::address: return "host:port, like \"127.0.0.1:8080\" or \"[::1]:8080\"";
    case kind::duration: return "a duration, like \"250ms\", \"30s\" or \"5m\"";
    case kind::size: return "a size, like 65536 or \"64KiB\"";
    case kind::count: return "a whole number";
    case kind::choice: return "a word";
  }
  return "";
}

std::span<const member> all_members() {
  return members;
}

const member* find_member(std::string_view path) {
  for (const member& each : members)
    if (each.path == path) return &each;
  return nullptr;
}

std::string environment_name(const member& of) {
  std::string name = "SALLYPORT_";
  for (const char c : of.path) name.push_back(c == '.' ? '_' : ascii::to_upper(c));
  return name;
}

}  // namespace sallyport::agent::config
