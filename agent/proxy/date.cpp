#include "agent/proxy/date.hpp"

#include <chrono>

#include "http/date.hpp"

namespace sallyport::agent::proxy {

// Without the C library, whose calendar takes a lock of all threads.
void append_date(std::string& to, unix_seconds now) {
  to.append("Date: ");
  http::append_http_date(to, now);
  to.append("\r\n");
}

unix_seconds seconds_now() {
  namespace chrono = std::chrono;
  return chrono::duration_cast<chrono::seconds>(chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace sallyport::agent::proxy
