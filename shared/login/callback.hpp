// What a provider sends the browser back with, checked (RFC 6749 section 4.1.2, RFC 9207 section 2.4). In this order
// (normative); the first failure is the reason:
//
// | | check | else |
// | --- | --- | --- |
// | 1 | the path names a provider; `state` once; exactly one of `code`, `error`; `iss` once at most; none empty, each 4 KB at most | login_parameters |
// | 2 | the cookie of this login is there, and opens | login_transaction_missing |
// | 3 | the whole state is equal; the login began an hour ago at most; provider and issuer are those of the cookie | login_state_differs, login_transaction_expired, login_provider_differs |
// | 4 | `iss` is the issuer; it is there when the provider's metadata or the policy says so | login_iss_missing, login_iss_differs |
// | 5 | no `error` | login_refused_by_provider |
//
// From 3 on the cookie is spent, whatever follows: a login has one callback.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "login/cookie.hpp"
#include "login/provider.hpp"
#include "login/seal.hpp"
#include "login/texts.hpp"
#include "login/words.hpp"

namespace sallyport::login {

struct callback_request {
  /// Null: no provider of this name.
  const provider* at = nullptr;
  /// Its metadata says that its responses have `iss`.
  bool names_itself = false;
  /// Without its "?".
  std::string_view query;
  const held_cookies& cookies;
  /// As login/seal.hpp has it.
  std::string_view scope;
};

/// A login that may go on: the code goes to the token endpoint, once.
struct callback {
  std::string code;
  transaction_text transaction;
  login_words words;
};

struct checked_callback {
  result<callback> what = reason::internal;
  /// The name of the cookie to delete; empty: none was found.
  std::string spent;
};

checked_callback check_callback(const callback_request& request, const master_keys& keys, unix_seconds now,
                                crypto::port& host);

}  // namespace sallyport::login
