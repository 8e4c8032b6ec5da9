// From a configuration file and the environment to settings, or to everything that is wrong with them.
//
// Each member of the file can be set by an environment variable instead (SALLYPORT_ and its path in capitals, dots as
// underscores); the environment wins. The file is optional when the environment says all that is required.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/settings.hpp"

namespace sallyport::agent::config {

/// One thing that is wrong, or a warning about something that is not.
struct problem {
  /// The file, or "environment".
  std::string source;
  /// Both from 1; 0 where there is no place in a file.
  std::size_t line = 0;
  std::size_t column = 0;
  /// The member or the variable.
  std::string member;
  std::string message;
  std::string advice;
};

/// "agent.jsonc:3:14: listen: not an address. Write …"
std::string describe(const problem& what);

struct load_result {
  settings values;
  /// Empty: the values hold.
  std::vector<problem> problems;
  std::vector<problem> warnings;
};

/// Variables by name.
using environment = std::map<std::string, std::string, std::less<>>;
/// Those of this process that begin with SALLYPORT_.
environment process_environment();

/// Reads `path` ("": no file) and takes `variables` into account.
load_result load(const std::string& path, const environment& variables);
/// The same with the file's text at hand; `path` is for messages and for the paths in it.
load_result load_text(const std::string& path, std::string_view text, const environment& variables);

/// The settings as the file that would give them, without secrets.
std::string write(const settings& values);
/// The reference of all members as a Markdown table.
std::string reference();

}  // namespace sallyport::agent::config
