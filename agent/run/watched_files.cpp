#include "agent/run/watched_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace sallyport::agent::run {

namespace {

std::int64_t nanoseconds(const timespec& when) {
  return std::int64_t{when.tv_sec} * 1'000'000'000 + when.tv_nsec;
}

}  // namespace

watched_files::watched_files(std::vector<std::string> paths) : paths_(std::move(paths)) {
  std::erase(paths_, "");
  read();
}

bool watched_files::changed() {
  auto now = look();
  const bool rests = now == seen_;
  seen_ = std::move(now);
  if (!rests || seen_ == read_) return false;
  read_ = seen_;
  return true;
}

void watched_files::read() {
  read_ = seen_ = look();
}

std::vector<watched_files::stamp> watched_files::look() const {
  std::vector<stamp> found;
  for (const auto& path : paths_) {
    struct stat what {};
    stamp& of = found.emplace_back();
    if (::stat(path.c_str(), &what) != 0) continue;
    of = {what.st_dev, what.st_ino, what.st_size, nanoseconds(what.st_mtim), nanoseconds(what.st_ctim)};
  }
  return found;
}

}  // namespace sallyport::agent::run
