// Equality and order. Every pair of values is equal or not; only some are ordered, numbers across their types.
#include "cel/function.hpp"

namespace sallyport::cel {
namespace {

value is_equal(call& context, const value* a) {
  return value::boolean(context.equals(a[0], a[1]));
}
value is_unequal(call& context, const value* a) {
  return value::boolean(!context.equals(a[0], a[1]));
}

ordering compared(call& context, const value* a) {
  if (a[0].is(kind::string) || a[0].is(kind::bytes)) context.spend(a[0].as_string().size() / 64);
  return compare(a[0], a[1]);
}

value is_less(call& context, const value* a) {
  return value::boolean(compared(context, a) == ordering::less);
}
value is_greater(call& context, const value* a) {
  return value::boolean(compared(context, a) == ordering::greater);
}

// NaN is neither less, equal nor greater, hence not the negation of the opposite.
value is_less_or_equal(call& context, const value* a) {
  const ordering found = compared(context, a);
  return value::boolean(found == ordering::less || found == ordering::equal);
}

value is_greater_or_equal(call& context, const value* a) {
  const ordering found = compared(context, a);
  return value::boolean(found == ordering::greater || found == ordering::equal);
}

constexpr auto function = call_style::function;

#define SALLYPORT_CEL_ORDER(name, run)                                                                                 \
  overload{function, name, "bool, bool", "bool", run}, overload{function, name, "int, int", "bool", run},              \
      overload{function, name, "uint, uint", "bool", run}, overload{function, name, "double, double", "bool", run},    \
      overload{function, name, "string, string", "bool", run}, overload{function, name, "bytes, bytes", "bool", run},  \
      overload{function, name, "timestamp, timestamp", "bool", run},                                                   \
      overload{function, name, "duration, duration", "bool", run}, overload{function, name, "int, uint", "bool", run}, \
      overload{function, name, "int, double", "bool", run}, overload{function, name, "uint, int", "bool", run},        \
      overload{function, name, "uint, double", "bool", run}, overload{function, name, "double, int", "bool", run},     \
      overload {                                                                                                       \
    function, name, "double, uint", "bool", run                                                                        \
  }

constexpr std::array table = {
    overload{function, "_==_", "A, A", "bool", is_equal},
    overload{function, "_!=_", "A, A", "bool", is_unequal},
    SALLYPORT_CEL_ORDER("_<_", is_less),
    SALLYPORT_CEL_ORDER("_<=_", is_less_or_equal),
    SALLYPORT_CEL_ORDER("_>_", is_greater),
    SALLYPORT_CEL_ORDER("_>=_", is_greater_or_equal),
};

#undef SALLYPORT_CEL_ORDER

}  // namespace

std::span<const overload> order_table() {
  return table;
}

}  // namespace sallyport::cel
