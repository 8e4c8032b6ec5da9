// What tells one state of a file from another, without reading it.
#pragma once

#include <cstdint>
#include <string>

namespace sallyport::agent::config {

/// All 0: there is no such file.
struct file_stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const file_stamp&) const = default;
};

/// Of the file at the end of all symbolic links.
file_stamp stamp_of(const std::string& path);

}  // namespace sallyport::agent::config
