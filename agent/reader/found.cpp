#include "agent/reader/found.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "core/ascii.hpp"

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

/// Members of events in which a message stands as text: Cloudflare's, CloudWatch's, Docker's.
bool holds_messages(std::string_view name) {
  constexpr std::string_view names[] = {"message", "@message", "log", "value"};
  return std::any_of(std::begin(names), std::end(names), [&](auto each) { return ascii::equal(name, each); });
}

/// Of what stands before a string that is printed on a line of its own: `"name": `, or, of an element of a list, no name.
bool may_be_message(std::string_view before) {
  const auto end = before.find_last_not_of(" \t");
  if (end == std::string_view::npos || before[end] != ':') return true;
  const auto close = before.find_last_of('"', end);
  if (close == std::string_view::npos || close == 0) return true;
  const auto open = before.find_last_of('"', close - 1);
  return open == std::string_view::npos || holds_messages(before.substr(open + 1, close - open - 1));
}

class search {
 public:
  /// Each character is looked at once: behind an object that does not end, nothing is. In headers, strings are passed over.
  void look_in_line(std::string_view line, bool in_headers) {
    for (auto at = line.find('{'); at != std::string_view::npos; at = line.find('{')) {
      // A message in an event that is printed over several lines: a string that holds an object.
      const bool quoted = at > 0 && line.substr(at - 1).starts_with("\"{\\\"");
      const auto literal = literal_at(line.substr(quoted ? at - 1 : at));
      if (literal.empty()) return;
      if (!quoted || (!in_headers && may_be_message(line.substr(0, at - 1)))) look_in_text(literal, 0);
      line.remove_prefix(static_cast<std::size_t>(literal.data() - line.data()) + literal.size());
    }
  }

  std::vector<json> found;

 private:
  void look_in_text(std::string_view text, int nesting) {
    const auto value = encoding::parse_json(text, limits);
    if (!value.ok()) return;
    const auto* quoted = value->get_ptr<const std::string*>();
    if (quoted != nullptr) return look_in_text(literal_at(*quoted), nesting + 1);
    look_at(*value, nesting, false);
  }

  void look_at(const json& value, int nesting, bool is_message) {
    if (nesting > max_nesting) return;
    if (is_record(value)) return found.push_back(value);
    if (is_agent_log(value)) {
      json record = value;
      record["type"] = "log";
      record["end"] = "origin";
      return found.push_back(std::move(record));
    }
    const auto* text = value.get_ptr<const std::string*>();
    if (text != nullptr && is_message && text->starts_with('{')) look_in_text(literal_at(*text), nesting + 1);
    if (value.is_array()) {
      for (const auto& below : value) look_at(below, nesting + 1, is_message);
    }
    if (!value.is_object()) return;
    for (const auto& [name, below] : value.items()) {
      if (!ascii::equal(name, "headers")) look_at(below, nesting + 1, holds_messages(name));
    }
  }
};

/// The line without what stands around its text.
std::string_view trimmed(std::string_view line) {
  const auto from = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(from, line.find_last_not_of(" \t\r") + 1 - from);
}

}  // namespace

std::vector<json> finder::records_in(std::string_view line) {
  search within;
  if (line.size() > max_line_bytes) return {};
  const auto text = trimmed(line);
  if (text.ends_with(": {")) in_headers_ = ascii::equal(text, "\"headers\": {");
  if (text == "}" || text == "},") in_headers_ = false;
  within.look_in_line(line, in_headers_);
  return std::move(within.found);
}

}  // namespace sallyport::agent::reader
