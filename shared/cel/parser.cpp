#include "cel/parser.hpp"

#include <array>

#include "cel/advice.hpp"
#include "cel/literal.hpp"
#include "encoding/json.hpp"
#include "encoding/look_alike.hpp"

namespace sallyport::cel {
namespace {

struct operator_row {
  int level;
  std::string_view symbol;
  std::string_view function;
};

constexpr int or_level = 1;
constexpr int and_level = 2;
constexpr int relation_level = 3;
constexpr int unary_level = 6;

constexpr std::array<operator_row, 14> operators = {{
    {or_level, "||", "_||_"},
    {and_level, "&&", "_&&_"},
    {relation_level, "==", "_==_"},
    {relation_level, "!=", "_!=_"},
    {relation_level, "<=", "_<=_"},
    {relation_level, ">=", "_>=_"},
    {relation_level, "<", "_<_"},
    {relation_level, ">", "_>_"},
    {relation_level, "in", "@in"},
    {4, "+", "_+_"},
    {4, "-", "_-_"},
    {5, "*", "_*_"},
    {5, "/", "_/_"},
    {5, "%", "_%_"},
}};

/// Counts the nesting of expressions while it lives.
class nesting {
 public:
  explicit nesting(std::size_t& depth) : depth_(depth) { ++depth_; }
  ~nesting() { --depth_; }
  nesting(const nesting&) = delete;
  nesting& operator=(const nesting&) = delete;

