// A clock that is wrong, for one process: loaded with LD_PRELOAD, it moves what clock_gettime says about the time of
// day by CLOCK_SHIFT_SECONDS. So a test turns the clock of the real program, and the program needs no hook for it.
#include <dlfcn.h>

#include <cstdlib>
#include <ctime>

namespace {

using clock_function = int (*)(clockid_t, timespec*);

clock_function real_clock() {
  static const auto real = reinterpret_cast<clock_function>(dlsym(RTLD_NEXT, "clock_gettime"));
  return real;
}

time_t shift() {
  static const char* const text = std::getenv("CLOCK_SHIFT_SECONDS");
  static const time_t seconds = text != nullptr ? std::atol(text) : 0;
  return seconds;
}

}  // namespace

extern "C" int clock_gettime(clockid_t which, timespec* out) noexcept {
  const int status = real_clock()(which, out);
  if (status == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) out->tv_sec += shift();
  return status;
}
