#include "aws/sigv4_canonical.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "core/calendar.hpp"
#include "encoding/percent.hpp"
#include "http/field.hpp"

namespace sallyport::aws {
namespace {

/// Fields that a hop may change or add; AWS's own signers leave them out, too.
constexpr std::array<std::string_view, 7> hop_changes = {
    "authorization", "connection", "expect", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};

/// RFC 3986 section 5.2.4 and repeated slashes merged; a trailing slash stays.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, end - at);
    directory = segment.empty() || segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!directory) kept.push_back(segment);
    at = end + 1;
  }
  std::string out;
  for (auto segment : kept) out.append("/").append(segment);
  return directory || out.empty() ? out + "/" : out;
}

std::string collapsed(std::string_view value) {
  std::string out;
  bool space = false;
  for (char c : value) {
    const bool white = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!white && space && !out.empty()) out += ' ';
    if (!white) out += c;
    space = white;
  }
  return out;
}

}  // namespace

std::string amz_date(unix_seconds time) {
  const auto at = civil_of(time);
  std::string text;
  append_padded(text, at.year, 4);
  append_padded(text, at.month, 2);
  append_padded(text, at.day, 2);
  append_padded(text += 'T', at.hour, 2);
  append_padded(text, at.minute, 2);
  append_padded(text, at.second, 2);
  return text += 'Z';
}

std::string lower_hex(bytes_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (byte b : data) {
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

std::string canonical_uri(std::string_view path, bool normalize) {
  if (path.empty()) return "/";
  return encoding::encode_percent_path(normalize ? normalized(path) : std::string(path));
}

std::string canonical_query(const std::vector<name_value>& query) {
  std::vector<name_value> encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(encoding::encode_percent(name), encoding::encode_percent(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

canonical_fields canonicalize_fields(const std::vector<name_value>& fields) {
  std::vector<name_value> sorted;
  for (const auto& [name, value] : fields) {
    std::string lower = ascii::to_lower(name);
    if (std::find(hop_changes.begin(), hop_changes.end(), lower) != hop_changes.end()) continue;
    sorted.emplace_back(std::move(lower), collapsed(value));
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  canonical_fields out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool again = i > 0 && sorted[i - 1].first == sorted[i].first;
    if (again) {
      out.lines.back() = ',';
    } else {
      out.lines.append(sorted[i].first).append(":");
      out.names.append(out.names.empty() ? "" : ";").append(sorted[i].first);
    }
    out.lines.append(sorted[i].second).append("\n");
  }
  return out;
}

}  // namespace sallyport::aws
