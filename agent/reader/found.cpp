#include "agent/reader/found.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace sallyport::agent::reader {

namespace {

constexpr encoding::json_limits limits{max_line_bytes, 32};
/// Events nest a record's text at most this deep: stored event, its logs, their messages.
constexpr int max_nesting = 6;

bool is_text(const json& record, const char* name) {
  return encoding::string_member(record, name).has_value();
}

bool is_record(const json& value) {
  constexpr std::string_view types[] = {"decision", "outcome", "attempt", "wake", "job", "log"};
  const auto type = encoding::string_member(value, "type");
  return type && is_text(value, "end") && std::find(std::begin(types), std::end(types), *type) != std::end(types);
}

/// agent/log writes no type.
bool is_agent_log(const json& value) {
  return value.is_object() && !value.contains("type") && is_text(value, "level") && is_text(value, "event") &&
         encoding::integer_member(value, "time").has_value();
}

/// The object or string that begins at the start of `text`; empty: it does not end there.
std::string_view literal_at(std::string_view text) {
  bool quoted = false;
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\') {
      ++at;
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '{') ++depth;
    if (!quoted && c == '}') --depth;
    if (!quoted && depth == 0) return text.substr(0, at + 1);
  }
  return "";
}

class search {
 public:
  void look_in_line(std::string_view line) {
    // A message in an event that is printed over several lines: a string that holds an object.
    const auto message = line.find("\"{\\\"");
    const auto object = line.find('{');
    if (message != std::string_view::npos && message < object) return look_in_text(line.substr(message), 0);
    if (object != std::string_view::npos) look_in_text(line.substr(object), 0);
  }

  std::vector<json> found;

 private:
  void look_in_text(std::string_view text, int nesting) {
    const auto value = encoding::parse_json(literal_at(text), limits);
    if (value.ok()) look_at(*value, nesting);
  }

  void look_at(const json& value, int nesting) {
    if (nesting > max_nesting) return;
    if (is_record(value)) return found.push_back(value);
    if (is_agent_log(value)) {
      json record = value;
      record["type"] = "log";
      record["end"] = "origin";
      return found.push_back(std::move(record));
    }
    if (const auto* text = value.get_ptr<const std::string*>()) {
      if (text->starts_with('{')) look_in_text(*text, nesting + 1);
    }
    if (!value.is_structured()) return;
    for (const auto& below : value) look_at(below, nesting + 1);
  }
};

}  // namespace

std::vector<json> records_in(std::string_view line) {
  search within;
  if (line.size() <= max_line_bytes) within.look_in_line(line);
  return std::move(within.found);
}

}  // namespace sallyport::agent::reader
