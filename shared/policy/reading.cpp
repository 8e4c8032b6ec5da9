#include "policy/reading.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "encoding/percent.hpp"
#include "policy/letter_case.hpp"
#include "regex/utf8.hpp"

namespace sallyport::policy {
namespace {

bool is_dropped_at_end(char c) {
  return c == '.' || c == ' ';
}

std::string_view without_trailing_dots(std::string_view text) {
  while (!text.empty() && is_dropped_at_end(text.back())) text.remove_suffix(1);
  return text;
}

/// Folds the letters of the bytes from `start` on, which hold more than ASCII.
void fold_letters(std::string& text, std::size_t start) {
  std::string folded;
  for (std::size_t at = start; at < text.size();) {
    regex::append_utf8(folded, static_cast<char32_t>(fold_case(regex::next_code_point(text, at))));
  }
  text.replace(start, std::string::npos, folded);
}

/// Appends the decoded segment; whether it holds more than ASCII.
bool decode(std::string_view segment, std::string& to) {
  bool wide = false;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const int value = segment[i] == '%' ? encoding::percent_triplet(segment.substr(i)) : -1;
    to += value < 0 ? segment[i] : static_cast<char>(value);
    if (value >= 0) i += 2;
    wide = wide || value >= 0x80;
  }
  return wide;
}

}  // namespace

void fold_segment(std::string_view segment, readings how, std::string& to) {
  const std::size_t start = to.size();
  const bool wide = decode(segment, to);
  if ((how & letter_case) != 0) {
    if (wide) fold_letters(to, start);
    if (!wide)
      std::transform(to.begin() + static_cast<std::ptrdiff_t>(start), to.end(),
                     to.begin() + static_cast<std::ptrdiff_t>(start), [](char c) { return ascii::to_lower(c); });
  }
  if ((how & trailing_dot) == 0) return;
  to.resize(start + without_trailing_dots(std::string_view(to).substr(start)).size());
}

suffix_cuts cut_suffix(std::string_view folded, readings how) {
  suffix_cuts cuts;
  cuts.texts[0] = folded;
  for (const auto dot : {folded.find('.', 1), folded.rfind('.')}) {
    if (dot == std::string_view::npos || dot == 0) continue;
    auto base = folded.substr(0, dot);
    if ((how & trailing_dot) != 0) base = without_trailing_dots(base);
    if (base.empty() || base == cuts.texts[cuts.count - 1]) continue;
    cuts.texts[cuts.count++] = base;
  }
  return cuts;
}

bool is_blank_from(std::string_view path, std::size_t at) {
  while (at < path.size()) {
    const bool space = path.substr(at, 3) == "%20";
    if (!space && path[at] != '.' && path[at] != '/') return false;
    at += space ? 3 : 1;
  }
  return true;
}

namespace {

bool same_segment(std::string_view literal, std::string_view segment, readings how, bool last) {
  if (literal == segment) return true;
  std::string wanted, given;
  fold_segment(literal, how, wanted);
  fold_segment(segment, how, given);
  if (wanted == given) return true;
  if (!last || (how & suffix) == 0) return false;
  const auto left = cut_suffix(wanted, how);
  const auto right = cut_suffix(given, how);
  return std::find_first_of(left.texts.begin(), left.texts.begin() + left.count, right.texts.begin(),
                            right.texts.begin() + right.count) != left.texts.begin() + left.count;
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> all;
  for (std::size_t start = 1; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    all.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return all;
}

/// Drops what readers drop at the end of a path; whether `how` lets them.
bool drop_blank_end(std::vector<std::string_view>& segments, std::size_t least, readings how) {
  const auto is_blank = [](std::string_view segment) { return is_blank_from(segment, 0); };
  while (segments.size() > least && is_blank(segments.back())) {
    const bool slash = segments.back().empty();
    if ((how & trailing_slash) == 0 || (!slash && (how & trailing_dot) == 0)) return false;
    segments.pop_back();
  }
  return true;
}

bool is_slash_at_end(const path_segment& segment) {
  return segment.kind == segment_kind::literal && segment.text.empty();
}

}  // namespace

bool reads_as(const path_pattern& pattern, std::string_view path, readings how) {
  auto segments = segments_of(path);
  const bool open = ends_open(pattern);
  auto count = pattern.size() - (open ? 1 : 0);
  if (count > 0 && is_slash_at_end(pattern[count - 1])) {
    // The pattern's own slash at the end is in the path, or is not told from none.
    const bool has_slash = segments.size() == count && segments.back().empty();
    if (!has_slash && (how & trailing_slash) == 0) return false;
    --count;
    if (has_slash) segments.pop_back();
  }
  if (!open && !drop_blank_end(segments, count, how)) return false;
  if (open ? segments.size() < count : segments.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == segments.size() ||
                      (i + 1 < segments.size() &&
                       is_blank_from(path, static_cast<std::size_t>(segments[i + 1].data() - path.data())));
    const bool takes = pattern[i].kind == segment_kind::literal ? same_segment(pattern[i].text, segments[i], how, last)
                                                                : !segments[i].empty();
    if (!takes) return false;
  }
  return true;
}

namespace {

std::string with_slashes_decoded(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool slash = path.substr(i, 3) == "%2F";
    out += slash ? '/' : path[i];
    if (slash) i += 2;
  }
  return out;
}

std::string without_parameters(std::string_view path) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') inside = false;
    if (path[i] == ';' || path.substr(i, 3) == "%3B") inside = true;
    if (!inside) out += path[i];
  }
  return out;
}

std::string with_merged_slashes(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  }
  return out;
}

}  // namespace

std::vector<std::string> rewritten_paths(std::string_view path) {
  std::vector<std::string> all;
  const auto held = http::forms_of(path);
  const auto add = [&](std::string_view text) {
    auto merged = with_merged_slashes(text);
    if (merged != path && std::find(all.begin(), all.end(), merged) == all.end()) all.push_back(std::move(merged));
  };
  const bool parameters = (held & http::parameter) != 0;
  const bool slashes = (held & http::encoded_slash) != 0;
  if (held != http::no_forms) add(path);
  if (parameters) add(without_parameters(path));
  if (slashes) add(with_slashes_decoded(path));
  if (parameters && slashes) {
    add(with_slashes_decoded(without_parameters(path)));
    add(without_parameters(with_slashes_decoded(path)));
  }
  return all;
}

std::vector<path_pattern> rewritten_patterns(const path_pattern& pattern) {
  std::vector<path_pattern> all;
  if (forms_of(pattern) == http::no_forms) return all;
  // One text, in which wildcards are segments that no canonical literal can be.
  std::string text;
  for (const auto& segment : pattern) {
    text += '/';
    text += segment.kind == segment_kind::literal ? segment.text : std::string(1, '\0');
  }
  for (const auto& rewritten : rewritten_paths(text)) {
    path_pattern made;
    auto wildcard = pattern.begin();
    for (const auto segment : segments_of(rewritten)) {
      const bool literal = segment != std::string_view("\0", 1);
      if (literal) made.push_back({segment_kind::literal, std::string(segment)});
      if (literal) continue;
      wildcard = std::find_if(wildcard, pattern.end(),
                              [](const path_segment& each) { return each.kind != segment_kind::literal; });
      made.push_back(*wildcard++);
    }
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace sallyport::policy
