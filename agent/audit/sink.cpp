#include "agent/audit/sink.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "agent/log/log.hpp"

namespace sallyport::agent::audit {

namespace {

/// How long a line waits at most before it is written; waking the writer for each would cost as much as the write.
constexpr std::chrono::milliseconds gather_time{20};
/// For a reader that has fallen behind: while serving, and when stopping.
constexpr int stalled_wait_ms = 200;
constexpr int last_wait_ms = 2000;
/// Rounds with lines left before it is said that nobody reads them.
constexpr unsigned rounds_of_trouble = 5;

bool is_regular_file(int descriptor) {
  struct stat what {};
  return ::fstat(descriptor, &what) == 0 && S_ISREG(what.st_mode);
}

}  // namespace

void sink::entry::write(std::string_view line) {
  owner_.waiting_.fetch_add(line.size() + 1, std::memory_order_relaxed);
  const std::lock_guard hold(lock_);
  lines_.append(line).push_back('\n');
}

result<std::unique_ptr<sink>> sink::open(const std::string& output) {
  if (output == "stdout") return std::unique_ptr<sink>(new sink(STDOUT_FILENO, false));
  if (output == "stderr") return std::unique_ptr<sink>(new sink(STDERR_FILENO, false));
  const int descriptor = ::open(output.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure(reason::config_invalid, output + ": " + std::strerror(errno));
  return std::unique_ptr<sink>(new sink(descriptor, true));
}

sink::sink(int descriptor, bool owned)
    : descriptor_(descriptor),
      owned_(owned),
      write_bytes_(is_regular_file(descriptor) ? std::string::npos : PIPE_BUF),
      writer_([this] { run(); }) {}

sink::~sink() {
  {
    const std::lock_guard hold(lock_);
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
  if (owned_) ::close(descriptor_);
}

sink::entry& sink::make_entry() {
  const std::lock_guard hold(lock_);
  entries_.push_back(std::unique_ptr<entry>(new entry(*this)));
  return *entries_.back();
}

void sink::run() {
  while (!stopping_after(gather_time)) {
    collect();
    carry_out(stalled_wait_ms);
  }
  collect();
  carry_out(last_wait_ms);
}

bool sink::stopping_after(std::chrono::milliseconds pause) {
  std::unique_lock hold(lock_);
  return wake_.wait_for(hold, pause, [this] { return stopping_; });
}

void sink::collect() {
  const std::lock_guard hold(lock_);
  for (const auto& each : entries_) {
    const std::lock_guard hold_entry(each->lock_);
    if (pending_.empty()) {
      pending_.swap(each->lines_);
      continue;
    }
    pending_ += each->lines_;
    each->lines_.clear();
  }
}

// What cannot be written stays for the next round: a full disk or a reader that is gone loses no line, and blocks the
// service before the memory is used up.
void sink::carry_out(int patience_ms) {
  std::size_t done = 0;
  int problem = 0;
  while (done < pending_.size() && ready(patience_ms)) {
    const ssize_t written =
        ::write(descriptor_, pending_.data() + done, std::min(write_bytes_, pending_.size() - done));
    if (written < 0 && errno != EINTR) {
      problem = errno;
      break;
    }
    if (written > 0) done += static_cast<std::size_t>(written);
  }
  pending_.erase(0, done);
  waiting_.fetch_sub(done, std::memory_order_relaxed);
  note_trouble(problem);
}

// Said once when it begins and once when it is over, long before the memory is used up and requests are refused.
void sink::note_trouble(int problem) {
  rounds_behind_ = pending_.empty() ? 0 : rounds_behind_ + 1;
  const bool in_trouble = problem != 0 || rounds_behind_ >= rounds_of_trouble;
  if (in_trouble == in_trouble_ || (in_trouble_ && !pending_.empty())) return;
  in_trouble_ = in_trouble;
  const std::string_view why = problem == 0 ? "nobody reads them" : std::strerror(problem);
  in_trouble ? log::write(log::level::error, "audit lines cannot be written", {{"problem", why}})
             : log::write(log::level::info, "audit lines are written again");
}

// A write that may wait could never be given up when the agent stops, so it is made only where it cannot.
bool sink::ready(int patience_ms) const {
  if (write_bytes_ == std::string::npos) return true;
  pollfd asked{descriptor_, POLLOUT, 0};
  return ::poll(&asked, 1, patience_ms) > 0;
}

}  // namespace sallyport::agent::audit
