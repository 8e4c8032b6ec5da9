// Arithmetic and logic (cel-spec, doc/langdef.md, "Arithmetic Operators"): integers overflow into errors, doubles into
// infinity.
#include <string>

#include "cel/function.hpp"
#include "cel/time_text.hpp"

namespace sallyport::cel {
namespace {

constexpr std::string_view overflow = "the result does not fit 64 bits";
constexpr std::string_view time_range = "the result is out of range for a timestamp or duration";

value add_integers(call& context, const value* a) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a[0].as_integer(), a[1].as_integer(), &sum)) return context.fail(overflow);
  return value::integer(sum);
}

value subtract_integers(call& context, const value* a) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a[0].as_integer(), a[1].as_integer(), &difference)) return context.fail(overflow);
  return value::integer(difference);
}

value multiply_integers(call& context, const value* a) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a[0].as_integer(), a[1].as_integer(), &product)) return context.fail(overflow);
  return value::integer(product);
}

value divide_integers(call& context, const value* a) {
  if (a[1].as_integer() == 0) return context.fail("division by zero");
  if (a[0].as_integer() == INT64_MIN && a[1].as_integer() == -1) return context.fail(overflow);
  return value::integer(a[0].as_integer() / a[1].as_integer());
}

value remainder_integers(call& context, const value* a) {
  if (a[1].as_integer() == 0) return context.fail("modulus by zero");
  // The machine traps on the least int over -1, whose remainder is 0.
  if (a[1].as_integer() == -1) return value::integer(0);
  return value::integer(a[0].as_integer() % a[1].as_integer());
}

value negate_integer(call& context, const value* a) {
  if (a[0].as_integer() == INT64_MIN) return context.fail(overflow);
  return value::integer(-a[0].as_integer());
}

value add_unsigned(call& context, const value* a) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a[0].as_unsigned(), a[1].as_unsigned(), &sum)) return context.fail(overflow);
  return value::unsigned_integer(sum);
}

value subtract_unsigned(call& context, const value* a) {
  if (a[0].as_unsigned() < a[1].as_unsigned()) return context.fail(overflow);
  return value::unsigned_integer(a[0].as_unsigned() - a[1].as_unsigned());
}

value multiply_unsigned(call& context, const value* a) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a[0].as_unsigned(), a[1].as_unsigned(), &product)) return context.fail(overflow);
  return value::unsigned_integer(product);
}

value divide_unsigned(call& context, const value* a) {
  if (a[1].as_unsigned() == 0) return context.fail("division by zero");
  return value::unsigned_integer(a[0].as_unsigned() / a[1].as_unsigned());
}

value remainder_unsigned(call& context, const value* a) {
  if (a[1].as_unsigned() == 0) return context.fail("modulus by zero");
  return value::unsigned_integer(a[0].as_unsigned() % a[1].as_unsigned());
}

value add_reals(call&, const value* a) {
  return value::real(a[0].as_real() + a[1].as_real());
}
value subtract_reals(call&, const value* a) {
  return value::real(a[0].as_real() - a[1].as_real());
}
value multiply_reals(call&, const value* a) {
  return value::real(a[0].as_real() * a[1].as_real());
}
value divide_reals(call&, const value* a) {
  return value::real(a[0].as_real() / a[1].as_real());
}
value negate_real(call&, const value* a) {
  return value::real(-a[0].as_real());
}
value negate_boolean(call&, const value* a) {
  return value::boolean(!a[0].as_boolean());
}

// The bytes of both, one behind the other, in the arena.
std::string_view joined(call& context, std::string_view left, std::string_view right) {
  const std::size_t size = left.size() + right.size();
  const auto out = context.memory.make_array<char>(size);
  context.spend(size / 64);
  if (out.size() != size) return {};
  left.copy(out.data(), left.size());
  right.copy(out.data() + left.size(), right.size());
  return {out.data(), size};
}

value add_strings(call& context, const value* a) {
  return value::string(joined(context, a[0].as_string(), a[1].as_string()));
}

value add_bytes(call& context, const value* a) {
  return value::bytes(as_bytes(joined(context, a[0].as_string(), a[1].as_string())));
}

value add_lists(call& context, const value* a) {
  const auto left = a[0].as_list();
  const auto right = a[1].as_list();
  const auto out = context.memory.make_array<value>(left.size() + right.size());
  if (!context.spend(left.size() + right.size()) || out.size() != left.size() + right.size()) return {};
  for (std::size_t i = 0; i < left.size(); ++i) out[i] = left[i];
  for (std::size_t i = 0; i < right.size(); ++i) out[left.size() + i] = right[i];
  return value::list(out);
}

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

