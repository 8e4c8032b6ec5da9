// The grammar (cel-spec, doc/langdef.md, "Syntax") by precedence climbing; macros are expanded as they are met.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "cel/arena.hpp"
#include "cel/diagnosis.hpp"
#include "cel/program.hpp"
#include "cel/syntax.hpp"
#include "cel/token.hpp"

namespace sallyport::cel {

class parser {
 public:
  /// Literals are laid out in `literals`; nodes view it and `source`.
  parser(std::string_view source, const compile_limits& limits, arena& literals, syntax& out);
  /// The whole source as one expression, or what is wrong with it.
  std::optional<diagnosis> parse();

 private:
  static constexpr node_index no_node = UINT32_MAX;
  using nodes = std::vector<node_index>;

  // parser.cpp and parser_primary.cpp: the grammar. Each gives no_node after reporting a problem.
  node_index parse_expression();
  node_index parse_binary(int level);
  node_index parse_logical(int level);
  node_index parse_unary();
  node_index parse_suffixes(node_index member);
  node_index parse_selection(node_index operand);
  node_index parse_index(node_index operand);
  node_index parse_primary();
  node_index parse_negative_number(std::uint32_t offset);
  node_index parse_parentheses();
  node_index parse_identifier();
  node_index parse_message(node_index name, std::uint32_t offset);
  node_index parse_list();
  node_index parse_map();
  node_index parse_literal();
  node_index parse_text();
  bool parse_arguments(nodes& out);

  // macros.cpp
  node_index make_call(std::string_view name, node_index receiver, nodes arguments, std::uint32_t offset);
  node_index expand_global_macro(std::string_view name, const nodes& arguments, std::uint32_t offset);
  node_index expand_receiver_macro(std::string_view name, node_index receiver, const nodes& arguments,
                                   std::uint32_t offset);
  node_index make_has(const nodes& arguments, std::uint32_t offset);
  node_index make_comprehension(macro_kind macro, node_index range, const nodes& arguments, std::size_t variables,
                                std::uint32_t offset);
  node_index make_binding(node_kind kind, node_index subject, node_index name, node_index body, std::uint32_t offset);
  node_index make_extreme(std::string_view name, const nodes& arguments, std::uint32_t offset);
  bool is_name(node_index index, std::string_view name) const;
  bool variable_name(node_index index, std::string_view& out);

  node_index make(node_kind kind, std::uint32_t offset, const nodes& children);
  node_index make_constant(value constant, std::uint32_t offset);
  node_index fail(std::uint32_t offset, std::string message, std::string advice = {});
  /// `advice` where more is known than the tokens tell.
  node_index unexpected(std::string_view wanted, std::string advice = {});
  void advance();
  bool take(std::string_view symbol);
  node& at(node_index index) { return out_.nodes[index]; }
  const node& at(node_index index) const { return out_.nodes[index]; }

  std::string_view source_;
  compile_limits limits_;
  arena& literals_;
  syntax& out_;
  lexer lexer_;
  token current_;
  /// The one in front of it; end at the start.
  token before_;
  std::size_t depth_ = 0;
  std::optional<diagnosis> problem_;
};

/// The function behind an operator of two operands, e.g. "_+_"; empty when there is none.
std::string_view binary_operator(std::string_view symbol, int level);

}  // namespace sallyport::cel
