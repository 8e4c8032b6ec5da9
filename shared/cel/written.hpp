// An expression as its author would write it: what an advice is made of.
#pragma once

#include <cstddef>
#include <string>

#include "cel/syntax.hpp"

namespace sallyport::cel {

/// The expression at `index`, or "" when it is too long for a sentence or holds what has no short form.
std::string written(const syntax& tree, node_index index);
/// The whole expression whatever it holds, in about `most` bytes and then "…".
std::string written_whole(const syntax& tree, node_index index, std::size_t most);
/// As written, in parentheses where an operator or a method follows; `otherwise` in the place of "".
std::string written_operand(const syntax& tree, node_index index, std::string_view otherwise);
/// A text as a literal in single quotes.
std::string in_quotes(std::string_view text);
/// `operand.name`, or `operand['name']` where the name is none that follows a dot.
std::string written_member(const std::string& operand, std::string_view name);

}  // namespace sallyport::cel
