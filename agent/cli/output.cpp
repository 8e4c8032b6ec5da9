#include "agent/cli/output.hpp"

#include <iostream>
#include <iterator>

#include "agent/config/file.hpp"
#include "encoding/visible.hpp"

namespace sallyport::agent::cli {

namespace {

std::string describe_failure(std::string_view subject, const failure& why) {
  std::string text(subject);
  text += ": " + (why.detail.empty() ? std::string(name_of(why.why)) : why.detail);
  if (why.why != reason::config_invalid) text += ". " + std::string(describe(why.why).advice);
  return text;
}

}  // namespace

std::string json_text(const encoding::json& value) {
  constexpr int indent = 2;
  constexpr bool ascii_only = true;
  return value.dump(indent, ' ', ascii_only, encoding::json::error_handler_t::replace);
}

void print_json(const encoding::json& value) {
  std::cout << json_text(value) << "\n";
}

void complain(std::string_view what) {
  std::cerr << "sallyport: " << encoding::visible(what) << "\n";
}

void complain(std::string_view subject, const failure& why) {
  complain(describe_failure(subject, why));
}

void complain(std::string_view subject, const failure& why, bool as_json) {
  complain(subject, why);
  if (!as_json) return;
  print_json({{"ok", false}, {"reason", std::string(name_of(why.why))}, {"message", describe_failure(subject, why)}});
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
