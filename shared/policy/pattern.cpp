#include "policy/pattern.hpp"

#include <algorithm>
#include <optional>

#include "core/ascii.hpp"
#include "encoding/look_alike.hpp"
#include "encoding/percent.hpp"
#include "http/characters.hpp"
#include "http/path.hpp"
#include "http/url.hpp"
#include "policy/host_name.hpp"
#include "policy/match.hpp"

namespace sallyport::policy {
namespace {

bool is_label_character(char c) {
  return ascii::is_word(c) || c == '-';
}

/// An IPv6 literal in brackets (RFC 3986 section 3.2.2); whether the address makes sense is the resolver's business.
bool is_bracketed_address(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  const auto inner = host.substr(1, host.size() - 2);
  return http::all_are(inner, http::ipv6_char);
}

/// The bare name out of an address, or what to do about the character at `offset`; of a wildcard, what follows "*.".
std::string host_advice(std::string_view host, std::size_t offset, bool wildcard) {
  const auto look_alike = encoding::replacement_advice(host.substr(offset));
  if (!look_alike.empty()) return encoding::name_character(host.substr(offset)) + ": " + look_alike;
  const auto url = http::split_url(host);
  auto bare = url ? url->authority : host;
  bare = bare.substr(0, bare.find_first_of(":/?#"));
  const bool usable = !bare.empty() && bare.size() < host.size() &&
                      std::all_of(bare.begin(), bare.end(), [](char c) { return is_label_character(c) || c == '.'; });
  const std::string general = "write the bare host name in ASCII (punycode for others), without scheme, port or path";
  return usable ? general + ": " + (wildcard ? "*." : "") + std::string(bare) : general;
}

std::optional<pattern_problem> check_labels(std::string_view host, std::size_t offset) {
  constexpr std::size_t max_label_bytes = 63;  // RFC 1035 section 2.3.4
  std::size_t start = 0;
  for (std::size_t i = 0; i <= host.size(); ++i) {
    if (i < host.size() && host[i] != '.') {
      if (is_label_character(host[i])) continue;
      return pattern_problem{offset + i, "a host name cannot hold this character", host_advice(host, i, offset > 0)};
    }
    if (i == start || i - start > max_label_bytes) {
      const std::string name(host);
      const std::string advice = start == 0 && i == 0             ? "write *" + name + " for the names below it"
                                 : i == host.size() && i == start ? "drop the dot at the end"
                                                                  : "drop a dot, or shorten the label";
      return pattern_problem{offset + start, "a label of a host name has 1 to 63 characters", advice};
    }
    start = i + 1;
  }
  return std::nullopt;
}

}  // namespace

std::variant<host_pattern, pattern_problem> parse_host_pattern(std::string_view text) {
  constexpr std::size_t max_host_bytes = 253;
  if (text.empty()) return pattern_problem{0, "the host is empty", "name the host, e.g. app.example.com"};
  if (text.size() > max_host_bytes) return pattern_problem{0, "the host is longer than 253 characters", "shorten it"};
  const bool wildcard = text.substr(0, 2) == "*.";
  const auto name = wildcard ? text.substr(2) : text;
  if (name.find('*') != std::string_view::npos) {
    return pattern_problem{text.rfind('*'), "a wildcard stands only for whole labels on the left",
                           "write *.example.com, or name the host"};
  }
  if (wildcard || !is_bracketed_address(name)) {
    if (auto problem = check_labels(name, text.size() - name.size())) return *problem;
  }
  return host_pattern{(wildcard ? "*." : "") + std::string(host_name(name).view())};
}

namespace {

std::optional<pattern_problem> check_parameter_name(std::string_view name, std::size_t offset) {
  if (ascii::is_identifier(name)) return std::nullopt;
  return pattern_problem{offset, "a parameter is a colon and a name of letters, digits and underscores",
                         "write e.g. :id; a literal colon at the start of a segment is %3A"};
}

constexpr http::path_forms every_form = http::encoded_slash | http::empty_segment | http::parameter;

/// `{id}`, `<id>`: how other routers write a parameter; the name, or nothing.
std::string_view foreign_parameter(std::string_view literal) {
  const bool braces = !literal.empty() && ((literal.front() == '{' && literal.back() == '}') ||
                                           (literal.front() == '<' && literal.back() == '>'));
  if (!braces || literal.size() < 3) return {};
  const auto inside = literal.substr(1, literal.size() - 2);
  const auto end = std::find_if_not(inside.begin(), inside.end(), ascii::is_word);
  return inside.substr(0, static_cast<std::size_t>(end - inside.begin()));
}

/// The literal with everything percent-encoded that cannot stand in a path as it is; valid triplets stay.
std::string encoded_literal(std::string_view literal) {
  std::string out;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    const bool stays =
        literal[i] == '%' ? encoding::percent_triplet(literal.substr(i)) >= 0 : http::is(literal[i], http::path_char);
    if (stays) out += literal[i];
    if (!stays) encoding::append_percent(out, static_cast<byte>(literal[i]));
  }
  return out;
}

std::string advice_for_literal(std::string_view literal, reason why) {
  if (literal.find('?') != std::string_view::npos)
    return "drop the query; conditions read request.query (a literal question mark is %3F)";
  if (why == reason::path_dot_segment) return "drop the dot segment: a request path that holds one is refused";
  if (why == reason::path_backslash) return "separate segments by /";
  if (why == reason::path_encoded_separator || why == reason::path_control_character)
    return "drop it: a request path that holds it is refused";
  if (why == reason::path_too_long) return "";
  return "write " + encoded_literal(literal);
}

/// A literal must be what canonical paths hold, or it could never match; `literal` becomes its canonical spelling.
std::optional<pattern_problem> read_literal(std::string& literal, std::size_t offset) {
  if (const auto star = literal.find('*'); star != std::string::npos) {
    return pattern_problem{offset + star, "* stands for a whole segment only", "a literal asterisk is %2A"};
  }
  if (const auto brace = literal.find_first_of("{}<>"); brace != std::string::npos) {
    const auto name = foreign_parameter(literal);
    if (!name.empty() && !ascii::is_digit(name.front())) {
      return pattern_problem{offset, "a parameter is written with a colon",
                             "write :" + std::string(name) + "; a literal would be " + encoded_literal(literal)};
    }
    return pattern_problem{offset + brace, "a path holds no plain braces or angle brackets",
                           "write " + encoded_literal(literal) + "; a parameter is :name"};
  }
  auto canonical = http::canonicalize_target("/" + literal, every_form);
  if (!canonical.ok() || canonical->has_query()) {
    return pattern_problem{offset, "no request path can hold this segment",
                           advice_for_literal(literal, canonical.why())};
  }
  literal = canonical->path().substr(1);
  return std::nullopt;
}

path_segment read_segment(std::string_view text) {
  if (text == "**") return {segment_kind::rest, {}};
  if (text == "*") return {segment_kind::any, {}};
  if (!text.empty() && text.front() == ':') return {segment_kind::parameter, std::string(text.substr(1))};
  return {segment_kind::literal, std::string(text)};
}

std::optional<pattern_problem> check_segment(path_segment& segment, const path_pattern& before, std::size_t at,
                                             bool last) {
  if (!before.empty() && before.back().kind == segment_kind::rest) {
    return pattern_problem{at, "nothing can follow **", "** takes the whole rest; put it last"};
  }
  if (segment.kind == segment_kind::literal) {
    if (segment.text.empty() && !last) return pattern_problem{at, "an empty segment matches no path", "drop one slash"};
    if (auto problem = read_literal(segment.text, at)) return problem;
    if (before.empty() && segment.text == reserved_segment) {
      return pattern_problem{at, "/.sallyport and what is below it are Sallyport's own and match no route",
                             "choose another path"};
    }
    return std::nullopt;
  }
  if (segment.kind != segment_kind::parameter) return std::nullopt;
  for (const auto& other : before) {
    if (other.kind == segment_kind::parameter && other.text == segment.text) {
      return pattern_problem{at, "two parameters are called " + segment.text, "rename one of them"};
    }
  }
  return check_parameter_name(segment.text, at);
}

std::optional<pattern_problem> check_size(const path_pattern& pattern) {
  const auto wildcards = std::count_if(pattern.begin(), pattern.end(), [](const path_segment& segment) {
    return segment.kind == segment_kind::parameter || segment.kind == segment_kind::any;
  });
  if (static_cast<std::size_t>(wildcards) > max_path_parameters) {
    return pattern_problem{0, "a path has at most 16 parameters and *", ""};
  }
  if (pattern.size() > max_pattern_segments) return pattern_problem{0, "a path has at most 64 segments", ""};
  return std::nullopt;
}

}  // namespace

