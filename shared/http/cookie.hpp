// Cookies as their readers take them apart: the pairs of a Cookie field, and the pair that a Set-Cookie field stores.
//
// Rules
// * A Cookie field is read leniently (RFC 6265 section 5.4 lets servers): pairs end at ";", white space around names
//   and values does not count, and a pair without "=" is a name.
// * A cookie behind a comma hides: some servers read it, as of two fields that were joined on their way, and others
//   take it for part of the value before it.
// * A Set-Cookie field stores what stands before its first ";". A pair whose name is empty is stored without a name,
//   and sent back as its value alone (RFC 6265bis section 5.6): "=sid=x" comes back as "sid=x", a cookie sid.
#pragma once

#include <string_view>

namespace sallyport::http {

/// One piece of a Cookie field; `whole` is the piece as it stands. Views into the field.
struct cookie_pair {
  std::string_view whole, name, value;
};

/// Takes the next piece off a Cookie field; false at its end.
bool next_cookie(std::string_view& rest, cookie_pair& pair);

/// Whether a cookie `name` stands behind a comma in a piece of a Cookie field.
bool hides_cookie(std::string_view piece, std::string_view name);

/// The name under which a client that stores this Set-Cookie field sends the cookie back. A view into the field.
std::string_view name_when_sent(std::string_view set_cookie);

/// Whether a client that stores this Set-Cookie field may afterwards send a cookie that is read as `name`, which has
/// case, or as `name` behind one of the prefixes "__Host-" and "__Secure-" (any case: RFC 6265bis section 5.7).
bool sets_cookie(std::string_view set_cookie, std::string_view name);

}  // namespace sallyport::http
