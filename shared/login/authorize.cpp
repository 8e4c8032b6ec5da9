#include "login/authorize.hpp"

#include "login/form.hpp"

namespace sallyport::login {
namespace {

std::string with_spaces(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& each : words) out.append(out.empty() ? "" : " ").append(each);
  return out;
}

}  // namespace

std::string authorization_url(const provider& to, const provider_metadata& metadata, const login_words& words,
                              const requirement& wanted, const authorization& request) {
  form query;
  query.add("response_type", "code").add("client_id", to.client_id).add("redirect_uri", request.redirect_uri);
  query.add("scope", with_spaces(to.scopes)).add("state", words.state).add("nonce", words.nonce);
  query.add("code_challenge", words.challenge).add("code_challenge_method", "S256");
  if (!wanted.acr.empty()) query.add("acr_values", with_spaces(wanted.acr));
  if (wanted.max_age) query.add("max_age", std::to_string(*wanted.max_age));
  if (!request.prompt.empty()) query.add("prompt", request.prompt);
  if (!request.login_hint.empty()) query.add("login_hint", request.login_hint);
  for (const auto& [name, value] : to.authorize) query.add(name, value);
  const bool has_query = metadata.authorization_endpoint.find('?') != std::string::npos;
  return metadata.authorization_endpoint + (has_query ? "&" : "?") + query.text();
}

}  // namespace sallyport::login
