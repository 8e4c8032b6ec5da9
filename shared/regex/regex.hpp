// Regular expressions in the syntax of RE2, without back-references and look-around, matched in time linear in the
// text: all alternatives advance together, so no pattern can make a request slow (policy, "bounded").
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sallyport::regex {

class pattern {
 public:
  static constexpr std::size_t max_pattern_bytes = 2048;
  static constexpr std::size_t max_instructions = 4096;
  static constexpr std::uint32_t max_repeat = 1000;

  /// Reasons: cel_type (detail: what is wrong with the pattern).
  static result<pattern> compile(std::string_view text);

  /// Whether the pattern matches anywhere in `text` (UTF-8).
  bool found_in(std::string_view text) const;
  /// An upper estimate of evaluation steps for a text of so many bytes.
  std::uint64_t cost(std::size_t text_bytes) const;
  std::size_t size() const { return program_.size(); }

  enum class opcode : std::uint8_t {
    /// A code point within ranges_[first, first + count).
    ranges,
    /// Go on at first and at second.
    fork,
    /// Go on at first.
    jump,
    /// The position must satisfy the assertion `first` (see assertion).
    assert_here,
    match,
  };
  enum class assertion : std::uint8_t { text_start, text_end, line_start, line_end, word_edge, no_word_edge };

  struct instruction {
    opcode code = opcode::match;
    std::uint32_t first = 0;
    std::uint32_t second = 0;
  };
  struct range {
    char32_t low = 0;
    char32_t high = 0;
  };

 private:
  friend class compiler;

  std::vector<instruction> program_;
  std::vector<range> ranges_;
};

}  // namespace sallyport::regex
