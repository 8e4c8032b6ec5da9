// Whole small files, read once.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sallyport::agent::config {

/// Reasons: config_invalid (absent, unreadable, not a regular file, longer than `max_bytes`; the detail says which).
result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// The same for what only its owner and its owner's group may read, and only its owner write. Reasons: also
/// config_invalid (others may).
result<std::string> read_secret_file(const std::string& path, std::size_t max_bytes);
/// Whether anybody on the system may write to `path`.
bool anyone_may_write(const std::string& path);

/// Replaces `path` as one step: a reader sees the old contents or the new ones. Mode 0600 from the first byte on.
/// Reasons: config_invalid.
result<void> replace_secret_file(const std::string& path, std::string_view contents);
/// Creates `path` with mode 0600; refuses when it exists. Reasons: config_invalid.
result<void> create_secret_file(const std::string& path, std::string_view contents);

}  // namespace sallyport::agent::config
