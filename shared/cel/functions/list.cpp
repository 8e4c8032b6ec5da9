// The lists and sets extensions.
#include <algorithm>
#include <vector>

#include "cel/function.hpp"

namespace sallyport::cel {
namespace {

value first(call&, const value* a) {
  const auto list = a[0].as_list();
  return value::optional(list.empty() ? nullptr : &list.front());
}

value last(call&, const value* a) {
  const auto list = a[0].as_list();
  return value::optional(list.empty() ? nullptr : &list.back());
}

value range(call& context, const value* a) {
  const std::int64_t count = std::max<std::int64_t>(a[0].as_integer(), 0);
  const auto size = static_cast<std::size_t>(std::min<std::int64_t>(count, INT32_MAX));
  if (!context.spend(size)) return {};
  const auto out = context.memory.make_array<value>(size);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = value::integer(static_cast<std::int64_t>(i));
  return value::list(out);
}

value reverse(call& context, const value* a) {
  const auto list = a[0].as_list();
  context.spend(list.size());
  const auto out = context.memory.make_array<value>(list.size());
  std::reverse_copy(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(out.size()), out.begin());
  return value::list(out);
}

value slice(call& context, const value* a) {
  const auto list = a[0].as_list();
  const std::int64_t from = a[1].as_integer();
  const std::int64_t to = a[2].as_integer();
  if (from < 0 || to < from || static_cast<std::uint64_t>(to) > list.size()) return context.fail("slice out of range");
  return value::list(list.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
}

// Ends early, too, when the steps run out: nobody reads the answer then.
bool contains(call& context, std::span<const value> list, const value& wanted) {
  return std::any_of(list.begin(), list.end(),
                     [&](const value& each) { return context.equals(each, wanted) || !context.spend(0); });
}

value distinct(call& context, const value* a) {
  std::vector<value> kept;
  for (const value& each : a[0].as_list()) {
    if (!context.spend(1)) return {};
    if (!contains(context, kept, each)) kept.push_back(each);
  }
  return context.list(kept);
}

bool flatten_into(call& context, std::span<const value> list, std::int64_t depth, std::vector<value>& out) {
  for (const value& each : list) {
    if (!context.spend(1)) return false;
    const bool nested = each.is(kind::list) && depth > 0;
    if (!nested) out.push_back(each);
    if (nested && !flatten_into(context, each.as_list(), depth - 1, out)) return false;
  }
  return true;
}

value flattened(call& context, const value* a, std::int64_t depth) {
  if (depth < 0) return context.fail("a negative depth");
  depth = std::min(depth, static_cast<std::int64_t>(max_value_depth));
  std::vector<value> out;
  flatten_into(context, a[0].as_list(), depth, out);
  return context.list(out);
}

value flatten(call& context, const value* a) {
  return flattened(context, a, 1);
}
value flatten_deep(call& context, const value* a) {
  return flattened(context, a, a[1].as_integer());
}

value sort(call& context, const value* a) {
  const auto list = a[0].as_list();
  for (const value& each : list) {
    if (each.kind() != list[0].kind()) return context.fail("the elements to sort have different types");
    if (compare(each, each) == ordering::none) return context.fail("the elements cannot be sorted");
    // As if every element were compared 16 times.
    if (!context.spend(4 + (each.is(kind::string) ? each.as_string().size() / 4 : 0))) return {};
  }
  const value copy = context.list(list);
  const auto out = copy.as_list();
  std::stable_sort(const_cast<value*>(out.data()), const_cast<value*>(out.data()) + out.size(),
                   [](const value& x, const value& y) { return compare(x, y) == ordering::less; });
  return copy;
}

bool is_subset(call& context, std::span<const value> part, std::span<const value> whole) {
  return std::all_of(part.begin(), part.end(), [&](const value& each) { return contains(context, whole, each); });
}

value sets_contains(call& context, const value* a) {
  return value::boolean(is_subset(context, a[1].as_list(), a[0].as_list()));
}

value sets_equivalent(call& context, const value* a) {
  return value::boolean(is_subset(context, a[0].as_list(), a[1].as_list()) &&
                        is_subset(context, a[1].as_list(), a[0].as_list()));
}

value sets_intersects(call& context, const value* a) {
  const auto left = a[0].as_list();
  return value::boolean(std::any_of(left.begin(), left.end(),
                                    [&](const value& each) { return contains(context, a[1].as_list(), each); }));
}

constexpr auto function = call_style::function;
constexpr auto method = call_style::method;

constexpr std::array table = {
    overload{function, "lists.range", "int", "list(int)", range},
    overload{method, "first", "list(A)", "optional_type(A)", first},
    overload{method, "last", "list(A)", "optional_type(A)", last},
    overload{method, "reverse", "list(A)", "list(A)", reverse},
    overload{method, "slice", "list(A), int, int", "list(A)", slice},
    overload{method, "distinct", "list(A)", "list(A)", distinct},
    overload{method, "flatten", "list(list(A))", "list(A)", flatten},
    overload{method, "flatten", "list(dyn), int", "list(dyn)", flatten_deep},
    overload{method, "sort", "list(A)", "list(A)", sort},
    overload{function, "sets.contains", "list(A), list(A)", "bool", sets_contains},
    overload{function, "sets.equivalent", "list(A), list(A)", "bool", sets_equivalent},
    overload{function, "sets.intersects", "list(A), list(A)", "bool", sets_intersects},
};

}  // namespace

std::span<const overload> list_table() {
  return table;
}

}  // namespace sallyport::cel
