#include "aws/session_tags.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::aws {
namespace {

struct form {
  /// Beside letters and digits.
  std::string_view punctuation;
  /// Of a text that stays as it is, in characters.
  std::size_t least = 0, most = 0;
  /// Of any other text: so much of it, then the mark, then so much of its hash.
  std::size_t kept = 0;
  std::string_view mark;
  std::size_t hash_characters = 0;
  char replacement = 0;
};
constexpr form of_tags = {" _.:/=+-@", 1, max_tag_value, 96, ":h:", 22, '_'};
constexpr form of_identities = {"_+=,.@-", 2, 64, 47, "-", 16, '-'};

bool is_taken(char c, const form& of) {
  return ascii::is_alphanumeric(c) || of.punctuation.find(c) != std::string_view::npos;
}

bool is_hash_character(char c) {
  return ascii::is_word(c) || c == '-';
}

/// Names that begin so are AWS's own.
bool is_reserved(std::string_view text) {
  return ascii::equal(text.substr(0, 4), "aws:");
}

/// Such spaces do not survive everywhere.
bool is_odd_space(std::string_view text, std::size_t at) {
  return text[at] == ' ' && (at == 0 || at + 1 == text.size() || text[at - 1] == ' ');
}

bool ends_in_a_hash(std::string_view text, const form& of) {
  if (text.size() < of.mark.size() + of.hash_characters) return false;
  const auto hash = text.substr(text.size() - of.hash_characters);
  text.remove_suffix(of.hash_characters);
  return text.ends_with(of.mark) && ascii::all_are(hash, is_hash_character);
}

bool fits(std::string_view text, const form& of) {
  if (text.size() < of.least || text.size() > of.most || is_reserved(text) || ends_in_a_hash(text, of)) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_taken(text[at], of) || is_odd_space(text, at)) return false;
  }
  return true;
}

std::string written(std::string_view text, const form& of, crypto::port& host) {
  if (fits(text, of)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < std::min(text.size(), of.kept); ++at) {
    out += is_taken(text[at], of) && !is_odd_space(text, at) ? text[at] : of.replacement;
  }
  if (is_reserved(out)) out.front() = of.replacement;
  out += of.mark;
  return out + encoding::encode_base64url(host.sha256(as_bytes(text))).substr(0, of.hash_characters);
}

}  // namespace

std::string tag_value(std::string_view text, crypto::port& host) {
  return written(text, of_tags, host);
}

std::size_t tag_size(std::string_view text) {
  if (fits(text, of_tags)) return text.size();
  return std::min(text.size(), of_tags.kept) + of_tags.mark.size() + of_tags.hash_characters;
}

std::string source_identity(std::string_view subject, crypto::port& host) {
  return written(subject, of_identities, host);
}

}  // namespace sallyport::aws
