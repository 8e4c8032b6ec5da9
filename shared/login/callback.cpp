#include "login/callback.hpp"

#include <algorithm>
#include <iterator>

#include "http/path.hpp"

namespace sallyport::login {
namespace {

constexpr std::size_t max_parameter_bytes = 4096;
constexpr std::size_t max_callback_pairs = 64;

/// The parameters of the response that are looked at; empty: not there.
struct callback_parameters {
  std::string code, error, state, issuer;
};

failure bad_parameters(std::string_view what) {
  return {reason::login_parameters, std::string(what)};
}

result<callback_parameters> read_parameters(std::string_view query) {
  const auto pairs = http::parse_query(query, max_callback_pairs);
  if (!pairs.ok()) return bad_parameters("not a query");
  callback_parameters out;
  const std::pair<std::string_view, std::string*> places[] = {
      {"code", &out.code}, {"error", &out.error}, {"state", &out.state}, {"iss", &out.issuer}};
  for (const auto& pair : *pairs) {
    const auto* place =
        std::find_if(std::begin(places), std::end(places), [&](const auto& each) { return each.first == pair.first; });
    if (place == std::end(places)) continue;
    const auto& value = pair.second;
    if (!place->second->empty()) return bad_parameters(std::string(place->first) + " is there twice");
    if (value.empty()) return bad_parameters(std::string(place->first) + " is empty");
    if (value.size() > max_parameter_bytes) return bad_parameters(std::string(place->first) + " is too long");
    *place->second = value;
  }
  if (out.state.empty()) return bad_parameters("no state");
  if (out.code.empty() == out.error.empty()) return bad_parameters("neither code nor error, or both");
  return out;
}

/// RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6; the provider's own words are shown to nobody.
std::string_view known_error(std::string_view code) {
  constexpr std::string_view known[] = {"access_denied",
                                        "account_selection_required",
                                        "consent_required",
                                        "interaction_required",
                                        "invalid_request",
                                        "invalid_request_object",
                                        "invalid_request_uri",
                                        "invalid_scope",
                                        "login_required",
                                        "registration_not_supported",
                                        "request_not_supported",
                                        "request_uri_not_supported",
                                        "server_error",
                                        "temporarily_unavailable",
                                        "unauthorized_client",
                                        "unmet_authentication_requirements",
                                        "unsupported_response_type"};
  const auto* found = std::find(std::begin(known), std::end(known), code);
  return found == std::end(known) ? "another code" : *found;
}

result<transaction_text> open_transaction(const held_cookie& cookie, const callback_request& request,
                                          const master_keys& keys, unix_seconds now, crypto::port& host) {
  const seal_place where{purpose::transaction, request.scope, cookie.name};
  const auto plain = open(keys, where, cookie.value, now, host);
  if (!plain.ok()) return plain.error();
  return read_transaction(*plain);
}

result<void> check_issuer(const callback_request& request, const std::string& given) {
  // RFC 9207 section 2.4: compared as simple strings.
  if (!given.empty() && given != request.at->issuer) return reason::login_iss_differs;
  const bool wanted = request.names_itself || request.at->require_iss;
  return given.empty() && wanted ? result<void>(reason::login_iss_missing) : result<void>();
}

/// Checks 3 to 5.
result<callback> go_on(callback_parameters said, transaction_text begun, const callback_request& request,
                       unix_seconds now, crypto::port& host) {
  SALLYPORT_ASSIGN(auto words, words_of(begun.seed, host));
  if (!host.equal_constant_time(as_bytes(words.state), as_bytes(said.state))) return reason::login_state_differs;
  if (now - begun.begun > transaction_life) return reason::login_transaction_expired;
  if (begun.provider != request.at->name || begun.issuer != request.at->issuer) return reason::login_provider_differs;
  SALLYPORT_TRY(check_issuer(request, said.issuer));
  if (!said.error.empty()) return failure(reason::login_refused_by_provider, std::string(known_error(said.error)));
  return callback{std::move(said.code), std::move(begun), std::move(words)};
}

}  // namespace

checked_callback check_callback(const callback_request& request, const master_keys& keys, unix_seconds now,
                                crypto::port& host) {
  if (request.at == nullptr) return {bad_parameters("no provider of this name"), {}};
  auto said = read_parameters(request.query);
  if (!said.ok()) return {said.error(), {}};
  const auto tag = std::string_view(said->state).substr(0, cookie_tag_characters);
  const auto* cookie = request.cookies.find(cookie_kind::transaction, tag);
  if (cookie == nullptr) return {reason::login_transaction_missing, {}};
  auto begun = open_transaction(*cookie, request, keys, now, host);
  if (!begun.ok()) return {failure(reason::login_transaction_missing, begun.error().detail), {}};
  return {go_on(std::move(*said), std::move(*begun), request, now, host), std::string(cookie->name)};
}

}  // namespace sallyport::login
