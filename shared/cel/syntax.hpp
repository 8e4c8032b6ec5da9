// The syntax tree: what the parser makes, the checker resolves and the evaluator walks. Nodes lie in one array and
// refer to each other by index; names are views into the source, and every node knows where it stands in it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cel/value.hpp"

namespace sallyport::regex {
class pattern;
}

namespace sallyport::cel {

struct overload;

using node_index = std::uint32_t;

enum class node_kind : std::uint8_t {
  /// A literal, a type name, or what constant folding made of a call.
  constant,
  /// A name as written, before resolution.
  identifier,
  /// Resolved: a variable of the environment (slot), or one that a macro declares (slot in the frame).
  variable,
  local,
  /// operand.name
  select,
  /// has(operand.name)
  has,
  /// A function, operators included (operator_name); children are the arguments, the receiver first.
  call,
  /// Two operands or more, evaluated in order until one decides.
  logical_and,
  logical_or,
  conditional,
  list,
  /// Children are keys and values in turn.
  map,
  /// name{field: value}: parsed, but there are no message types.
  message,
  /// A macro over a range; children are range, body and, where it has one, filter. See macro_kind.
  comprehension,
  /// cel.bind(name, value, body); children are value and body.
  bind,
  /// optMap, optFlatMap; children are the optional and the body.
  optional_map,
  optional_flat_map,
  /// In no program: tells of its only child what that comes to (cel/observer.hpp).
  observed,
};

enum class macro_kind : std::uint8_t {
  none,
  all,
  exists,
  exists_one,
  map,
  filter,
  transform_list,
  transform_map,
  transform_map_entry,
  sort_by,
};

struct node {
  node_kind kind = node_kind::constant;
  macro_kind macro = macro_kind::none;
  /// Select: `.?name`.
  bool optional = false;
  /// Element of a list or key of a map: `?entry`.
  bool optional_entry = false;
  /// Call: the first child is the receiver.
  bool receiver = false;
  /// Identifier or call: written with a leading dot, so never a local and not looked up in the container.
  bool rooted = false;
  /// Height of the tree below, this node included.
  std::uint16_t height = 1;
  /// Bytes from the start of the source.
  std::uint32_t offset = 0;
  std::uint32_t first_child = 0;
  std::uint32_t child_count = 0;
  /// Variable or local; the first local that a macro declares.
  std::uint32_t slot = 0;
  /// Call: the overloads that may apply, in syntax::overloads.
  std::uint32_t first_overload = 0;
  std::uint32_t overload_count = 0;
  /// Identifier, field, function, or first variable of a macro.
  std::string_view name;
  /// Second variable of a macro; empty when there is only one.
  std::string_view second_name;
  value constant;
  /// Call of matches() with a constant pattern.
  const regex::pattern* pattern = nullptr;
};

struct syntax {
  std::vector<node> nodes;
  std::vector<node_index> children;
  std::vector<const overload*> overloads;
  node_index root = 0;

  std::span<const node_index> children_of(const node& parent) const {
    return {children.data() + parent.first_child, parent.child_count};
  }
  std::span<const overload* const> overloads_of(const node& call) const {
    return {overloads.data() + call.first_overload, call.overload_count};
  }
};

}  // namespace sallyport::cel
