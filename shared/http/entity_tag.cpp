#include "http/entity_tag.hpp"

#include "http/characters.hpp"
#include "http/date.hpp"

namespace sallyport::http {
namespace {

// RFC 9110 section 8.8.3: etagc is any visible character but the quotation mark, or obs-text.
bool is_tag_character(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != 0x7F;
}

/// Bytes of the entity tag at the start of `text`; 0: there is none.
std::size_t tag_length(std::string_view text) {
  const std::size_t open = text.starts_with("W/") ? 2 : 0;
  if (text.size() <= open || text[open] != '"') return 0;
  std::size_t at = open + 1;
  while (at < text.size() && is_tag_character(text[at])) ++at;
  return at < text.size() && text[at] == '"' ? at + 1 : 0;
}

std::string_view opaque(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

bool list_has(std::string_view list, std::string_view tag) {
  while (true) {
    while (!list.empty() && is_one_of(", \t", list.front())) list.remove_prefix(1);
    const std::size_t length = tag_length(list);
    if (length == 0) return false;
    if (weakly_equal(list.substr(0, length), tag)) return true;
    list.remove_prefix(length);
  }
}

}  // namespace

bool is_entity_tag(std::string_view text) {
  return !text.empty() && tag_length(text) == text.size();
}

bool weakly_equal(std::string_view a, std::string_view b) {
  return opaque(a) == opaque(b);
}

bool client_has_it(std::span<const field> request, std::span<const field> answer, unix_seconds now) {
  if (const auto wanted = combined_field(request, "if-none-match")) {
    if (trim_ows(*wanted) == "*") return true;
    const auto tag = single_field(answer, "etag");
    return tag && is_entity_tag(*tag) && list_has(*wanted, *tag);
  }
  const auto since = single_field(request, "if-modified-since");
  const auto modified = single_field(answer, "last-modified");
  if (!since || !modified) return false;
  const auto since_time = parse_http_date(*since, now);
  const auto modified_time = parse_http_date(*modified, now);
  return since_time && modified_time && *modified_time <= *since_time;
}

}  // namespace sallyport::http
