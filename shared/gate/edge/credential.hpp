// Where a request's credential stands, and that there is only one.
//
// Rules
// * A policy's issuers name the places (`from`): Authorization with the Bearer scheme, a field, a cookie. Only these
//   are looked at, so that an app's own Authorization: Basic, or a field that no issuer names, is no credential.
// * For each issuer the first of its places that holds something counts (Cloudflare Access: the field, then the
//   cookie). Those behind it are not looked at: whatever stands there, how often, and how malformed, decides nothing.
// * The places that count, one an issuer at most, must hold the same token, and each of them one token only, else
//   credential_ambiguous: nobody can say which caller was meant.
// * An empty field or cookie holds nothing. What stands there must be token68 (RFC 9110 section 11.2), else
//   credential_malformed.
// * What stands in any of the places is taken out of the request that goes on, whether it was used or not: a caller's
//   token never reaches the origin. So is what could be read as standing there (behind a comma). Field names count with
//   "_" for "-", too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/text_arena.hpp"
#include "http/field.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// A token that was found. The view is into the request.
struct credential {
  std::string_view token;
  /// One bit for each place (in the order of credential_places) that holds it.
  std::uint64_t places = 0;
};

class credential_places {
 public:
  /// Most places that all issuers of a policy may name together; more are a config_invalid of the edge.
  static constexpr std::size_t max_places = 64;

  explicit credential_places(const policy::compiled_policy& policy);

  /// Nothing when the request carries none. Reasons: credential_ambiguous, credential_malformed.
  result<std::optional<credential>> find(std::span<const http::field> fields) const;
  /// Whether issuer number `issuer` (in the order of the policy) takes a token from where this one stands.
  bool takes(std::size_t issuer, const credential& found) const;

  /// The field as it may go on, or nothing when it holds a credential and is dropped whole. New text is in `storage`.
  std::optional<http::field> without_credentials(const http::field& from, text_arena& storage) const;

  /// The lower-case names of the fields that the places are in, each once.
  std::vector<std::string> field_names() const;

  /// Where a credential could have been; the detail of credential_missing.
  std::string describe() const;

  std::size_t size() const { return places_.size(); }

 private:
  std::size_t index_of(const policy::credential_source& place);
  result<std::string_view> look(const policy::credential_source& place, std::span<const http::field> fields) const;
  /// Looks at the places of an issuer in their order, up to the first that holds something.
  result<void> add_first(const std::vector<std::size_t>& order, std::span<const http::field> fields,
                         credential& found) const;
  bool is_credential_cookie(std::string_view name) const;
  bool hides_credential(std::string_view piece) const;
  std::string_view without_cookies(std::string_view value, text_arena& storage) const;

  std::vector<policy::credential_source> places_;
  /// For each issuer its places in order, as indices.
  std::vector<std::vector<std::size_t>> issuers_;
};

}  // namespace sallyport::gate
