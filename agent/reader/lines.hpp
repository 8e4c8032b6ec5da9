// Lines of a file or a pipe as they come, in bounded memory.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"

namespace sallyport::agent::reader {

class lines {
 public:
  /// Standard input, which is left open.
  lines() = default;
  /// Reasons: config_invalid (it cannot be opened).
  static result<lines> open(const std::string& path);
  lines(lines&& other) noexcept;
  lines& operator=(lines&&) = delete;
  ~lines();

  int descriptor() const { return descriptor_; }
  /// A file that does not grow while it is read, unless it is followed.
  bool is_file() const;

  /// Reads once and blocks where a pipe has nothing. False: there is no more, or none for now in a file that grows.
  bool fill();
  /// The next line without its line feed, of what was read; nothing: not a whole one. A line longer than a record can be
  /// is left out.
  std::optional<std::string> next();
  /// What stands behind the last line feed; nothing: nothing does.
  std::optional<std::string> rest();

 private:
  explicit lines(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = 0;
  std::string read_;
  std::size_t begin_ = 0;
  bool skips_ = false;
};

}  // namespace sallyport::agent::reader
