// The syntax of RE2 (github.com/google/re2/wiki/Syntax): what it refuses is refused here, too. Groups capture nothing,
// because nobody asks for captures; greedy and lazy are the same for a yes or no.
#include <algorithm>
#include <utility>

#include "core/ascii.hpp"
#include "encoding/json.hpp"
#include "regex/syntax.hpp"
#include "regex/utf8.hpp"

namespace sallyport::regex {
namespace {

constexpr std::size_t max_nesting = 50;
constexpr std::uint32_t no_node = UINT32_MAX;

class pattern_parser {
 public:
  explicit pattern_parser(std::string_view text) : text_(text) {}

  result<regex_tree> run() {
    const std::uint32_t root = parse_alternatives();
    if (problem_.empty() && !at_end()) fail("a ) without its (");
    if (!problem_.empty()) return failure(reason::cel_type, std::string(problem_));
    tree_.root = root;
    return std::move(tree_);
  }

 private:
  using ranges = std::vector<pattern::range>;

  struct flag_set {
    bool ignore_case = false;
    bool multi_line = false;
    bool dot_takes_newline = false;
  };

  std::uint32_t parse_alternatives() {
    if (++depth_ > max_nesting) return fail("groups are nested too deep");
    regex_node node;
    node.kind = regex_kind::alternatives;
    do {
      node.children.push_back(parse_sequence());
    } while (problem_.empty() && take("|"));
    --depth_;
    return node.children.size() == 1 ? node.children[0] : add(std::move(node));
  }

  std::uint32_t parse_sequence() {
    regex_node node;
    while (problem_.empty() && !at_end() && peek() != '|' && peek() != ')') {
      if (take("\\Q")) {
        parse_quoted(node);
        continue;
      }
      const std::uint32_t atom = parse_atom();
      if (problem_.empty() && atom != no_node) node.children.push_back(parse_repeats(atom));
    }
    return add(std::move(node));
  }

  // \Q…\E: every code point up to \E stands for itself.
  void parse_quoted(regex_node& sequence) {
    while (problem_.empty() && !at_end() && !take("\\E")) {
      const std::uint32_t literal = add_literal(next());
      const bool closed = take("\\E");
      sequence.children.push_back(closed ? parse_repeats(literal) : literal);
      if (closed) return;
    }
  }

  std::uint32_t parse_repeats(std::uint32_t atom) {
    regex_node node;
    node.kind = regex_kind::repeat;
    node.children = {atom};
    if (!take_repeat(node.least, node.most)) return atom;
    take("?");
    const std::uint32_t repeat = add(std::move(node));
    std::uint32_t ignored = 0;
    return take_repeat(ignored, ignored) ? fail("two repetitions in a row") : repeat;
  }

  bool take_repeat(std::uint32_t& least, std::uint32_t& most) {
    most = unbounded;
    if (take("*")) return least = 0, true;
    if (take("+")) return least = 1, true;
    if (take("?")) return least = 0, most = 1, true;
    return take_counted(least, most);
  }

  // {n}, {n,} or {n,m}; a brace that starts none of them is a literal, as in RE2.
  bool take_counted(std::uint32_t& least, std::uint32_t& most) {
    const std::size_t start = at_;
    bool counted = take("{") && take_count(least);
    most = least;
    if (counted && take(",") && !take_count(most)) most = unbounded;
    counted = counted && take("}");
    if (!counted) at_ = start;
    const bool too_many =
        least > pattern::max_repeat || (most != unbounded && (most > pattern::max_repeat || most < least));
    if (counted && too_many) fail("a repetition of more than 1000, or from more to less");
    return counted;
  }

