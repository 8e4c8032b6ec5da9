// One value of the document while it is read: what it must be is asked here, and what it is not goes to the report.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "document/report.hpp"

namespace sallyport::document {

/// Every question that gets no answer has been reported when it returns, so callers only go on without the value.
class node {
 public:
  /// The whole document.
  node(const encoding::json& value, report& to) : value_(&value), report_(&to) {}

  const encoding::json& value() const { return *value_; }
  /// RFC 6901 pointer.
  const std::string& pointer() const { return pointer_; }

  /// Whether this is an object; members that are not in `names` are reported.
  bool is_object_of(std::initializer_list<std::string_view> names) const;
  /// The member, or nothing (not reported) when it is absent. Precondition: an object.
  std::optional<node> member(std::string_view name) const;
  /// As member, and its absence is reported with `advice`.
  std::optional<node> required(std::string_view name, std::string advice) const;
  /// The members of an object with free names, in the order of their names.
  std::vector<std::pair<std::string, node>> members() const;
  std::vector<node> elements() const;

  std::optional<std::string> text() const;
  /// A string that is not empty.
  std::optional<std::string> some_text() const;
  std::optional<bool> truth() const;
  std::optional<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  /// "30s"; both bounds in seconds and inclusive.
  std::optional<seconds> duration(seconds least, seconds most) const;
  /// The number of `names` that the string is.
  std::optional<std::size_t> one_of(std::initializer_list<std::string_view> names) const;
  /// The strings of a list, none empty, none twice.
  std::vector<std::string> texts() const;

  /// Reports against the value.
  void refuse(reason why, std::string message, std::string advice = {}) const;
  /// Reports against the member's name.
  void refuse_name(reason why, std::string message, std::string advice = {}) const;
  /// Reports against a byte of the string.
  void refuse_inside(std::size_t offset, reason why, std::string message, std::string advice = {}) const;

 private:
  node(const encoding::json& value, std::string pointer, report& to)
      : value_(&value), pointer_(std::move(pointer)), report_(&to) {}
  node child(const encoding::json& value, std::string_view token) const;
  void wrong_type(std::string_view expected) const;

  const encoding::json* value_;
  std::string pointer_;
  report* report_;
};

/// Reads an optional member into `to`, which keeps its default when the member is absent or wrong.
template <class T, class Read>
void read_member(const node& at, std::string_view name, T& to, Read read) {
  const auto found = at.member(name);
  if (!found) return;
  if (auto given = read(*found)) to = static_cast<T>(*std::move(given));
}

/// As read_member, and the absence of the member is reported with `advice`.
template <class T, class Read>
void read_required(const node& at, std::string_view name, std::string advice, T& to, Read read) {
  if (at.required(name, std::move(advice))) read_member(at, name, to, read);
}

}  // namespace sallyport::document
