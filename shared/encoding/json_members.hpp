// Members of JSON that this gateway wrote itself, or reads with a default: what is absent or of another type reads as the
// default. What comes from outside and must be there is asked for in encoding/json.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encoding/json.hpp"

namespace sallyport::encoding {

/// A view into `from`; by default empty.
std::string_view text_member(const json& from, std::string_view name);
/// Of at most 53 bits.
std::int64_t number_member(const json& from, std::string_view name, std::int64_t otherwise = 0);
/// Of 32 bits and not negative.
std::uint32_t count_member(const json& from, std::string_view name, std::uint32_t otherwise = 0);
bool truth_member(const json& from, std::string_view name);
/// The elements of a list; by default none.
std::span<const json> list_member(const json& from, std::string_view name);
/// The texts among the elements of a list.
std::vector<std::string> texts_member(const json& from, std::string_view name);
/// The pairs of texts among the elements of a list: [[name, value], …].
std::vector<std::pair<std::string, std::string>> pairs_member(const json& from, std::string_view name);

/// An enumerator by its number, the first one being 0; nothing when it is behind `last`.
template <class E>
std::optional<E> enumerator_member(const json& from, std::string_view name, E last) {
  const auto value = number_member(from, name, -1);
  if (value < 0 || value > static_cast<std::int64_t>(last)) return std::nullopt;
  return static_cast<E>(value);
}

}  // namespace sallyport::encoding
