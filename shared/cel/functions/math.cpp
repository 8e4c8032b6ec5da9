// The math extension. greatest and least are macros over math.@max and math.@min.
#include <cmath>

#include "cel/function.hpp"

namespace sallyport::cel {
namespace {

value greater(call&, const value* a) {
  return compare(a[1], a[0]) == ordering::greater ? a[1] : a[0];
}
value lesser(call&, const value* a) {
  return compare(a[1], a[0]) == ordering::less ? a[1] : a[0];
}
value itself(call&, const value* a) {
  return a[0];
}

bool is_number(const value& v) {
  return v.is(kind::integer) || v.is(kind::unsigned_integer) || v.is(kind::real);
}

value extreme(call& context, const value& list, ordering wanted) {
  const auto numbers = list.as_list();
  if (numbers.empty()) return context.fail("the greatest or least of an empty list");
  value best = numbers[0];
  for (const value& next : numbers) {
    if (!is_number(next)) return context.no_overload();
    if (compare(next, best) == wanted) best = next;
  }
  context.spend(numbers.size());
  return best;
}

value greatest(call& context, const value* a) {
  return extreme(context, a[0], ordering::greater);
}
value least(call& context, const value* a) {
  return extreme(context, a[0], ordering::less);
}

template <double (*Function)(double)>
value rounded(call&, const value* a) {
  return value::real(Function(a[0].as_real()));
}
double ceiling(double x) {
  return std::ceil(x);
}
double floor(double x) {
  return std::floor(x);
}
double round(double x) {
  return std::round(x);
}
double truncate(double x) {
  return std::trunc(x);
}
double magnitude(double x) {
  return std::fabs(x);
}
double root(double x) {
  return std::sqrt(x);
}
double sign(double x) {
  return x > 0 ? 1 : x < 0 ? -1 : x;
}

value root_of_integer(call&, const value* a) {
  return value::real(std::sqrt(static_cast<double>(a[0].as_integer())));
}
value root_of_unsigned(call&, const value* a) {
  return value::real(std::sqrt(static_cast<double>(a[0].as_unsigned())));
}

value is_nan(call&, const value* a) {
  return value::boolean(std::isnan(a[0].as_real()));
}
value is_infinite(call&, const value* a) {
  return value::boolean(std::isinf(a[0].as_real()));
}
value is_finite(call&, const value* a) {
  return value::boolean(std::isfinite(a[0].as_real()));
}

value magnitude_of_integer(call& context, const value* a) {
  if (a[0].as_integer() == INT64_MIN) return context.fail("the result does not fit 64 bits");
  return value::integer(a[0].as_integer() < 0 ? -a[0].as_integer() : a[0].as_integer());
}

value sign_of_integer(call&, const value* a) {
  return value::integer((a[0].as_integer() > 0 ? 1 : 0) - (a[0].as_integer() < 0 ? 1 : 0));
}
value sign_of_unsigned(call&, const value* a) {
  return value::unsigned_integer(a[0].as_unsigned() > 0 ? 1 : 0);
}

std::uint64_t bits(const value& v) {
  return v.is(kind::integer) ? static_cast<std::uint64_t>(v.as_integer()) : v.as_unsigned();
}

// Bits as a number of the same kind as `like`.
value number(std::uint64_t made, const value& like) {
  return like.is(kind::integer) ? value::integer(static_cast<std::int64_t>(made)) : value::unsigned_integer(made);
}

value bit_and(call&, const value* a) {
  return number(bits(a[0]) & bits(a[1]), a[0]);
}
value bit_or(call&, const value* a) {
  return number(bits(a[0]) | bits(a[1]), a[0]);
}
value bit_xor(call&, const value* a) {
  return number(bits(a[0]) ^ bits(a[1]), a[0]);
}
value bit_not(call&, const value* a) {
  return number(~bits(a[0]), a[0]);
}

// Shifts are of bits, not of numbers: no sign is kept, and whatever is pushed out is gone.
value shift_left(call& context, const value* a) {
  if (a[1].as_integer() < 0) return context.fail("a shift by a negative offset");
  return number(a[1].as_integer() > 63 ? 0 : bits(a[0]) << a[1].as_integer(), a[0]);
}

value shift_right(call& context, const value* a) {
  if (a[1].as_integer() < 0) return context.fail("a shift by a negative offset");
  return number(a[1].as_integer() > 63 ? 0 : bits(a[0]) >> a[1].as_integer(), a[0]);
}

constexpr auto function = call_style::function;

#define SALLYPORT_CEL_EXTREME(name, of_two, of_list)                                                                   \
  overload{function, name, "int", "int", itself}, overload{function, name, "uint", "uint", itself},                    \
      overload{function, name, "double", "double", itself}, overload{function, name, "int, int", "int", of_two},       \
      overload{function, name, "uint, uint", "uint", of_two},                                                          \
      overload{function, name, "double, double", "double", of_two},                                                    \
      overload{function, name, "int, uint", "dyn", of_two}, overload{function, name, "int, double", "dyn", of_two},    \
      overload{function, name, "uint, int", "dyn", of_two}, overload{function, name, "uint, double", "dyn", of_two},   \
      overload{function, name, "double, int", "dyn", of_two}, overload{function, name, "double, uint", "dyn", of_two}, \
      overload{function, name, "list(int)", "int", of_list}, overload{function, name, "list(uint)", "uint", of_list},  \
      overload {                                                                                                       \
    function, name, "list(double)", "double", of_list                                                                  \
  }

constexpr std::array table = {
    SALLYPORT_CEL_EXTREME("math.@max", greater, greatest),
    SALLYPORT_CEL_EXTREME("math.@min", lesser, least),
    overload{function, "math.ceil", "double", "double", rounded<ceiling>},
    overload{function, "math.floor", "double", "double", rounded<floor>},
    overload{function, "math.round", "double", "double", rounded<round>},
    overload{function, "math.trunc", "double", "double", rounded<truncate>},
    overload{function, "math.abs", "double", "double", rounded<magnitude>},
    overload{function, "math.abs", "int", "int", magnitude_of_integer},
    overload{function, "math.abs", "uint", "uint", itself},
    overload{function, "math.sign", "double", "double", rounded<sign>},
    overload{function, "math.sign", "int", "int", sign_of_integer},
    overload{function, "math.sign", "uint", "uint", sign_of_unsigned},
    overload{function, "math.sqrt", "double", "double", rounded<root>},
    overload{function, "math.sqrt", "int", "double", root_of_integer},
    overload{function, "math.sqrt", "uint", "double", root_of_unsigned},
    overload{function, "math.isNaN", "double", "bool", is_nan},
    overload{function, "math.isInf", "double", "bool", is_infinite},
    overload{function, "math.isFinite", "double", "bool", is_finite},
    overload{function, "math.bitAnd", "int, int", "int", bit_and},
    overload{function, "math.bitAnd", "uint, uint", "uint", bit_and},
    overload{function, "math.bitOr", "int, int", "int", bit_or},
    overload{function, "math.bitOr", "uint, uint", "uint", bit_or},
    overload{function, "math.bitXor", "int, int", "int", bit_xor},
    overload{function, "math.bitXor", "uint, uint", "uint", bit_xor},
    overload{function, "math.bitNot", "int", "int", bit_not},
    overload{function, "math.bitNot", "uint", "uint", bit_not},
    overload{function, "math.bitShiftLeft", "int, int", "int", shift_left},
    overload{function, "math.bitShiftLeft", "uint, int", "uint", shift_left},
    overload{function, "math.bitShiftRight", "int, int", "int", shift_right},
    overload{function, "math.bitShiftRight", "uint, int", "uint", shift_right},
};

#undef SALLYPORT_CEL_EXTREME

}  // namespace

std::span<const overload> math_table() {
  return table;
}

}  // namespace sallyport::cel
