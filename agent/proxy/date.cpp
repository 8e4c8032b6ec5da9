#include "agent/proxy/date.hpp"

#include <chrono>
#include <string_view>

namespace sallyport::agent::proxy {

namespace {

namespace chrono = std::chrono;

constexpr std::string_view day_names = "SunMonTueWedThuFriSat";
constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

std::string_view name(std::string_view names, unsigned at) {
  return names.substr(at * 3UL, 3);
}

void append_two_digits(std::string& to, std::int64_t number) {
  to.push_back(static_cast<char>('0' + number / 10));
  to.push_back(static_cast<char>('0' + number % 10));
}

}  // namespace

// RFC 9110 section 5.6.7, IMF-fixdate; without the C library, whose calendar takes a lock of all threads.
void append_date(std::string& to, unix_seconds now) {
  const chrono::sys_seconds at{chrono::seconds(now)};
  const auto midnight = chrono::floor<chrono::days>(at);
  const chrono::year_month_day date{midnight};
  const chrono::hh_mm_ss time{at - midnight};
  const auto year = static_cast<int>(date.year());
  to.append("Date: ").append(name(day_names, chrono::weekday(midnight).c_encoding())).append(", ");
  append_two_digits(to, static_cast<unsigned>(date.day()));
  to.append(" ").append(name(month_names, static_cast<unsigned>(date.month()) - 1)).append(" ");
  append_two_digits(to, year / 100);
  append_two_digits(to, year % 100);
  to.push_back(' ');
  append_two_digits(to, time.hours().count());
  to.push_back(':');
  append_two_digits(to, time.minutes().count());
  to.push_back(':');
  append_two_digits(to, time.seconds().count());
  to.append(" GMT\r\n");
}

unix_seconds seconds_now() {
  return chrono::duration_cast<chrono::seconds>(chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace sallyport::agent::proxy
