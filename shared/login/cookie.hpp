// The cookies of signing in: how they are read, written, and kept from apps.
//
// | name | holds |
// | --- | --- |
// | __Host-Http-sallyport-s-XXXXXXXX | a session; X are 8 characters of base64url(SHA-256(grant id)) |
// | __Host-Http-sallyport-sso | the session at the login host |
// | __Host-Http-sallyport-t-XXXXXXXX | a login under way; X are the first 8 characters of its state |
// | __Host-Http-sallyport-out, -tried, -last, -resend | not sealed, but for the last one |
//
// Rules
// * `Secure; HttpOnly; SameSite=Lax; Path=/`, no Domain: so the prefix asks (draft-ietf-httpbis-layered-cookies, `__Host-Http-`;
//   browsers that do not know it enforce `__Host-`). Max-Age and never Expires: a client's clock may be wrong.
// * One name a grant: under one name for all, the renewed cookie of a slow response would overwrite that of a newer login.
// * Read by exact name. A name that is there twice, or behind a comma in the value of another cookie (workerd joins two
//   Cookie fields with a comma), counts as not there: nobody can say which one was meant.
// * An app neither gets these cookies nor sets them: every name that begins with `__Host-Http-sallyport`, in any case. Its
//   Clear-Site-Data loses "cookies" and "*", which would empty all hosts of the site; "*" becomes "cache", "storage".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "http/field.hpp"

namespace sallyport::login {

enum class cookie_kind : std::uint8_t { session, sso, transaction, out, tried, last, resend };

/// Characters of the X in a name.
inline constexpr std::size_t cookie_tag_characters = 8;
/// Sessions of a jar that are opened.
inline constexpr std::size_t max_sessions_opened = 4;
/// Logins under way at one host.
inline constexpr std::size_t max_transactions = 16;
inline constexpr std::size_t max_transaction_bytes = std::size_t{8} << 10;

/// Precondition: `tag` has 8 characters for a session and a transaction, else none.
std::string cookie_name(cookie_kind kind, std::string_view tag = {});

/// A cookie of ours. Views into the fields.
struct held_cookie {
  cookie_kind kind;
  std::string_view name, tag, value;
};

struct held_cookies {
  /// In the order of the fields, each name once.
  std::vector<held_cookie> all;
  /// A name was left out for being there twice: cookie_ambiguous.
  bool ambiguous = false;

  /// Null: not there.
  const held_cookie* find(cookie_kind kind, std::string_view tag = {}) const;
  std::size_t count(cookie_kind kind) const;
};

held_cookies read_cookies(std::span<const http::field> fields);

/// The value of a Set-Cookie field. Precondition: `value` is base64url, or as harmless.
std::string set_cookie(std::string_view name, std::string_view value, seconds max_age);
/// One that deletes it, with the same attributes.
std::string delete_cookie(std::string_view name);

/// Whether a name is ours, in any case.
bool is_own_cookie(std::string_view name);
/// The value of a Cookie field as an app may have it; empty: nothing is left.
std::string without_own_cookies(std::string_view cookie_field);
/// Whether an app sets one of ours with this value of a Set-Cookie field. Then it goes no further.
bool sets_own_cookie(std::string_view set_cookie_field);
/// The value of a Clear-Site-Data field as an app may say it; empty: nothing is left.
std::string without_cookie_clearing(std::string_view clear_site_data);

}  // namespace sallyport::login
