// The one lexer of structured fields: a cursor over bytes and the pieces of RFC 9651 section 4.2. The parser in
// structured_field.hpp builds values from it; hot paths that need only a few members walk it directly and copy nothing.
// A false answer leaves the cursor where the text stops making sense.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "encoding/structured_field_model.hpp"

namespace sallyport::encoding::sf {

/// Where a scan stands. Views taken from it are into `text`.
struct cursor {
  std::string_view text;
  std::size_t at = 0;

  bool done() const { return at >= text.size(); }
  /// The next byte, or NUL at the end (NUL starts no production).
  char peek() const { return at < text.size() ? text[at] : '\0'; }
  bool take(char expected) {
    if (done() || text[at] != expected) return false;
    ++at;
    return true;
  }
};

/// SP only; OWS is SP and HTAB.
void skip_spaces(cursor& in);
void skip_ows(cursor& in);

/// Section 4.2.3.3. The key is a view into the text.
bool scan_key(cursor& in, std::string_view& key);
/// Section 4.2.5. `raw` is what stands between the quotes, escapes and all; `escaped` tells whether there are any.
bool scan_string(cursor& in, std::string_view& raw, bool& escaped);
/// Undoes the escapes of a raw string that scan_string accepted.
std::string unescape_string(std::string_view raw);
/// Section 4.2.4; only an integer is accepted (no decimal).
bool scan_integer(cursor& in, std::int64_t& value);
/// Section 4.2.7. `base64` is what stands between the colons, its alphabet checked, its padding not.
bool scan_bytes(cursor& in, std::string_view& base64);
/// Section 4.2.3.1: any bare item as a value.
bool scan_bare_item(cursor& in, bare_item& value);

/// Steps over one bare item, parameter list or member (item or inner list) without building it; only its shape is
/// checked.
bool skip_bare_item(cursor& in);
bool skip_parameters(cursor& in);
bool skip_member(cursor& in);

/// After a member of a list or dictionary: steps over OWS, a comma and OWS (section 4.2.2, steps 2.5 to 2.9). False
/// when something else, or nothing after the comma, follows. At the end of the text the cursor is done.
bool scan_separator(cursor& in);

}  // namespace sallyport::encoding::sf
