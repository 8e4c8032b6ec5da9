#include "aws/xml.hpp"

#include <array>
#include <utility>

#include "core/ascii.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

constexpr std::size_t max_bytes = std::size_t{64} << 10;
constexpr std::size_t max_depth = 16;
constexpr std::size_t max_elements = 1024;

constexpr std::array<std::pair<std::string_view, char>, 5> entities = {
    {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_name_character(char c) {
  return ascii::is_word(c) || c == '-' || c == '.' || c == ':';
}

class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  bool document(xml_element& root) {
    skip_space();
    if (rest_.starts_with("<?xml") && !skip_past("?>")) return false;
    skip_space();
    if (!element(root, 0)) return false;
    skip_space();
    return rest_.empty();
  }

 private:
  bool element(xml_element& out, std::size_t depth) {
    if (depth >= max_depth || ++elements_ > max_elements || !take("<")) return false;
    out.name = name();
    if (out.name.empty() || !attributes()) return false;
    if (take("/>")) return true;
    if (!take(">") || !content(out, depth)) return false;
    if (name() != out.name) return false;
    skip_space();
    return take(">");
  }

  /// Up to and with the "</" of the end tag.
  bool content(xml_element& out, std::size_t depth) {
    while (!rest_.empty()) {
      if (take("</")) return true;
      if (rest_.starts_with("<!") || rest_.starts_with("<?")) return false;
      if (rest_.front() == '<') {
        if (!element(out.children.emplace_back(), depth + 1)) return false;
      } else if (!character(out.text)) {
        return false;
      }
    }
    return false;
  }

  bool character(std::string& to) {
    if (rest_.front() != '&') {
      to += rest_.front();
      rest_.remove_prefix(1);
      return true;
    }
    for (const auto& [entity, c] : entities) {
      if (!take(entity)) continue;
      to += c;
      return true;
    }
    return false;
  }

  bool attributes() {
    for (;;) {
      skip_space();
      if (rest_.empty()) return false;
      if (rest_.front() == '>' || rest_.starts_with("/>")) return true;
      if (name().empty()) return false;
      if (!take("=")) return false;
      const char quote = rest_.empty() ? '\0' : rest_.front();
      if (quote != '"' && quote != '\'') return false;
      rest_.remove_prefix(1);
      if (!skip_past(std::string_view(&quote, 1))) return false;
    }
  }

  std::string name() {
    std::size_t length = 0;
    while (length < rest_.size() && is_name_character(rest_[length])) ++length;
    std::string out(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return out;
  }

  bool take(std::string_view what) {
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  bool skip_past(std::string_view what) {
    const auto at = rest_.find(what);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + what.size());
    return true;
  }

  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view rest_;
  std::size_t elements_ = 0;
};

}  // namespace

const xml_element* xml_element::child(std::string_view wanted) const {
  for (const auto& each : children) {
    if (each.name == wanted) return &each;
  }
  return nullptr;
}

result<xml_element> parse_xml(std::string_view text) {
  xml_element root;
  if (text.size() > max_bytes || !encoding::is_utf8(text)) return reason::aws_response_invalid;
  if (!reader(text).document(root)) return reason::aws_response_invalid;
  return root;
}

}  // namespace sallyport::aws
