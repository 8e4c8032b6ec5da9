// Notices that files were changed, replaced, or mounted anew, by looking at them.
//
// Looking finds what a notification of the kernel misses: a file on a network, a bind mount, the far end of a chain of symbolic links
// (how Kubernetes swaps a ConfigMap). A few calls of stat a second cost next to nothing.
#pragma once

#include <string>
#include <vector>

#include "agent/config/file_stamp.hpp"

namespace sallyport::agent::run {

class watched_files {
 public:
  /// As they are now counts as read.
  explicit watched_files(std::vector<std::string> paths);

  /// Called about once a second: whether they differ from what was read, and are as they were at the look before, so that nobody
  /// is in the middle of writing them. They then count as read.
  bool changed();
  /// They are read now, for another reason.
  void read();

 private:
  std::vector<config::file_stamp> look() const;

  std::vector<std::string> paths_;
  std::vector<config::file_stamp> read_;
  std::vector<config::file_stamp> seen_;
};

}  // namespace sallyport::agent::run
