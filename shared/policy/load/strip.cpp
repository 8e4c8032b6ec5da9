// `strip`: what an app trusts and no client may send.
#include "http/characters.hpp"
#include "policy/header_map.hpp"
#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

/// "X-Acme-User", or "X-Acme-*" for all names that start like this.
std::optional<stripped_header> read_stripped(std::string_view text) {
  const bool is_prefix = text.ends_with('*');
  if (is_prefix) text.remove_suffix(1);
  const bool named = !text.empty() && text != "-" && http::all_are(text, http::plain_name_char);
  return named ? std::optional(stripped_header{http::to_lower(text), is_prefix}) : std::nullopt;
}

/// What the message itself or a condition needs of the names that `strip` covers so far, or nothing.
std::string_view needed(const service& to) {
  constexpr std::string_view framing[] = {"content-type", "content-length", "host", "transfer-encoding"};
  for (const auto name : framing) {
    if (is_stripped_header(to, name)) return name;
  }
  for (const auto& name : to.signed_headers) {
    if (is_stripped_header(to, name)) return name;
  }
  return {};
}

}  // namespace

void load_strip(const node& at, service& to) {
  for (const auto& element : at.elements()) {
    const auto text = element.some_text();
    if (!text) continue;
    auto read = read_stripped(*text);
    if (!read) {
      element.refuse(reason::policy_member_type, "\"" + *text + "\" names no header to strip",
                     "use letters, digits and hyphens; X-Acme-* stands for all names that start like this");
      continue;
    }
    to.strip.push_back(std::move(*read));
    const auto name = needed(to);
    if (name.empty()) continue;
    element.refuse(reason::policy_member_type, "\"" + *text + "\" would strip " + std::string(name),
                   "the request or a condition needs it; name what the app trusts");
    to.strip.pop_back();
  }
}

}  // namespace sallyport::policy
