#include "agent/admin/exposition.hpp"

namespace sallyport::agent::admin {

namespace {

// Backslash, quotation mark and line feed are escaped in label values.
std::string escape(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || c == '"') escaped.push_back('\\');
    escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return escaped;
}

}  // namespace

exposition& exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  return *this;
}

exposition& exposition::sample(std::string_view value, std::initializer_list<label> labels, std::string_view suffix) {
  text_.append(name_).append(suffix);
  char separator = '{';
  for (const auto& [name, content] : labels) {
    text_.push_back(std::exchange(separator, ','));
    text_.append(name).append("=\"").append(escape(content)).append("\"");
  }
  if (labels.size() > 0) text_.push_back('}');
  text_.append(" ").append(value).append("\n");
  return *this;
}

exposition& exposition::sample(std::uint64_t value, std::initializer_list<label> labels, std::string_view suffix) {
  return sample(std::to_string(value), labels, suffix);
}

exposition& exposition::sample(std::int64_t value, std::initializer_list<label> labels) {
  return sample(std::to_string(value), labels);
}

std::string seconds_text(std::uint64_t nanoseconds) {
  const std::string fraction = std::to_string(nanoseconds % 1000000000);
  return std::to_string(nanoseconds / 1000000000) + "." + std::string(9 - fraction.size(), '0') + fraction;
}

}  // namespace sallyport::agent::admin
