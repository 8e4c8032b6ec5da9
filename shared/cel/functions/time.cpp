// Parts of timestamps and durations. A time zone is UTC or a fixed offset.
#include "cel/function.hpp"
#include "cel/time_text.hpp"
#include "core/calendar.hpp"

namespace sallyport::cel {
namespace {

using part = std::int64_t (*)(const civil_time&);

std::int64_t year(const civil_time& t) {
  return t.year;
}
std::int64_t month(const civil_time& t) {
  return t.month - 1;
}
std::int64_t day_of_year(const civil_time& t) {
  return t.day_of_year;
}
std::int64_t day_of_month(const civil_time& t) {
  return t.day - 1;
}
std::int64_t date(const civil_time& t) {
  return t.day;
}
std::int64_t day_of_week(const civil_time& t) {
  return t.day_of_week;
}
std::int64_t hours(const civil_time& t) {
  return t.hour;
}
std::int64_t minutes(const civil_time& t) {
  return t.minute;
}
std::int64_t seconds(const civil_time& t) {
  return t.second;
}

template <part Part>
value in_utc(call&, const value* a) {
  return value::integer(Part(civil_of(a[0].as_timestamp().seconds)));
}

template <part Part>
value in_zone(call& context, const value* a) {
  const auto offset = parse_zone(a[1].as_string());
  if (!offset) return context.fail("named time zones are not available: use 'UTC' or an offset such as '+01:00'");
  return value::integer(Part(civil_of(a[0].as_timestamp().seconds + *offset)));
}

value milliseconds_in_utc(call&, const value* a) {
  return value::integer(a[0].as_timestamp().nanoseconds / 1'000'000);
}

value milliseconds_in_zone(call& context, const value* a) {
  if (!parse_zone(a[1].as_string())) return context.fail("named time zones are not available");
  return milliseconds_in_utc(context, a);
}

template <std::int64_t Unit>
value whole(call&, const value* a) {
  return value::integer(a[0].as_duration().nanoseconds / Unit);
}

// Of the second, not of the whole span.
value milliseconds_of_interval(call&, const value* a) {
  return value::integer(a[0].as_duration().nanoseconds % 1'000'000'000 / 1'000'000);
}

constexpr auto method = call_style::method;

#define SALLYPORT_CEL_PART(name, part)                                 \
  overload{method, name, "timestamp", "int", in_utc<part>}, overload { \
    method, name, "timestamp, string", "int", in_zone<part>            \
  }

constexpr std::array table = {
    SALLYPORT_CEL_PART("getFullYear", year),
    SALLYPORT_CEL_PART("getMonth", month),
    SALLYPORT_CEL_PART("getDayOfYear", day_of_year),
    SALLYPORT_CEL_PART("getDayOfMonth", day_of_month),
    SALLYPORT_CEL_PART("getDate", date),
    SALLYPORT_CEL_PART("getDayOfWeek", day_of_week),
    SALLYPORT_CEL_PART("getHours", hours),
    SALLYPORT_CEL_PART("getMinutes", minutes),
    SALLYPORT_CEL_PART("getSeconds", seconds),
    overload{method, "getMilliseconds", "timestamp", "int", milliseconds_in_utc},
    overload{method, "getMilliseconds", "timestamp, string", "int", milliseconds_in_zone},
    overload{method, "getHours", "duration", "int", whole<3'600'000'000'000>},
    overload{method, "getMinutes", "duration", "int", whole<60'000'000'000>},
    overload{method, "getSeconds", "duration", "int", whole<1'000'000'000>},
    overload{method, "getMilliseconds", "duration", "int", milliseconds_of_interval},
};

#undef SALLYPORT_CEL_PART

}  // namespace

std::span<const overload> time_table() {
  return table;
}

}  // namespace sallyport::cel
