// What a compiled program holds. For the layer itself, and for whoever explains decisions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cel/arena.hpp"
#include "cel/checker.hpp"
#include "cel/program.hpp"
#include "cel/syntax.hpp"
#include "regex/regex.hpp"

namespace sallyport::cel {

struct program_data {
  std::string source;
  /// Literals and folded constants; nothing is added once the program is compiled.
  arena literals;
  syntax tree;
  std::vector<std::unique_ptr<regex::pattern>> patterns;
  /// By node index.
  std::vector<type> types;
  std::uint32_t local_count = 0;
  std::uint64_t cost = 0;
  std::vector<access_path> accessed;
};

/// Line and column of a byte offset into `source`.
encoding::text_position position_in(std::string_view source, std::uint32_t offset);

/// Static estimate (cost.cpp).
std::uint64_t estimate_cost(const syntax& tree);
/// What the expression reads (access.cpp).
std::vector<access_path> find_accessed(const syntax& tree, const std::vector<type>& types, const environment& names);

}  // namespace sallyport::cel
