#include "agent/reader/lines.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/reader/found.hpp"

namespace sallyport::agent::reader {

namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 10;

}  // namespace

result<lines> lines::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat what {};
  if (descriptor >= 0 && ::fstat(descriptor, &what) == 0 && S_ISDIR(what.st_mode)) {
    ::close(descriptor);
    return failure(reason::config_invalid, "a directory");
  }
  if (descriptor >= 0) return lines(descriptor);
  return failure(reason::config_invalid, std::strerror(errno));
}

lines::lines(lines&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, STDIN_FILENO)),
      read_(std::move(other.read_)),
      begin_(other.begin_),
      skips_(other.skips_) {}

lines::~lines() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

bool lines::is_file() const {
  struct stat what {};
  return ::fstat(descriptor_, &what) == 0 && S_ISREG(what.st_mode);
}

bool lines::fill() {
  read_.erase(0, std::exchange(begin_, 0));
  const std::size_t held = read_.size();
  read_.resize(held + block_bytes);
  ssize_t got = -1;
  do got = ::read(descriptor_, read_.data() + held, block_bytes);
  while (got < 0 && errno == EINTR);
  read_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got > 0;
}

std::optional<std::string> lines::next() {
  for (;;) {
    const std::size_t end = read_.find('\n', begin_);
    if (end == std::string::npos) break;
    std::string line = read_.substr(begin_, end - begin_);
    begin_ = end + 1;
    if (std::exchange(skips_, false) || line.size() > max_line_bytes) continue;
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }
  if (read_.size() - begin_ > max_line_bytes) {
    skips_ = true;
    begin_ = read_.size();
  }
  return std::nullopt;
}

std::optional<std::string> lines::rest() {
  if (skips_ || begin_ == read_.size()) return std::nullopt;
  std::string line = read_.substr(std::exchange(begin_, read_.size()));
  return line;
}

}  // namespace sallyport::agent::reader
