// The table of all members of the configuration. Loading, printing, environment variables, help and the documentation's
// reference are made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/config/settings.hpp"

namespace sallyport::agent::config {

enum class kind : std::uint8_t {
  text,
  /// A path: relative to the file that names it, or to the working directory when it comes from the environment.
  file,
  /// Never printed, and never in a file.
  secret,
  address,
  duration,
  size,
  count,
  /// One of the words that the range lists.
  choice,
};
/// What a value of this kind looks like, with an example.
std::string_view describe(kind what);

struct member {
  /// Dotted: "limits.max_head_bytes".
  std::string_view path;
  config::kind kind;
  /// One sentence for people.
  std::string_view about;
  /// Takes the value from text; false: it is not one, or out of range.
  bool (*set)(settings& into, std::string_view text);
  /// The value as text; of a secret only whether there is one.
  std::string (*show)(const settings& from);
  /// What is allowed, for the error message; may be empty.
  std::string_view range;
};

std::span<const member> all_members();
const member* find_member(std::string_view path);
/// "SALLYPORT_LIMITS_MAX_HEAD_BYTES".
std::string environment_name(const member& of);

}  // namespace sallyport::agent::config
