#include "audit/record.hpp"

#include "encoding/visible.hpp"

namespace sallyport::audit {
namespace {

// Long enough for any path, short enough that no request can flood the log.
constexpr std::size_t max_text_bytes = 2048;

void append_number(std::string& to, std::int64_t number) {
  char digits[20];
  std::size_t at = sizeof digits;
  auto rest = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  do {
    digits[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (number < 0) to += '-';
  to.append(digits + at, sizeof digits - at);
}

// RFC 8785 section 3.2.2.2.
void append_escape(std::string& to, char c) {
  switch (c) {
    case '\b': to += "\\b"; return;
    case '\t': to += "\\t"; return;
    case '\n': to += "\\n"; return;
    case '\f': to += "\\f"; return;
    case '\r': to += "\\r"; return;
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    default: encoding::append_visible(to, {&c, 1});
  }
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"' && c != '\\';
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// Cut at a character's start, so that well-formed text stays well-formed.
std::string_view shortened(std::string_view text) {
  if (text.size() <= max_text_bytes) return text;
  std::size_t end = max_text_bytes;
  while (end > max_text_bytes - 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

void append_slowly(std::string& to, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_plain(c)) {
      to += c;
      ++at;
    } else if (is_ascii(c)) {
      append_escape(to, c);
      ++at;
    } else {
      std::size_t end = at;
      while (end < text.size() && !is_ascii(text[end])) ++end;
      encoding::append_visible(to, text.substr(at, end - at));
      at = end;
    }
  }
}

void append_text(std::string& to, std::string_view text) {
  text = shortened(text);
  std::size_t plain = 0;
  while (plain < text.size() && is_plain(text[plain])) ++plain;
  to.append(text.data(), plain);
  if (plain < text.size()) append_slowly(to, text.substr(plain));
}

/// A member's name with all that stands around it, put together when compiled: a line has two dozen of them.
class member_name {
 public:
  template <std::size_t N>
  constexpr member_name(const char (&name)[N]) : size_(N + 2) {
    static_assert(N + 4 <= sizeof text_);
    text_[0] = ',';
    text_[1] = '"';
    for (std::size_t i = 0; i + 1 < N; ++i) text_[i + 2] = name[i];
    text_[N + 1] = '"';
    text_[N + 2] = ':';
    text_[N + 3] = '"';
  }

  /// Up to a value that is no string.
  constexpr std::string_view before_value() const { return {text_, size_ + 1}; }
  /// Up to the first character of a string.
  constexpr std::string_view before_text() const { return {text_, size_ + 2}; }

 private:
  char text_[24] = {};
  std::size_t size_;
};

/// Writes members; the caller names them in sorted order.
class members {
 public:
  explicit members(std::string& to) : to_(to) {}

  void text(member_name name, std::string_view content) {
    if (content.empty()) return null(name);
    to_ += name.before_text();
    append_text(to_, content);
    to_ += '"';
  }
  void number(member_name name, std::int64_t content) {
    to_ += name.before_value();
    append_number(to_, content);
  }
  void number(member_name name, std::optional<std::int64_t> content) {
    if (content) return number(name, *content);
    null(name);
  }

 private:
  void null(member_name name) { to_.append(name.before_value()).append("null"); }

  std::string& to_;
};

void write_caller_and_request(members& to, const record& what) {
  to.text("assertion", what.assertion);
  to.number("clock_difference", what.clock_difference);
  to.text("country", what.country);
  to.text("decision", what.why == reason::ok ? "allow" : "deny");
  to.text("detail", what.detail);
  to.text("end", what.end == end::edge ? "edge" : "origin");
  to.text("host", what.host);
  to.text("id", what.id);
  to.text("ip", what.ip);
  to.text("issuer", what.issuer);
  to.text("keyid", what.keyid);
  to.text("kind", what.kind);
  to.text("method", what.method);
  to.text("path", what.path);
}

void write_decision(members& to, const record& what) {
  to.text("policy", what.policy);
  to.text("reason", name_of(what.why));
  to.number("reason_number", static_cast<std::int64_t>(what.why));
  to.text("route", what.route);
  to.text("service", what.service);
  to.text("severity", name_of(describe(what.why).severity));
  to.text("shadow", what.shadow ? name_of(*what.shadow) : std::string_view());
  to.text("subject", what.subject);
  to.number("time", what.time);
  to.number("v", 1);
}

}  // namespace

std::string line(const record& what) {
  std::string text;
  text.reserve(640);
  members to(text);
  write_caller_and_request(to, what);
  write_decision(to, what);
  text.front() = '{';
  text += '}';
  return text;
}

}  // namespace sallyport::audit
