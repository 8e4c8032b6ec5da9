#include "gate/edge/credential.hpp"

#include <algorithm>
#include <string>

#include "http/characters.hpp"
#include "http/cookie.hpp"
#include "http/fields.hpp"

namespace sallyport::gate {
namespace {

using place = policy::credential_source::place;

/// What follows the Bearer scheme (RFC 9110 section 11.4: any case, then spaces), or nothing when it is another scheme.
/// A scheme is a token, so that any other character ends it: "Bearer", a tab and a token is a credential, if a
/// malformed one, and not the request of somebody who presented none.
std::optional<std::string_view> bearer(std::string_view value) {
  constexpr std::string_view scheme = "bearer";
  if (!http::name_starts_with(value, scheme)) return std::nullopt;
  const auto rest = value.substr(scheme.size());
  if (rest.empty() || rest.front() == ' ') return http::trim_ows(rest);
  return http::all_are(rest.substr(0, 1), http::token_char) ? std::nullopt : std::optional(rest);
}

/// Whether a Bearer credential stands behind a comma, as when two Authorization fields were joined on their way. Inside
/// of quotes it is a parameter of another scheme.
bool hides_bearer(std::string_view value) {
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (quoted && value[i] == '\\') {
      ++i;
    } else if (value[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && value[i] == ',' && bearer(http::trim_ows(value.substr(i + 1)))) {
      return true;
    }
  }
  return false;
}

/// Keeps the one value; false when there is a different one already.
bool keep(std::string_view& token, std::string_view candidate) {
  if (candidate.empty()) return true;
  if (!token.empty() && token != candidate) return false;
  token = candidate;
  return true;
}

result<std::string_view> look_in_authorization(std::span<const http::field> fields) {
  std::string_view token;
  for (const auto& each : fields) {
    if (!http::name_equals(each.name, "authorization")) continue;
    const auto candidate = bearer(each.value);
    if (!candidate && hides_bearer(each.value)) {
      return failure(reason::credential_ambiguous, "several credentials in one Authorization field");
    }
    if (!candidate) continue;
    if (candidate->empty()) return failure(reason::credential_malformed, "Authorization: Bearer without a token");
    if (!keep(token, *candidate)) return failure(reason::credential_ambiguous, "several Authorization fields");
  }
  return token;
}

result<std::string_view> look_in_field(std::string_view name, std::span<const http::field> fields) {
  std::string_view token;
  for (const auto& each : fields) {
    if (http::name_equals(each.name, name) && !keep(token, each.value)) {
      return failure(reason::credential_ambiguous, "several fields " + std::string(name));
    }
  }
  return token;
}

result<std::string_view> look_in_cookies(std::string_view name, std::span<const http::field> fields) {
  std::string_view token;
  for (const auto& each : fields) {
    if (!http::name_equals(each.name, "cookie")) continue;
    std::string_view rest = each.value;
    http::cookie_pair pair;
    while (http::next_cookie(rest, pair)) {
      if (pair.name == name && !keep(token, pair.value)) {
        return failure(reason::credential_ambiguous, "several cookies " + std::string(name));
      }
      if (http::hides_cookie(pair.whole, name)) {
        return failure(reason::credential_ambiguous, "a cookie " + std::string(name) + " behind a comma");
      }
    }
  }
  return token;
}

}  // namespace

credential_places::credential_places(const policy::compiled_policy& policy) {
  for (const auto& issuer : policy.issuers) {
    auto& order = issuers_.emplace_back();
    for (const auto& source : issuer.from) order.push_back(index_of(source));
  }
}

std::size_t credential_places::index_of(const policy::credential_source& source) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].where == source.where && places_[i].name == source.name) return i;
  }
  places_.push_back(source);
  return places_.size() - 1;
}

result<std::string_view> credential_places::look(const policy::credential_source& source,
                                                 std::span<const http::field> fields) const {
  switch (source.where) {
    case place::authorization: return look_in_authorization(fields);
    case place::header: return look_in_field(source.name, fields);
    case place::cookie: return look_in_cookies(source.name, fields);
  }
  return reason::internal;
}

result<void> credential_places::add_first(const std::vector<std::size_t>& order, std::span<const http::field> fields,
                                          credential& found) const {
  for (const std::size_t at : order) {
    // It counted for another issuer already.
    if ((found.places >> at & 1U) != 0) return {};
    SALLYPORT_ASSIGN(const auto held, look(places_[at], fields));
    if (held.empty()) continue;
    if (!keep(found.token, held)) return failure(reason::credential_ambiguous, "different tokens in different places");
    found.places |= std::uint64_t{1} << at;
    return {};
  }
  return {};
}

result<std::optional<credential>> credential_places::find(std::span<const http::field> fields) const {
  credential found;
  for (const auto& order : issuers_) SALLYPORT_TRY(add_first(order, fields, found));
  if (found.token.empty()) return std::optional<credential>();
  if (!http::all_are(found.token, http::token68_char)) return failure(reason::credential_malformed, "not a token");
  return std::optional(found);
}

bool credential_places::takes(std::size_t issuer, const credential& found) const {
  for (const std::size_t at : issuers_[issuer]) {
    if ((found.places >> at & 1U) != 0) return true;
  }
  return false;
}

std::optional<http::field> credential_places::without_credentials(const http::field& from, text_arena& storage) const {
  http::field kept = from;
  for (const auto& source : places_) {
    if (source.where == place::header && http::same_variable(from.name, source.name)) return std::nullopt;
    if (source.where == place::authorization && http::name_equals(from.name, "authorization") &&
        (bearer(from.value) || hides_bearer(from.value))) {
      return std::nullopt;
    }
  }
  if (!http::name_equals(from.name, "cookie")) return kept;
  kept.value = without_cookies(from.value, storage);
  return kept.value.empty() ? std::nullopt : std::optional(kept);
}

std::vector<std::string> credential_places::field_names() const {
  std::vector<std::string> names;
  for (const auto& source : places_) {
    std::string name = source.where == place::authorization ? "authorization" : "cookie";
    if (source.where == place::header) name = http::to_lower(source.name);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

std::string credential_places::describe() const {
  if (places_.empty()) return "the policy has no issuers";
  std::string text = "no token in ";
  for (const auto& source : places_) {
    if (&source != &places_.front()) text += ", ";
    text += source.where == place::authorization ? "Authorization: Bearer"
                                                 : (source.where == place::cookie ? "cookie " : "") + source.name;
  }
  return text;
}

bool credential_places::is_credential_cookie(std::string_view name) const {
  for (const auto& source : places_) {
    if (source.where == place::cookie && source.name == name) return true;
  }
  return false;
}

bool credential_places::hides_credential(std::string_view piece) const {
  for (const auto& source : places_) {
    if (source.where == place::cookie && http::hides_cookie(piece, source.name)) return true;
  }
  return false;
}

std::string_view credential_places::without_cookies(std::string_view value, text_arena& storage) const {
  std::string kept;
  bool removed = false;
  std::string_view rest = value;
  http::cookie_pair pair;
  while (http::next_cookie(rest, pair)) {
    if (is_credential_cookie(pair.name) || hides_credential(pair.whole)) {
      removed = true;
    } else if (!pair.whole.empty()) {
      kept.append(kept.empty() ? "" : "; ").append(pair.whole);
    }
  }
  return removed ? storage.copy(kept) : value;
}

}  // namespace sallyport::gate