value shifted(call& context, timestamp when, duration by) {
  std::int64_t nanoseconds = when.nanoseconds + by.nanoseconds % nanoseconds_per_second;
  when.seconds += by.nanoseconds / nanoseconds_per_second;
  if (nanoseconds < 0) nanoseconds += nanoseconds_per_second, --when.seconds;
  if (nanoseconds >= nanoseconds_per_second) nanoseconds -= nanoseconds_per_second, ++when.seconds;
  when.nanoseconds = static_cast<std::int32_t>(nanoseconds);
  return in_range(when) ? value::instant(when) : context.fail(time_range);
}

value add_instant_interval(call& context, const value* a) {
  return shifted(context, a[0].as_timestamp(), a[1].as_duration());
}

value add_interval_instant(call& context, const value* a) {
  return shifted(context, a[1].as_timestamp(), a[0].as_duration());
}

value subtract_interval_from_instant(call& context, const value* a) {
  if (a[1].as_duration().nanoseconds == INT64_MIN) return context.fail(time_range);
  return shifted(context, a[0].as_timestamp(), {-a[1].as_duration().nanoseconds});
}

value subtract_instants(call& context, const value* a) {
  const timestamp left = a[0].as_timestamp();
  const timestamp right = a[1].as_timestamp();
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(left.seconds - right.seconds, nanoseconds_per_second, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, left.nanoseconds - right.nanoseconds, &nanoseconds)) {
    return context.fail(time_range);
  }
  return value::interval({nanoseconds});
}

value add_intervals(call& context, const value* a) {
  duration sum;
  if (__builtin_add_overflow(a[0].as_duration().nanoseconds, a[1].as_duration().nanoseconds, &sum.nanoseconds)) {
    return context.fail(time_range);
  }
  return value::interval(sum);
}

value subtract_intervals(call& context, const value* a) {
  duration difference;
  if (__builtin_sub_overflow(a[0].as_duration().nanoseconds, a[1].as_duration().nanoseconds, &difference.nanoseconds)) {
    return context.fail(time_range);
  }
  return value::interval(difference);
}

constexpr auto function = call_style::function;

constexpr std::array table = {
    overload{function, "_+_", "int, int", "int", add_integers},
    overload{function, "_+_", "uint, uint", "uint", add_unsigned},
    overload{function, "_+_", "double, double", "double", add_reals},
    overload{function, "_+_", "string, string", "string", add_strings},
    overload{function, "_+_", "bytes, bytes", "bytes", add_bytes},
    overload{function, "_+_", "list(A), list(A)", "list(A)", add_lists},
    overload{function, "_+_", "timestamp, duration", "timestamp", add_instant_interval},
    overload{function, "_+_", "duration, timestamp", "timestamp", add_interval_instant},
    overload{function, "_+_", "duration, duration", "duration", add_intervals},
    overload{function, "_-_", "int, int", "int", subtract_integers},
    overload{function, "_-_", "uint, uint", "uint", subtract_unsigned},
    overload{function, "_-_", "double, double", "double", subtract_reals},
    overload{function, "_-_", "timestamp, timestamp", "duration", subtract_instants},
    overload{function, "_-_", "timestamp, duration", "timestamp", subtract_interval_from_instant},
    overload{function, "_-_", "duration, duration", "duration", subtract_intervals},
    overload{function, "_*_", "int, int", "int", multiply_integers},
    overload{function, "_*_", "uint, uint", "uint", multiply_unsigned},
    overload{function, "_*_", "double, double", "double", multiply_reals},
    overload{function, "_/_", "int, int", "int", divide_integers},
    overload{function, "_/_", "uint, uint", "uint", divide_unsigned},
    overload{function, "_/_", "double, double", "double", divide_reals},
    overload{function, "_%_", "int, int", "int", remainder_integers},
    overload{function, "_%_", "uint, uint", "uint", remainder_unsigned},
    overload{function, "-_", "int", "int", negate_integer},
    overload{function, "-_", "double", "double", negate_real},
    overload{function, "!_", "bool", "bool", negate_boolean},
};

}  // namespace

std::span<const overload> operator_table() {
  return table;
}

}  // namespace sallyport::cel
