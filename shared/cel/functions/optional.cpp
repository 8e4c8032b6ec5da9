// The optional extension: optional.of(x), optional.none(), and what can be asked of them.
#include "cel/function.hpp"

namespace sallyport::cel {
namespace {

value of(call& context, const value* a) {
  return context.some(a[0]);
}
value none(call&, const value*) {
  return value::optional(nullptr);
}

// What a type starts from: null, zero, empty.
bool is_zero(call& context, const value& v) {
  switch (v.kind()) {
    case kind::null: return true;
    case kind::boolean: return !v.as_boolean();
    case kind::integer: return v.as_integer() == 0;
    case kind::unsigned_integer: return v.as_unsigned() == 0;
    case kind::real: return v.as_real() == 0;
    case kind::string:
    case kind::bytes: return v.as_string().empty();
    case kind::list: return v.as_list().empty();
    case kind::map:
    case kind::object: {
      const auto entries = entries_of(v, context.memory);
      return entries && entries->empty();
    }
    case kind::timestamp: return v.as_timestamp() == timestamp{};
    case kind::duration: return v.as_duration() == duration{};
    case kind::optional: return v.as_optional() == nullptr;
    case kind::type:
    case kind::ip:
    case kind::cidr:
    case kind::error: return false;
  }
  return false;
}

value of_non_zero(call& context, const value* a) {
  return is_zero(context, a[0]) ? value::optional(nullptr) : context.some(a[0]);
}

value has_value(call&, const value* a) {
  return value::boolean(a[0].as_optional() != nullptr);
}

value content(call& context, const value* a) {
  return a[0].as_optional() == nullptr ? context.fail("optional.none() has no value") : *a[0].as_optional();
}

value or_optional(call&, const value* a) {
  return a[0].as_optional() == nullptr ? a[1] : a[0];
}
value or_value(call&, const value* a) {
  return a[0].as_optional() == nullptr ? a[1] : *a[0].as_optional();
}

value unwrap(call& context, const value* a) {
  const auto list = a[0].as_list();
  const auto out = context.memory.make_array<value>(list.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!list[i].is(kind::optional)) return context.no_overload();
    if (list[i].as_optional() != nullptr) out[kept++] = *list[i].as_optional();
  }
  context.spend(list.size());
  return value::list(out.first(kept));
}

constexpr auto function = call_style::function;
constexpr auto method = call_style::method;

constexpr std::array table = {
    overload{function, "optional.of", "A", "optional_type(A)", of},
    overload{function, "optional.none", "", "optional_type(A)", none},
    overload{function, "optional.ofNonZeroValue", "A", "optional_type(A)", of_non_zero},
    overload{function, "optional.unwrap", "list(optional_type(A))", "list(A)", unwrap},
    overload{method, "unwrapOpt", "list(optional_type(A))", "list(A)", unwrap},
    overload{method, "hasValue", "optional_type(A)", "bool", has_value},
    overload{method, "value", "optional_type(A)", "A", content},
    overload{method, "or", "optional_type(A), optional_type(A)", "optional_type(A)", or_optional},
    overload{method, "orValue", "optional_type(A), A", "A", or_value},
};

}  // namespace

std::span<const overload> optional_table() {
  return table;
}

}  // namespace sallyport::cel
