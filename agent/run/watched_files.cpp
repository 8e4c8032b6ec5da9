#include "agent/run/watched_files.hpp"

#include <utility>

namespace sallyport::agent::run {

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

std::vector<config::file_stamp> watched_files::look() const {
  std::vector<config::file_stamp> found;
  for (const auto& path : paths_) found.push_back(config::stamp_of(path));
  return found;
}

}  // namespace sallyport::agent::run
