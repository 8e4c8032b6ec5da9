#include "agent/config/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sallyport::agent::config {

namespace {

failure cannot(std::string_view what) {
  return {reason::config_invalid, std::string(what) + ": " + std::strerror(errno)};
}

/// Closes itself.
class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

result<void> write_all(int to, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = ::write(to, contents.data(), contents.size());
    if (written < 0) return cannot("cannot write");
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(to) != 0) return cannot("cannot write");
  return {};
}

/// What `mode` must not allow anybody but the owner (and, but for writing, the owner's group).
constexpr mode_t secret_mode = S_IRWXO | S_IWGRP;

std::string octal(mode_t mode) {
  char digits[8];
  std::snprintf(digits, sizeof digits, "0%03o", static_cast<unsigned>(mode & 0777U));
  return digits;
}

result<std::string> read_at_most(const std::string& path, std::size_t max_bytes, mode_t forbidden) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return cannot("cannot read it");
  struct stat what {};
  if (::fstat(file.number(), &what) != 0) return cannot("cannot read it");
  if (!S_ISREG(what.st_mode)) return failure(reason::config_invalid, "not a regular file");
  if ((what.st_mode & forbidden) != 0)
    return failure(reason::config_invalid,
                   "it holds secrets, and its mode " + octal(what.st_mode) + " lets others at them; chmod 600 it");
  if (static_cast<std::uint64_t>(what.st_size) > max_bytes)
    return failure(reason::config_invalid, "longer than " + std::to_string(max_bytes) + " bytes");
  std::string contents(static_cast<std::size_t>(what.st_size), '\0');
  std::size_t got = 0;
  while (got < contents.size()) {
    const ssize_t more = ::read(file.number(), contents.data() + got, contents.size() - got);
    if (more < 0) return cannot("cannot read it");
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  contents.resize(got);
  return contents;
}

}  // namespace

result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  return read_at_most(path, max_bytes, 0);
}

result<std::string> read_secret_file(const std::string& path, std::size_t max_bytes) {
  return read_at_most(path, max_bytes, secret_mode);
}

bool anyone_may_write(const std::string& path) {
  struct stat what {};
  return ::stat(path.c_str(), &what) == 0 && (what.st_mode & S_IWOTH) != 0;
}

result<void> create_secret_file(const std::string& path, std::string_view contents) {
  const descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.number() < 0) return cannot(path);
  return write_all(file.number(), contents);
}

result<void> replace_secret_file(const std::string& path, std::string_view contents) {
  const std::string next = path + ".next";
  ::unlink(next.c_str());
  SALLYPORT_TRY(create_secret_file(next, contents));
  if (std::rename(next.c_str(), path.c_str()) != 0) return cannot(path);
  return {};
}

}  // namespace sallyport::agent::config
