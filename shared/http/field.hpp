// One field line as two views, and look-ups over many of them without allocation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::http {

/// Views into whatever holds the message. The name keeps its case; the value has no surrounding white space.
struct field {
  std::string_view name;
  std::string_view value;
};

/// ASCII case-insensitive equality; `lower` must be in lower case already.
bool name_equals(std::string_view name, std::string_view lower);
/// ASCII case-insensitive prefix test; `lower` must be in lower case already.
bool name_starts_with(std::string_view name, std::string_view lower);
/// ASCII lower case; other bytes stay.
std::string to_lower(std::string_view text);

/// The first field of that name (lower case), or nullptr.
const field* find_field(std::span<const field> fields, std::string_view lower);
std::size_t count_fields(std::span<const field> fields, std::string_view lower);
/// The value when the field is there exactly once.
std::optional<std::string_view> single_field(std::span<const field> fields, std::string_view lower);
/// All values of that name joined with ", " (RFC 9110 section 5.3), or nothing when there is none.
std::optional<std::string> combined_field(std::span<const field> fields, std::string_view lower);

/// Takes the next non-empty member off a comma-separated list (RFC 9110 section 5.6.1); false when none is left.
bool next_list_member(std::string_view& rest, std::string_view& member);
/// Whether the comma-separated list holds `lower` as a member, ASCII case-insensitively.
bool list_contains(std::string_view list, std::string_view lower);

}  // namespace sallyport::http
