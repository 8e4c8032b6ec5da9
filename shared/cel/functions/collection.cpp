// size, in, and indexing.
#include <cmath>

#include "cel/function.hpp"
#include "regex/utf8.hpp"

namespace sallyport::cel {
namespace {

value count(std::size_t size) {
  return value::integer(static_cast<std::int64_t>(size));
}

value size_of_string(call& context, const value* a) {
  context.spend(a[0].as_string().size() / 64);
  return count(regex::count_code_points(a[0].as_string()));
}
value size_of_bytes(call&, const value* a) {
  return count(a[0].as_string().size());
}
value size_of_list(call&, const value* a) {
  return count(a[0].as_list().size());
}
value size_of_map(call& context, const value* a) {
  return count(entries_of(a[0], context.memory)->size());
}

value in_list(call& context, const value* a) {
  for (const value& element : a[1].as_list()) {
    if (context.equals(a[0], element)) return value::boolean(true);
  }
  return value::boolean(false);
}

// The value at `key`, resolved lazily where the map is an object.
std::optional<value> lookup(call& context, const value& map, const value& key) {
  if (map.is(kind::object)) {
    if (!key.is(kind::string)) return std::nullopt;
    return map.as_object().field(key.as_string(), context.memory);
  }
  const value* found = find(map.as_map(), key);
  return found == nullptr ? std::nullopt : std::optional<value>(*found);
}

value in_map(call& context, const value* a) {
  return value::boolean(lookup(context, a[1], a[0]).has_value());
}

value index_map(call& context, const value* a) {
  const auto found = lookup(context, a[0], a[1]);
  return found ? *found : context.fail("no such key");
}

value element_at(call& context, std::span<const value> list, std::int64_t index) {
  if (index < 0 || static_cast<std::uint64_t>(index) >= list.size()) return context.fail("index out of range");
  return list[static_cast<std::size_t>(index)];
}

value index_list(call& context, const value* a) {
  return element_at(context, a[0].as_list(), a[1].as_integer());
}

value index_list_unsigned(call& context, const value* a) {
  if (a[1].as_unsigned() > INT64_MAX) return context.fail("index out of range");
  return element_at(context, a[0].as_list(), static_cast<std::int64_t>(a[1].as_unsigned()));
}

value index_list_real(call& context, const value* a) {
  const double index = a[1].as_real();
  if (!(index >= 0 && index < 9007199254740992.0) || index != std::floor(index)) {
    return context.fail("a list index must be a whole number");
  }
  return element_at(context, a[0].as_list(), static_cast<std::int64_t>(index));
}

value at_key_or_none(call& context, const value* a) {
  const auto found = lookup(context, a[0], a[1]);
  return found ? context.some(*found) : value::optional(nullptr);
}

value at_index_or_none(call& context, const value* a) {
  const auto list = a[0].as_list();
  const std::int64_t index = a[1].as_integer();
  if (index < 0 || static_cast<std::uint64_t>(index) >= list.size()) return value::optional(nullptr);
  return context.some(list[static_cast<std::size_t>(index)]);
}

// Indexing an optional goes into what it holds and keeps it optional.
value index_optional(call& context, const value* a) {
  const value* content = a[0].as_optional();
  if (content == nullptr) return a[0];
  const value arguments[] = {*content, a[1]};
  if (content->is(kind::list) && a[1].is(kind::integer)) return at_index_or_none(context, arguments);
  if (content->is(kind::map) || (content->is(kind::object) && content->as_object().is_map())) {
    return at_key_or_none(context, arguments);
  }
  return context.no_overload();
}

constexpr auto function = call_style::function;
constexpr auto method = call_style::method;
constexpr auto dynamic = call_style::dynamic;

constexpr std::array table = {
    overload{function, "size", "string", "int", size_of_string},
    overload{function, "size", "bytes", "int", size_of_bytes},
    overload{function, "size", "list(A)", "int", size_of_list},
    overload{function, "size", "map(A, B)", "int", size_of_map},
    overload{method, "size", "string", "int", size_of_string},
    overload{method, "size", "bytes", "int", size_of_bytes},
    overload{method, "size", "list(A)", "int", size_of_list},
    overload{method, "size", "map(A, B)", "int", size_of_map},
    overload{function, "@in", "A, list(A)", "bool", in_list},
    overload{function, "@in", "A, map(A, B)", "bool", in_map},
    overload{function, "_[_]", "list(A), int", "A", index_list},
    overload{function, "_[_]", "map(A, B), A", "B", index_map},
    overload{function, "_[_]", "optional_type(list(A)), int", "optional_type(A)", index_optional},
    overload{function, "_[_]", "optional_type(map(A, B)), A", "optional_type(B)", index_optional},
    overload{dynamic, "_[_]", "list(A), uint", "A", index_list_unsigned},
    overload{dynamic, "_[_]", "list(A), double", "A", index_list_real},
    overload{function, "_[?_]", "list(A), int", "optional_type(A)", at_index_or_none},
    overload{function, "_[?_]", "map(A, B), A", "optional_type(B)", at_key_or_none},
    overload{function, "_[?_]", "optional_type(list(A)), int", "optional_type(A)", index_optional},
    overload{function, "_[?_]", "optional_type(map(A, B)), A", "optional_type(B)", index_optional},
};

}  // namespace

std::span<const overload> collection_table() {
  return table;
}

}  // namespace sallyport::cel