 private:
  std::size_t& depth_;
};

constexpr std::string_view depth_advice = "split the expression, or compare with a list: x in ['a', 'b']";

}  // namespace

std::string_view binary_operator(std::string_view symbol, int level) {
  for (const auto& row : operators) {
    if (row.level == level && row.symbol == symbol) return row.function;
  }
  return {};
}

parser::parser(std::string_view source, const compile_limits& limits, arena& literals, syntax& out)
    : source_(source), limits_(limits), literals_(literals), out_(out), lexer_(source) {}

std::optional<diagnosis> parser::parse() {
  if (source_.size() > limits_.max_source_bytes) {
    fail(0, "the expression is longer than " + std::to_string(limits_.max_source_bytes) + " bytes", "split it");
    return problem_;
  }
  if (!encoding::is_utf8(source_)) {
    fail(0, "the expression is not UTF-8", "save the file as UTF-8");
    return problem_;
  }
  advance();
  const node_index root = parse_expression();
  if (root != no_node && current_.kind != token_kind::end) unexpected("an operator or the end");
  out_.root = root;
  return problem_;
}

node_index parser::parse_expression() {
  const nesting level(depth_);
  if (depth_ > limits_.max_depth) {
    return fail(current_.offset, "nested deeper than " + std::to_string(limits_.max_depth), std::string(depth_advice));
  }
  const node_index condition = parse_logical(or_level);
  const std::uint32_t offset = current_.offset;
  if (condition == no_node || !take("?")) return condition;
  const node_index then = parse_logical(or_level);
  if (then == no_node) return no_node;
  if (!take(":")) {
    return unexpected("':' of the conditional", "write test ? this : that; an optional field is a.?b");
  }
  const node_index otherwise = parse_expression();
  if (otherwise == no_node) return no_node;
  return make(node_kind::conditional, offset, {condition, then, otherwise});
}

// && and || chains become one node, so that a long list of alternatives is wide and not deep.
node_index parser::parse_logical(int level) {
  const auto operand = [&] { return level == or_level ? parse_logical(and_level) : parse_binary(relation_level); };
  const std::string_view symbol = level == or_level ? "||" : "&&";
  nodes operands{operand()};
  const std::uint32_t offset = current_.offset;
  while (operands.back() != no_node && take(symbol)) operands.push_back(operand());
  if (operands.back() == no_node || operands.size() == 1) return operands.back();
  return make(level == or_level ? node_kind::logical_or : node_kind::logical_and, offset, operands);
}

node_index parser::parse_binary(int level) {
  if (level == unary_level) return parse_unary();
  node_index left = parse_binary(level + 1);
  while (left != no_node) {
    const bool word = current_.is_word("in");
    const bool symbol = current_.kind == token_kind::symbol || word;
    const std::string_view function = symbol ? binary_operator(current_.text, level) : std::string_view{};
    if (function.empty()) return left;
    const std::uint32_t offset = current_.offset;
    advance();
    const node_index right = parse_binary(level + 1);
    if (right == no_node) return no_node;
    left = make(node_kind::call, offset, {left, right});
    if (left != no_node) at(left).name = function;
  }
  return left;
}

node_index parser::parse_unary() {
  std::vector<token> marks;
  while (current_.is("!") || current_.is("-")) {
    marks.push_back(current_);
    advance();
    if (marks.size() > limits_.max_depth) return fail(current_.offset, "too many signs", "write fewer");
  }
  const bool number = current_.kind == token_kind::integer || current_.kind == token_kind::real;
  node_index operand = no_node;
  if (number && !marks.empty() && marks.back().text == "-") {
    operand = parse_negative_number(marks.back().offset);
    marks.pop_back();
  } else {
    operand = parse_suffixes(parse_primary());
  }
  for (; operand != no_node && !marks.empty(); marks.pop_back()) {
    operand = make(node_kind::call, marks.back().offset, {operand});
    if (operand != no_node) at(operand).name = marks.back().text == "!" ? "!_" : "-_";
  }
  return operand;
}

// The sign belongs to the literal, so that the least int can be written.
node_index parser::parse_negative_number(std::uint32_t offset) {
  const auto number = number_literal(current_, true);
  if (!number) return fail(current_.offset, "a number out of range", "int is 64 bits with sign");
  advance();
  return parse_suffixes(make_constant(*number, offset));
}

node_index parser::parse_suffixes(node_index member) {
  while (member != no_node && (current_.is(".") || current_.is("["))) {
    member = current_.is(".") ? parse_selection(member) : parse_index(member);
  }
  return member;
}

node_index parser::parse_selection(node_index operand) {
  const std::uint32_t offset = current_.offset;
  advance();
  const bool optional = take("?");
  const token name = current_;
  const bool quoted = name.kind == token_kind::quoted_identifier;
  if (name.kind != token_kind::identifier && !quoted) return unexpected("a field or function name");
  if (is_keyword(name.text) && !quoted)
    return fail(name.offset, "a keyword cannot be a field",
                "write 'a' in x for a test; a field of this name is quoted: .`" + std::string(name.text) + "`");
  advance();
  if (current_.is("(") && !quoted && !optional) {
    nodes arguments;
    const std::uint32_t call_offset = current_.offset;
    if (!parse_arguments(arguments)) return no_node;
    return make_call(name.text, operand, std::move(arguments), call_offset);
  }
  const node_index made = make(node_kind::select, offset, {operand});
  if (made == no_node) return no_node;
  at(made).name = name.text;
  at(made).optional = optional;
  const bool named = at(operand).kind == node_kind::identifier || at(operand).kind == node_kind::select;
  return current_.is("{") && named && !optional ? parse_message(made, current_.offset) : made;
}

node_index parser::parse_index(node_index operand) {
  const std::uint32_t offset = current_.offset;
  advance();
  const bool optional = take("?");
  const node_index index = parse_expression();
  if (index == no_node) return no_node;
  if (!take("]")) return unexpected("']'");
  const node_index made = make(node_kind::call, offset, {operand, index});
  if (made != no_node) at(made).name = optional ? "_[?_]" : "_[_]";
  return made;
}

node_index parser::parse_primary() {
  switch (current_.kind) {
    case token_kind::integer:
    case token_kind::unsigned_integer:
    case token_kind::real: return parse_literal();
    case token_kind::string:
    case token_kind::bytes: return parse_text();
    case token_kind::identifier: return parse_identifier();
    case token_kind::symbol:
      if (current_.is("(")) return parse_parentheses();
      if (current_.is("[")) return parse_list();
      if (current_.is("{")) return parse_map();
      if (current_.is(".")) return parse_identifier();
      return unexpected("a value");
    case token_kind::end:
    case token_kind::quoted_identifier:
    case token_kind::invalid: return unexpected("a value");
  }
  return no_node;
}

node_index parser::parse_parentheses() {
  advance();
  const node_index inner = parse_expression();
  if (inner != no_node && !take(")")) return unexpected("')'");
  return inner;
}

node_index parser::parse_identifier() {
  const std::uint32_t offset = current_.offset;
  const bool rooted = take(".");
  const token name = current_;
  if (name.kind != token_kind::identifier) return unexpected("a name");
  if (!rooted && name.text == "true") return advance(), make_constant(value::boolean(true), offset);
  if (!rooted && name.text == "false") return advance(), make_constant(value::boolean(false), offset);
  if (!rooted && name.text == "null") return advance(), make_constant(value::null(), offset);
  if (is_reserved(name.text)) {
    return fail(offset, "'" + std::string(name.text) + "' is a reserved word", advise_reserved(name.text));
  }
  advance();
  if (current_.is("(")) {
    nodes arguments;
    const std::uint32_t call_offset = current_.offset;
    if (!parse_arguments(arguments)) return no_node;
    return make_call(name.text, no_node, std::move(arguments), call_offset);
  }
  const node_index made = make(node_kind::identifier, offset, {});
  if (made == no_node) return no_node;
  at(made).name = name.text;
  at(made).rooted = rooted;
  return current_.is("{") ? parse_message(made, current_.offset) : made;
}

node_index parser::make(node_kind kind, std::uint32_t offset, const nodes& children) {
  node made;
  made.kind = kind;
  made.offset = offset;
  made.first_child = static_cast<std::uint32_t>(out_.children.size());
  made.child_count = static_cast<std::uint32_t>(children.size());
  for (const node_index child : children) {
    made.height = std::max(made.height, static_cast<std::uint16_t>(at(child).height + 1));
  }
  if (made.height > limits_.max_depth) {
    return fail(offset, "nested deeper than " + std::to_string(limits_.max_depth), std::string(depth_advice));
  }
  out_.children.insert(out_.children.end(), children.begin(), children.end());
  out_.nodes.push_back(made);
  return static_cast<node_index>(out_.nodes.size() - 1);
}

node_index parser::make_constant(value constant, std::uint32_t offset) {
  const node_index made = make(node_kind::constant, offset, {});
  if (made != no_node) at(made).constant = constant;
  return made;
}

node_index parser::fail(std::uint32_t offset, std::string message, std::string advice) {
  if (!problem_) problem_ = diagnosis{reason::cel_syntax, offset, std::move(message), std::move(advice)};
  return no_node;
}

node_index parser::unexpected(std::string_view wanted, std::string advice) {
  if (advice.empty()) advice = advise_syntax(source_, before_, current_);
  if (current_.kind == token_kind::invalid && current_.text != lexer::unknown_character) {
    return fail(current_.offset, std::string(current_.text), std::move(advice));
  }
  std::string found = current_.kind == token_kind::end ? "the end" : "'" + std::string(current_.text) + "'";
  if (current_.kind == token_kind::invalid) found = encoding::name_character(source_.substr(current_.offset));
  return fail(current_.offset, "found " + found + ", expected " + std::string(wanted), std::move(advice));
}

void parser::advance() {
  // A lexer that met something invalid stays there, so that the first problem is the one reported.
  if (current_.kind == token_kind::invalid) return;
  before_ = current_;
  current_ = lexer_.next();
}

bool parser::take(std::string_view symbol) {
  if (!current_.is(symbol)) return false;
  advance();
  return true;
}

}  // namespace sallyport::cel
