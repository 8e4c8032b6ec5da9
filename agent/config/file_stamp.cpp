#include "agent/config/file_stamp.hpp"

#include <sys/stat.h>

namespace sallyport::agent::config {

namespace {

std::int64_t nanoseconds(const timespec& when) {
  return std::int64_t{when.tv_sec} * 1'000'000'000 + when.tv_nsec;
}

}  // namespace

file_stamp stamp_of(const std::string& path) {
  struct stat what {};
  if (::stat(path.c_str(), &what) != 0) return {};
  return {what.st_dev, what.st_ino, what.st_size, nanoseconds(what.st_mtim), nanoseconds(what.st_ctim)};
}

}  // namespace sallyport::agent::config
