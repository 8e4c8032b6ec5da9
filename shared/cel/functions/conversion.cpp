// Conversions between types (cel-spec, doc/langdef.md, "Conversion functions"): what does not fit is an error.
#include <cmath>
#include <cstdlib>
#include <string>

#include "cel/function.hpp"
#include "cel/number_text.hpp"
#include "cel/time_text.hpp"
#include "encoding/json.hpp"

namespace sallyport::cel {
namespace {

constexpr std::string_view range = "range error: the value does not fit the type";

value itself(call&, const value* a) {
  return a[0];
}
value type_of(call&, const value* a) {
  return value::type(type_name(a[0]));
}

value integer_of_unsigned(call& context, const value* a) {
  if (a[0].as_unsigned() > INT64_MAX) return context.fail(range);
  return value::integer(static_cast<std::int64_t>(a[0].as_unsigned()));
}

value integer_of_real(call& context, const value* a) {
  // The bounds themselves are refused: the doubles next to them stand for integers on both sides.
  if (!(a[0].as_real() > -9223372036854775808.0 && a[0].as_real() < 9223372036854775808.0)) return context.fail(range);
  return value::integer(static_cast<std::int64_t>(a[0].as_real()));
}

value integer_of_string(call& context, const value* a) {
  const auto number = parse_integer(a[0].as_string());
  return number ? value::integer(*number) : context.fail("not an int");
}

value integer_of_instant(call&, const value* a) {
  return value::integer(a[0].as_timestamp().seconds);
}

value unsigned_of_integer(call& context, const value* a) {
  if (a[0].as_integer() < 0) return context.fail(range);
  return value::unsigned_integer(static_cast<std::uint64_t>(a[0].as_integer()));
}

value unsigned_of_real(call& context, const value* a) {
  if (!(a[0].as_real() >= 0 && a[0].as_real() < 18446744073709551616.0)) return context.fail(range);
  return value::unsigned_integer(static_cast<std::uint64_t>(a[0].as_real()));
}

value unsigned_of_string(call& context, const value* a) {
  const auto number = parse_unsigned(a[0].as_string());
  return number ? value::unsigned_integer(*number) : context.fail("not a uint");
}

value real_of_integer(call&, const value* a) {
  return value::real(static_cast<double>(a[0].as_integer()));
}
value real_of_unsigned(call&, const value* a) {
  return value::real(static_cast<double>(a[0].as_unsigned()));
}

value real_of_string(call& context, const value* a) {
  const auto number = parse_real(a[0].as_string());
  return number ? value::real(*number) : context.fail("not a double");
}

value boolean_of_string(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return value::boolean(true);
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return value::boolean(false);
  }
  return context.fail("not a bool");
}

value string_of_boolean(call&, const value* a) {
  return value::string(a[0].as_boolean() ? "true" : "false");
}
value string_of_integer(call& context, const value* a) {
  return context.text(std::to_string(a[0].as_integer()));
}
value string_of_unsigned(call& context, const value* a) {
  return context.text(std::to_string(a[0].as_unsigned()));
}
value string_of_real(call& context, const value* a) {
  return context.text(format_real(a[0].as_real()));
}
value string_of_instant(call& context, const value* a) {
  return context.text(format_timestamp(a[0].as_timestamp()));
}
value string_of_interval(call& context, const value* a) {
  return context.text(format_duration(a[0].as_duration()));
}

value string_of_bytes(call& context, const value* a) {
  context.spend(a[0].as_string().size() / 64);
  if (!encoding::is_utf8(a[0].as_string())) return context.fail("the bytes are not UTF-8");
  return value::string(a[0].as_string());
}

value bytes_of_string(call&, const value* a) {
  return value::bytes(as_bytes(a[0].as_string()));
}

value instant_of_string(call& context, const value* a) {
  const auto when = parse_timestamp(a[0].as_string());
  return when ? value::instant(*when) : context.fail("not an RFC 3339 timestamp of the years 0001 to 9999");
}

value instant_of_integer(call& context, const value* a) {
  const timestamp when{a[0].as_integer(), 0};
  return in_range(when) ? value::instant(when) : context.fail(range);
}

value interval_of_string(call& context, const value* a) {
  const auto span = parse_duration(a[0].as_string());
  return span ? value::interval(*span) : context.fail("not a duration such as '1h30m', or out of range");
}

constexpr auto function = call_style::function;

constexpr std::array table = {
    overload{function, "dyn", "A", "dyn", itself},
    overload{function, "type", "A", "type(A)", type_of},
    overload{function, "int", "int", "int", itself},
    overload{function, "int", "uint", "int", integer_of_unsigned},
    overload{function, "int", "double", "int", integer_of_real},
    overload{function, "int", "string", "int", integer_of_string},
    overload{function, "int", "timestamp", "int", integer_of_instant},
    overload{function, "uint", "uint", "uint", itself},
    overload{function, "uint", "int", "uint", unsigned_of_integer},
    overload{function, "uint", "double", "uint", unsigned_of_real},
    overload{function, "uint", "string", "uint", unsigned_of_string},
    overload{function, "double", "double", "double", itself},
    overload{function, "double", "int", "double", real_of_integer},
    overload{function, "double", "uint", "double", real_of_unsigned},
    overload{function, "double", "string", "double", real_of_string},
    overload{function, "bool", "bool", "bool", itself},
    overload{function, "bool", "string", "bool", boolean_of_string},
    overload{function, "string", "string", "string", itself},
    overload{function, "string", "bool", "string", string_of_boolean},
    overload{function, "string", "int", "string", string_of_integer},
    overload{function, "string", "uint", "string", string_of_unsigned},
    overload{function, "string", "double", "string", string_of_real},
    overload{function, "string", "bytes", "string", string_of_bytes},
    overload{function, "string", "timestamp", "string", string_of_instant},
    overload{function, "string", "duration", "string", string_of_interval},
    overload{function, "bytes", "bytes", "bytes", itself},
    overload{function, "bytes", "string", "bytes", bytes_of_string},
    overload{function, "timestamp", "timestamp", "timestamp", itself},
    overload{function, "timestamp", "string", "timestamp", instant_of_string},
    overload{function, "timestamp", "int", "timestamp", instant_of_integer},
    overload{function, "duration", "duration", "duration", itself},
    overload{function, "duration", "string", "duration", interval_of_string},
};

}  // namespace

std::span<const overload> conversion_table() {
  return table;
}

}  // namespace sallyport::cel
