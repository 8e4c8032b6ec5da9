// Lists, maps, messages, arguments and literals.
#include "cel/literal.hpp"
#include "cel/parser.hpp"

namespace sallyport::cel {

namespace {

constexpr const char* message_advice = "a condition is one expression without braces; a map is {'name': value}";

}  // namespace

// name{field: value, …}: the grammar knows messages, the type system does not yet.
node_index parser::parse_message(node_index name, std::uint32_t offset) {
  advance();
  nodes children{name};
  while (!current_.is("}")) {
    take("?");
    if (current_.kind != token_kind::identifier && current_.kind != token_kind::quoted_identifier) {
      return unexpected("a field name or '}'", message_advice);
    }
    advance();
    if (!take(":")) return unexpected("':'", message_advice);
    const node_index field = parse_expression();
    if (field == no_node) return no_node;
    children.push_back(field);
    if (!take(",")) break;
  }
  if (!take("}")) return unexpected("'}'");
  return make(node_kind::message, offset, children);
}

node_index parser::parse_list() {
  const std::uint32_t offset = current_.offset;
  advance();
  nodes elements;
  while (!current_.is("]")) {
    const bool optional = take("?");
    const node_index element = parse_expression();
    if (element == no_node) return no_node;
    at(element).optional_entry = optional;
    elements.push_back(element);
    if (!take(",")) break;
  }
  if (!take("]")) return unexpected("',' or ']'");
  return make(node_kind::list, offset, elements);
}

node_index parser::parse_map() {
  const std::uint32_t offset = current_.offset;
  advance();
  nodes entries;
  while (!current_.is("}")) {
    const bool optional = take("?");
    const node_index key = parse_expression();
    if (key == no_node) return no_node;
    if (!take(":")) return unexpected("':' between key and value");
    const node_index content = parse_expression();
    if (content == no_node) return no_node;
    at(key).optional_entry = optional;
    entries.insert(entries.end(), {key, content});
    if (!take(",")) break;
  }
  if (!take("}")) return unexpected("',' or '}'");
  return make(node_kind::map, offset, entries);
}

node_index parser::parse_literal() {
  const std::uint32_t offset = current_.offset;
  const auto number = number_literal(current_, false);
  if (!number) return fail(offset, "a number out of range", "int is 64 bits with sign, uint (42u) 64 bits without");
  advance();
  return make_constant(*number, offset);
}

node_index parser::parse_text() {
  const token text = current_;
  const auto content = text_literal(text);
  if (!content.ok()) return fail(text.offset, content.error().detail, "double the backslash, or write r'…'");
  const std::string_view kept = literals_.copy(*content);
  if (literals_.exhausted()) return fail(text.offset, "too much literal text", "split the expression");
  advance();
  return make_constant(text.kind == token_kind::bytes ? value::bytes(as_bytes(kept)) : value::string(kept),
                       text.offset);
}

bool parser::parse_arguments(nodes& out) {
  advance();
  while (!current_.is(")")) {
    out.push_back(parse_expression());
    if (out.back() == no_node) return false;
    if (!take(",")) break;
    if (current_.is(")")) return unexpected("an argument"), false;
  }
  if (take(")")) return true;
  unexpected("',' or ')'");
  return false;
}

}  // namespace sallyport::cel
