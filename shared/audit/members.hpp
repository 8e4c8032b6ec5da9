// The members of a record's line, as RFC 8785 writes them. Only the files of this folder include it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::audit {

/// The version of all records.
inline constexpr std::int64_t record_version = 1;

/// Each text is cut at 2 KiB; bytes of it that are not UTF-8 become U+FFFD.
void append_text(std::string& to, std::string_view text);
void append_number(std::string& to, std::int64_t number);

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

/// Writes members; the caller names them in sorted order. What is empty is null, or left out where `known` says so.
class members {
 public:
  explicit members(std::string& to) : to_(to) {}

  void known_text(member_name name, std::string_view content) {
    if (!content.empty()) text(name, content);
  }
  template <class T>
  void known_number(member_name name, std::optional<T> content) {
    if (content) number(name, static_cast<std::int64_t>(*content));
  }
  void known_flag(member_name name, std::optional<bool> content) {
    if (content) to_.append(name.before_value()).append(*content ? "true" : "false");
  }
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

}  // namespace sallyport::audit
