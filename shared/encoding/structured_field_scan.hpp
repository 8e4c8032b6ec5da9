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

/// An integer, or a decimal as its number of thousandths.
struct number {
  std::int64_t value = 0;
  bool is_decimal = false;
};

/// Section 4.2.3.3. The key is a view into the text.
bool scan_key(cursor& in, std::string_view& key);
/// Section 4.2.6. The token is a view into the text.
bool scan_token(cursor& in, std::string_view& text);
/// Section 4.2.5. `raw` is what stands between the quotes, escapes and all; `escaped` tells whether there are any.
bool scan_string(cursor& in, std::string_view& raw, bool& escaped);
/// Undoes the escapes of a raw string that scan_string accepted.
std::string unescape_string(std::string_view raw);
/// Section 4.2.4.
bool scan_number(cursor& in, number& out);
/// Section 4.2.4; only an integer is accepted.
bool scan_integer(cursor& in, std::int64_t& value);
/// Section 4.2.7. `base64` is what stands between the colons: its alphabet is checked, its padding is not.
bool scan_bytes(cursor& in, std::string_view& base64);
/// Section 4.2.8.
bool scan_boolean(cursor& in, bool& value);
/// Section 4.2.9.
bool scan_date(cursor& in, std::int64_t& seconds);
/// Section 4.2.10, from its "%" to its closing quote; `text` is the decoded UTF-8.
bool scan_display_string(cursor& in, std::string& text);

/// Section 4.2.3.1: any bare item as a value.
bool scan_bare_item(cursor& in, bare_item& value);
/// Section 4.2.3.2: parameters, none included.
bool scan_parameters(cursor& in, parameter_list& parameters);
/// Section 4.2.1.1: an item or an inner list, each with its parameters.
bool scan_member(cursor& in, member& value);
/// Section 4.2.2: what stands behind a key of a dictionary ("=" and a member, or only parameters).
bool scan_dictionary_value(cursor& in, member& value);

/// After a member of a list or dictionary: steps over OWS, a comma and OWS (section 4.2.2, steps 2.5 to 2.9). False
/// when something else, or nothing after the comma, follows. At the end of the text the cursor is done.
bool scan_separator(cursor& in);

}  // namespace sallyport::encoding::sf
