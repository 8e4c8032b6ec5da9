// Macros: calls that are syntax (cel-spec, doc/langdef.md, "Macros"; the bindings, optional, math and two-variable
// comprehension extensions). A call whose name and number of arguments fit no macro stays a call.
#include <array>

#include "cel/advice.hpp"
#include "cel/parser.hpp"

namespace sallyport::cel {
namespace {

struct macro_row {
  std::string_view name;
  macro_kind macro;
  std::size_t arguments;
  /// How many of them, from the left, name variables.
  std::size_t variables;
};

constexpr std::array<macro_row, 18> comprehensions = {{
    {"all", macro_kind::all, 2, 1},
    {"exists", macro_kind::exists, 2, 1},
    {"exists_one", macro_kind::exists_one, 2, 1},
    {"existsOne", macro_kind::exists_one, 2, 1},
    {"map", macro_kind::map, 2, 1},
    {"map", macro_kind::map, 3, 1},
    {"filter", macro_kind::filter, 2, 1},
    {"sortBy", macro_kind::sort_by, 2, 1},
    {"all", macro_kind::all, 3, 2},
    {"exists", macro_kind::exists, 3, 2},
    {"exists_one", macro_kind::exists_one, 3, 2},
    {"existsOne", macro_kind::exists_one, 3, 2},
    {"transformList", macro_kind::transform_list, 3, 2},
    {"transformList", macro_kind::transform_list, 4, 2},
    {"transformMap", macro_kind::transform_map, 3, 2},
    {"transformMap", macro_kind::transform_map, 4, 2},
    {"transformMapEntry", macro_kind::transform_map_entry, 3, 2},
    {"transformMapEntry", macro_kind::transform_map_entry, 4, 2},
}};

const macro_row* find_comprehension(std::string_view name, std::size_t arguments) {
  for (const auto& row : comprehensions) {
    if (row.name == name && row.arguments == arguments) return &row;
  }
  return nullptr;
}

}  // namespace

node_index parser::make_call(std::string_view name, node_index receiver, nodes arguments, std::uint32_t offset) {
  const node_index macro = receiver == no_node ? expand_global_macro(name, arguments, offset)
                                               : expand_receiver_macro(name, receiver, arguments, offset);
  if (macro != no_node || problem_) return macro;
  if (receiver != no_node) arguments.insert(arguments.begin(), receiver);
  const node_index made = make(node_kind::call, offset, arguments);
  if (made == no_node) return no_node;
  at(made).name = name;
  at(made).receiver = receiver != no_node;
  return made;
}

node_index parser::expand_global_macro(std::string_view name, const nodes& arguments, std::uint32_t offset) {
  return name == "has" && arguments.size() == 1 ? make_has(arguments, offset) : no_node;
}

node_index parser::expand_receiver_macro(std::string_view name, node_index receiver, const nodes& arguments,
                                         std::uint32_t offset) {
  if (is_name(receiver, "cel") && name == "bind" && arguments.size() == 3) {
    return make_binding(node_kind::bind, arguments[1], arguments[0], arguments[2], offset);
  }
  if (is_name(receiver, "math") && (name == "greatest" || name == "least"))
    return make_extreme(name, arguments, offset);
  if (name == "optMap" && arguments.size() == 2) {
    return make_binding(node_kind::optional_map, receiver, arguments[0], arguments[1], offset);
  }
  if (name == "optFlatMap" && arguments.size() == 2) {
    return make_binding(node_kind::optional_flat_map, receiver, arguments[0], arguments[1], offset);
  }
  const macro_row* row = find_comprehension(name, arguments.size());
  return row == nullptr ? no_node : make_comprehension(row->macro, receiver, arguments, row->variables, offset);
}

node_index parser::make_has(const nodes& arguments, std::uint32_t offset) {
  const node& field = at(arguments[0]);
  if (field.kind != node_kind::select) {
    return fail(field.offset, "has() asks for a field: has(identity.email)", advise_has(source_, out_, arguments[0]));
  }
  // The selection itself becomes the test: nothing else refers to it.
  at(arguments[0]).kind = node_kind::has;
  at(arguments[0]).offset = offset;
  return arguments[0];
}

// Arguments: the variables, then [filter,] body. For the macros that decide, the body is the predicate.
node_index parser::make_comprehension(macro_kind macro, node_index range, const nodes& arguments, std::size_t variables,
                                      std::uint32_t offset) {
  std::string_view first;
  std::string_view second;
  if (!variable_name(arguments[0], first)) return no_node;
  if (variables == 2 && !variable_name(arguments[1], second)) return no_node;
  if (first == second) return fail(at(arguments[1]).offset, "the two variables share a name", "rename one");
  nodes children{range, arguments.back()};
  if (arguments.size() == variables + 2) children.push_back(arguments[variables]);
  const node_index made = make(node_kind::comprehension, offset, children);
  if (made == no_node) return no_node;
  at(made).macro = macro;
  at(made).name = first;
  at(made).second_name = second;
  return made;
}

node_index parser::make_binding(node_kind kind, node_index subject, node_index name, node_index body,
                                std::uint32_t offset) {
  std::string_view variable;
  if (!variable_name(name, variable)) return no_node;
  const node_index made = make(kind, offset, {subject, body});
  if (made != no_node) at(made).name = variable;
  return made;
}

// math.greatest(a, b, c) is math.greatest([a, b, c]); one or two arguments have overloads of their own.
node_index parser::make_extreme(std::string_view name, const nodes& arguments, std::uint32_t offset) {
  if (arguments.empty()) return fail(offset, "math." + std::string(name) + "() needs an argument", "give it a number");
  nodes given = arguments;
  if (arguments.size() > 2) given = {make(node_kind::list, offset, arguments)};
  if (given[0] == no_node) return no_node;
  const node_index made = make(node_kind::call, offset, given);
  if (made != no_node) at(made).name = name == "greatest" ? "math.@max" : "math.@min";
  return made;
}

bool parser::is_name(node_index index, std::string_view name) const {
  return at(index).kind == node_kind::identifier && at(index).name == name;
}

bool parser::variable_name(node_index index, std::string_view& out) {
  const node& named = at(index);
  if (named.kind != node_kind::identifier || named.rooted) {
    fail(named.offset, "this argument of the macro must be a plain name",
         "name each element first: list.exists(x, x == 'a')");
    return false;
  }
  out = named.name;
  return true;
}

}  // namespace sallyport::cel