  bool take_count(std::uint32_t& count) {
    const std::size_t start = at_;
    for (count = 0; !at_end() && ascii::is_digit(peek()); ++at_) {
      count = std::min(count * 10 + static_cast<std::uint32_t>(peek() - '0'), std::uint32_t{100'000});
    }
    return at_ > start;
  }

  std::uint32_t parse_atom() {
    if (take("(")) return parse_group();
    if (take("[")) return parse_class();
    if (take(".")) return add_dot();
    if (take("^"))
      return add_assertion(flags_.multi_line ? pattern::assertion::line_start : pattern::assertion::text_start);
    if (take("$"))
      return add_assertion(flags_.multi_line ? pattern::assertion::line_end : pattern::assertion::text_end);
    if (take("\\")) return parse_escape();
    if (peek() == '*' || peek() == '+' || peek() == '?') return fail("a repetition of nothing");
    return add_literal(next());
  }

  std::uint32_t parse_group() {
    const flag_set outer = flags_;
    if (take("?")) {
      bool only_flags = false;
      if (!parse_group_head(only_flags) || only_flags) return no_node;
    }
    const std::uint32_t group = parse_alternatives();
    if (problem_.empty() && !take(")")) return fail("a ( without its )");
    flags_ = outer;
    return group;
  }

  // Behind "(?": a name, or flags up to ':' (for this group) or ')' (for the rest of the enclosing one).
  bool parse_group_head(bool& only_flags) {
    if (take("P<") || take("<")) return parse_group_name();
    bool on = true;
    for (; !at_end() && peek() != ':' && peek() != ')'; ++at_) {
      if (!set_flag(peek(), on)) return fail("a kind of group that RE2 does not have"), false;
    }
    if (at_end()) return fail("a ( without its )"), false;
    only_flags = text_[at_++] == ')';
    return true;
  }

  bool set_flag(char letter, bool& on) {
    switch (letter) {
      case 'i': flags_.ignore_case = on; return true;
      case 'm': flags_.multi_line = on; return true;
      case 's': flags_.dot_takes_newline = on; return true;
      case 'U': return true;
      case '-': return std::exchange(on, false);
      default: return false;
    }
  }

  bool parse_group_name() {
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos || end == at_) return fail("a group name is empty or not closed"), false;
    for (; at_ < end; ++at_) {
      if (!ascii::is_word(peek())) return fail("a group name holds letters, digits and _"), false;
    }
    ++at_;
    return true;
  }

  std::uint32_t parse_escape() {
    if (at_end()) return fail("a backslash at the end");
    switch (peek()) {
      case 'A': return ++at_, add_assertion(pattern::assertion::text_start);
      case 'z': return ++at_, add_assertion(pattern::assertion::text_end);
      case 'b': return ++at_, add_assertion(pattern::assertion::word_edge);
      case 'B': return ++at_, add_assertion(pattern::assertion::no_word_edge);
      default: break;
    }
    ranges set;
    if (parse_class_escape(set)) return add_ranges(std::move(set));
    char32_t point = 0;
    return parse_point_escape(point) ? add_literal(point) : no_node;
  }

  // \d, \pL, \p{Lu}, \P{Lu}, …: false (and nothing read) when it is none of them.
  bool parse_class_escape(ranges& set) {
    const char letter = peek();
    if (letter == 'p' || letter == 'P') return parse_property(set);
    ranges found;
    if (!add_perl_class(letter, found)) return false;
    ++at_;
    set.insert(set.end(), found.begin(), found.end());
    return true;
  }

  bool parse_property(ranges& set) {
    bool inverted = text_[at_++] == 'P';
    std::string_view name = text_.substr(at_, 1);
    at_ += name.size();
    if (name == "{") {
      const std::size_t end = text_.find('}', at_);
      name = text_.substr(at_, end == std::string_view::npos ? 0 : end - at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
    }
    if (!name.empty() && name.front() == '^') name.remove_prefix(1), inverted = !inverted;
    ranges found;
    if (!add_unicode_class(name, found)) fail("\\p knows general categories only, e.g. \\pL, \\p{Lu}, \\p{Nd}");
    if (flags_.ignore_case && name.size() == 2 && name.front() == 'L') fail("(?i) with \\p{Lu} or \\p{Ll}: use \\pL");
    if (inverted) invert(found);
    set.insert(set.end(), found.begin(), found.end());
    return true;
  }

  bool parse_point_escape(char32_t& point) {
    const char letter = text_[at_++];
    constexpr std::string_view letters = "aftnrv";
    constexpr std::string_view meanings = "\a\f\t\n\r\v";
    const std::size_t known = letters.find(letter);
    if (known != std::string_view::npos) return point = static_cast<char32_t>(meanings[known]), true;
    if (letter == 'x') return parse_hexadecimal(point);
    if (ascii::is_digit(letter)) return parse_octal(letter, point);
    if (ascii::is_word(letter) || static_cast<unsigned char>(letter) >= 0x80) {
      return fail("an escape that RE2 does not have"), false;
    }
    point = static_cast<char32_t>(letter);
    return true;
  }

  bool parse_hexadecimal(char32_t& point) {
    const bool braces = take("{");
    std::size_t digits = 0;
    for (point = 0; !at_end() && digits < (braces ? 8 : 2) && ascii::is_hex(peek()); ++digits, ++at_) {
      point = point * 16 + static_cast<char32_t>(ascii::hex_value(peek()));
    }
    const bool complete = braces ? digits > 0 && take("}") : digits == 2;
    if (!complete || !is_scalar_value(point)) return fail("\\x needs two digits, or a code point in braces"), false;
    return true;
  }

  // \0, \012, \123; one digit other than 0 would be a back-reference.
  bool parse_octal(char first, char32_t& point) {
    if (first > '7' || (first != '0' && (at_end() || peek() < '0' || peek() > '7'))) {
      return fail("back-references are not regular"), false;
    }
    point = static_cast<char32_t>(first - '0');
    for (int i = 0; i < 2 && !at_end() && peek() >= '0' && peek() <= '7'; ++i, ++at_) {
      point = point * 8 + static_cast<char32_t>(peek() - '0');
    }
    return true;
  }

  std::uint32_t parse_class() {
    const bool inverted = take("^");
    ranges set;
    for (bool first = true; problem_.empty() && (first || at_end() || peek() != ']'); first = false) {
      if (at_end()) return fail("a [ without its ]");
      parse_class_item(set);
    }
    if (!problem_.empty()) return no_node;
    ++at_;
    if (flags_.ignore_case) fold_case(set);
    if (inverted) invert(set);
    return add_ranges(std::move(set));
  }

  void parse_class_item(ranges& set) {
    if (text_.substr(at_, 2) == "[:") {
      const std::size_t end = text_.find(":]", at_);
      if (end != std::string_view::npos) return parse_posix(text_.substr(at_ + 2, end - at_ - 2), set);
    }
    if (peek() == '\\' && at_ + 1 < text_.size()) {
      ++at_;
      if (parse_class_escape(set)) return;
      --at_;
    }
    char32_t low = 0;
    if (!parse_class_point(low)) return;
    char32_t high = low;
    if (text_.size() - at_ >= 2 && peek() == '-' && text_[at_ + 1] != ']') {
      ++at_;
      if (!parse_class_point(high)) return;
    }
    if (high < low) fail("a range from more to less");
    if (high >= 0x80) refuse_folding();
    set.push_back({low, high});
  }

  void parse_posix(std::string_view name, ranges& set) {
    at_ += name.size() + 4;
    if (!add_posix_class(name, set)) fail("an unknown [:class:]");
  }

  bool parse_class_point(char32_t& point) {
    if (at_end()) return fail("a [ without its ]"), false;
    if (!take("\\")) return point = next(), true;
    if (at_end()) return fail("a backslash at the end"), false;
    return parse_point_escape(point);
  }

  std::uint32_t add_literal(char32_t point) {
    ranges set{{point, point}};
    if (point >= 0x80) refuse_folding();
    if (flags_.ignore_case) fold_case(set);
    return add_ranges(std::move(set));
  }

  std::uint32_t add_dot() {
    if (flags_.dot_takes_newline) return add_ranges({{0, 0x10FFFF}});
    return add_ranges({{0, '\n' - 1}, {'\n' + 1, 0x10FFFF}});
  }

  std::uint32_t add_ranges(ranges set) {
    normalize(set);
    regex_node node;
    node.kind = regex_kind::ranges;
    node.ranges = std::move(set);
    return add(std::move(node));
  }

  std::uint32_t add_assertion(pattern::assertion where) {
    regex_node node;
    node.kind = regex_kind::assertion;
    node.where = where;
    return add(std::move(node));
  }

  std::uint32_t add(regex_node node) {
    tree_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
  }

  // Half of case folding would be a trap, so beyond ASCII there is none.
  void refuse_folding() {
    if (flags_.ignore_case) fail("(?i) folds ASCII only: write both cases of other letters");
  }

  std::uint32_t fail(std::string_view problem) {
    if (problem_.empty()) problem_ = problem;
    return no_node;
  }

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  char32_t next() { return next_code_point(text_, at_); }
  bool take(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  flag_set flags_;
  std::string_view problem_;
  regex_tree tree_;
};

}  // namespace

result<regex_tree> parse_regex(std::string_view pattern) {
  if (pattern.size() > pattern::max_pattern_bytes) return failure(reason::cel_type, "the pattern is too long");
  if (!encoding::is_utf8(pattern)) return failure(reason::cel_type, "the pattern is not UTF-8");
  return pattern_parser(pattern).run();
}

}  // namespace sallyport::regex
