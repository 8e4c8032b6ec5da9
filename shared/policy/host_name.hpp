// The one spelling of a host that policy compares: lower case, no port, no trailing dot.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace sallyport::policy {

/// Normalizes once and holds the text where the spelling had to change. Not copyable: the view may point inside.
class host_name {
 public:
  explicit host_name(std::string_view authority);
  host_name(const host_name&) = delete;
  host_name& operator=(const host_name&) = delete;

  /// Into this object or into the text it was made from. Empty for a host longer than DNS allows.
  std::string_view view() const { return view_; }

 private:
  // RFC 1035 section 2.3.4, and room for an IPv6 literal in brackets.
  static constexpr std::size_t max_bytes = 255;

  std::array<char, max_bytes> lower_;
  std::string_view view_;
};

}  // namespace sallyport::policy
