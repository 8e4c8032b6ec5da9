#include "agent/cli/output.hpp"

#include <iostream>
#include <iterator>

#include "agent/config/file.hpp"

namespace sallyport::agent::cli {

std::string pretty_json(const encoding::json& value) {
  constexpr int indent = 2;
  constexpr bool ascii_only = true;
  // Names of files come as they are, and need not be UTF-8.
  return value.dump(indent, ' ', ascii_only, encoding::json::error_handler_t::replace);
}

void print_json(const encoding::json& value) {
  std::cout << pretty_json(value) << "\n";
}

void complain(std::string_view what) {
  std::cerr << "sallyport: " << what << "\n";
}

void complain(std::string_view subject, const failure& why) {
  std::string text(subject);
  text += ": " + (why.detail.empty() ? std::string(name_of(why.why)) : why.detail);
  if (why.why != reason::config_invalid) text += ". " + std::string(describe(why.why).advice);
  complain(text);
}

result<std::string> read_input(const std::string& path, std::size_t max_bytes) {
  if (path != "-") return config::read_file(path, max_bytes);
  std::string text;
  char block[4096];
  while (std::cin.read(block, sizeof block) || std::cin.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > max_bytes) return failure(reason::config_invalid, "standard input is too long");
  }
  return text;
}

}  // namespace sallyport::agent::cli
