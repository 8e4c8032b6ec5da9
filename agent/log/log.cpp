#include "agent/log/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <mutex>
#include <string>

#include "encoding/json.hpp"
#include "encoding/visible.hpp"

namespace sallyport::agent::log {

namespace {

constexpr unsigned max_lines_a_second = 100;

std::string_view name_of_level(level how) {
  switch (how) {
    case level::info: return "info";
    case level::warning: return "warning";
    case level::error: return "error";
  }
  return "error";
}

void append_member(std::string& to, std::string_view name, std::string_view value) {
  to += (to.size() > 1 ? "," : "") + encoding::canonical_json_string(name) + ":";
  encoding::append_visible(to, encoding::canonical_json_string(value));
}

std::string unix_milliseconds_text() {
  using namespace std::chrono;
  return std::to_string(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

bool takes_a_line() {
  pollfd asked{STDERR_FILENO, POLLOUT, 0};
  return ::poll(&asked, 1, 0) > 0;
}

// One write, so that lines of several threads do not mix; there is nowhere to report that it failed.
void put(std::string_view line) {
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

// The threads that serve write lines too, and must not wait for a reader that is stuck: a pipe that is writable takes
// PIPE_BUF bytes at once, if nobody else writes in between. Longer lines come from reloads, whose thread may wait.
void put_without_waiting(std::string_view line) {
  static std::mutex lock;
  const std::lock_guard hold(lock);
  if (takes_a_line()) put(line);
}

bool within_rate() {
  using namespace std::chrono;
  thread_local std::int64_t second = 0;
  thread_local unsigned lines = 0;
  const auto now = duration_cast<std::chrono::seconds>(steady_clock::now().time_since_epoch()).count();
  if (now != second) lines = 0;
  second = now;
  return ++lines <= max_lines_a_second;
}

}  // namespace

void write(level how, std::string_view event, std::initializer_list<member> members) {
  std::string line = "{";
  append_member(line, "level", name_of_level(how));
  append_member(line, "event", event);
  for (const auto& [name, value] : members)
    if (!value.empty()) append_member(line, name, value);
  line += ",\"time\":" + unix_milliseconds_text() + "}\n";
  line.size() > PIPE_BUF ? put(line) : put_without_waiting(line);
}

void credential_cookie_dropped(std::string_view request_id) {
  if (!within_rate()) return;
  write(level::warning, "the app's Set-Cookie of a credential's cookie was dropped", {{"request_id", request_id}});
}

}  // namespace sallyport::agent::log