std::variant<path_pattern, pattern_problem> parse_path_pattern(std::string_view text) {
  if (text.empty() || text.front() != '/') return pattern_problem{0, "a path starts with a slash", "write /… or /**"};
  path_pattern pattern;
  for (std::size_t start = 1; start <= text.size();) {
    const auto end = std::min(text.find('/', start), text.size());
    auto segment = read_segment(text.substr(start, end - start));
    if (auto problem = check_segment(segment, pattern, start, end == text.size())) return *problem;
    pattern.push_back(std::move(segment));
    start = end + 1;
  }
  if (auto problem = check_size(pattern)) return *problem;
  return pattern;
}

bool is_literal(const path_pattern& pattern) {
  return std::all_of(pattern.begin(), pattern.end(),
                     [](const path_segment& segment) { return segment.kind == segment_kind::literal; });
}

bool ends_open(const path_pattern& pattern) {
  return !pattern.empty() && pattern.back().kind == segment_kind::rest;
}

http::path_forms forms_of(const path_pattern& pattern) {
  http::path_forms held = http::no_forms;
  for (const auto& segment : pattern) {
    if (segment.kind == segment_kind::literal) held |= http::forms_of(segment.text);
  }
  return held;
}

int compare_specificity(const path_pattern& a, const path_pattern& b) {
  const auto rank = [](segment_kind kind) {
    switch (kind) {
      case segment_kind::literal: return 0;
      case segment_kind::parameter:
      case segment_kind::any: return 1;
      case segment_kind::rest: return 2;
    }
    return 2;
  };
  const auto common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const int difference = rank(a[i].kind) - rank(b[i].kind);
    if (difference != 0) return difference;
  }
  const auto goes_on_open = [&](const path_pattern& of) {
    return of.size() > common && of[common].kind == segment_kind::rest;
  };
  return (goes_on_open(a) ? 1 : 0) - (goes_on_open(b) ? 1 : 0);
}

}  // namespace sallyport::policy
