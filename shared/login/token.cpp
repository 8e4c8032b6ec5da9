#include "login/token.hpp"

#include "core/ascii.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json_members.hpp"
#include "jose/jws.hpp"
#include "login/form.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

result<std::string> client_assertion(const provider& to, const provider_metadata& metadata,
                                     const jose::signing_key& key, std::string_view id, unix_seconds now,
                                     crypto::port& host) {
  const bool names_issuer = to.audience == assertion_audience::issuer;
  // RFC 7523 section 3; aud is one text, and never a list: no other provider may take the assertion.
  const auto claims = encoding::canonical_json({{"iss", to.client_id},
                                                {"sub", to.client_id},
                                                {"aud", names_issuer ? to.issuer : metadata.token_endpoint},
                                                {"iat", now},
                                                {"exp", now + assertion_life},
                                                {"jti", std::string(id)}});
  return jose::sign_jws(key, to.assertion_typ, as_bytes(claims), host);
}

/// RFC 6749 section 2.3.1: id and secret are form-encoded before they are put together.
std::string basic(std::string_view client_id, std::string_view secret) {
  const auto pair = encoding::encode_form_component(client_id) + ":" + encoding::encode_form_component(secret);
  return "Basic " + encoding::encode_base64(as_bytes(pair));
}

/// Adds what the client proves itself with.
result<void> prove(const provider& to, const provider_metadata& metadata, const client_credentials& with,
                   std::string_view id, unix_seconds now, crypto::port& host, provider_call& call, form& body) {
  switch (to.auth) {
    case client_auth::none: body.add("client_id", to.client_id); return {};
    case client_auth::client_secret_basic:
      call.fields.emplace_back("authorization", basic(to.client_id, with.secret));
      return {};
    case client_auth::client_secret_post:
      body.add("client_id", to.client_id).add("client_secret", with.secret);
      return {};
    case client_auth::private_key_jwt: break;
  }
  if (with.key == nullptr) return failure(reason::signing_key_missing, "provider " + to.name + " has no key");
  SALLYPORT_ASSIGN(const auto assertion, client_assertion(to, metadata, *with.key, id, now, host));
  body.add("client_id", to.client_id);
  body.add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  body.add("client_assertion", assertion);
  return {};
}

failure token_refusal(int status, std::string_view error) {
  if (status == 400 && error == "invalid_grant") return reason::login_code_refused;
  if (status == 401 || status == 403 || (status == 400 && !error.empty())) {
    constexpr std::string_view known[] = {"invalid_client", "invalid_request", "invalid_scope", "unauthorized_client",
                                          "unsupported_grant_type"};
    for (const auto each : known) {
      if (each == error) return {reason::provider_rejected_client, std::string(each)};
    }
    return {reason::provider_rejected_client, "status " + std::to_string(status)};
  }
  return {reason::provider_unavailable, status == 0 ? "no response" : "status " + std::to_string(status)};
}

}  // namespace

result<provider_call> token_call(const provider& to, const provider_metadata& metadata, const client_credentials& with,
                                 const code_exchange& what, unix_seconds now, crypto::port& host) {
  provider_call call;
  call.url = metadata.token_endpoint;
  call.fields = {{"accept", "application/json"}, {"content-type", "application/x-www-form-urlencoded"}};
  form body;
  body.add("grant_type", "authorization_code").add("code", what.code);
  body.add("redirect_uri", what.redirect_uri).add("code_verifier", what.verifier);
  SALLYPORT_TRY(prove(to, metadata, with, what.id, now, host, call, body));
  call.body = body.text();
  return call;
}

result<tokens> read_tokens(int status, std::string_view body) {
  const auto parsed = encoding::parse_json(body, {max_token_response_bytes, 16});
  const bool is_object = parsed.ok() && parsed->is_object();
  if (status != 200)
    return token_refusal(status, is_object ? encoding::text_member(*parsed, "error") : std::string_view());
  if (!is_object) return failure(reason::provider_unavailable, "the tokens are not a JSON object");
  // RFC 6749 section 5.1: case-insensitive.
  if (!ascii::equal(encoding::text_member(*parsed, "token_type"), "bearer")) {
    return failure(reason::provider_unavailable, "token_type is not Bearer");
  }
  tokens out;
  out.id_token = std::string(encoding::text_member(*parsed, "id_token"));
  out.access_token = std::string(encoding::text_member(*parsed, "access_token"));
  out.refresh_token = std::string(encoding::text_member(*parsed, "refresh_token"));
  return out;
}

}  // namespace sallyport::login
