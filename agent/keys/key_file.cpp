#include "agent/keys/key_file.hpp"

#include <utility>

#include "agent/openssl/generate.hpp"
#include "channel/keys.hpp"
#include "encoding/base64url.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::agent::keys {

namespace {

constexpr std::size_t hmac_secret_bytes = 32;
constexpr std::size_t random_name_bytes = 9;

result<jose::jwk> generate_pair(crypto::algorithm which, crypto::port& host) {
  jose::jwk made;
  made.algorithm = which;
  made.algorithms.insert(which);
  SALLYPORT_ASSIGN(made.material, openssl::generate_ec(crypto::describe(which).curve));
  made.kid = jose::thumbprint(made, host);
  return made;
}

result<jose::jwk> generate_secret(crypto::algorithm which) {
  jose::jwk made;
  made.algorithm = which;
  made.algorithms.insert(which);
  SALLYPORT_ASSIGN(bytes secret, openssl::random_bytes(hmac_secret_bytes));
  made.material = jose::secret_parts{std::move(secret)};
  SALLYPORT_ASSIGN(const bytes name, openssl::random_bytes(random_name_bytes));
  made.kid = encoding::encode_base64url(name);
  return made;
}

}  // namespace

result<json> generate_jwk(crypto::algorithm which, std::string_view kid, crypto::port& host) {
  const bool pair = which == crypto::algorithm::es256 || which == crypto::algorithm::eddsa;
  if (!pair && which != crypto::algorithm::hs256)
    return failure(reason::config_invalid, "keys are made for ES256, EdDSA and HS256");
  if (channel::is_keyid(kid)) return failure(reason::config_invalid, std::string(channel::kid_is_taken));
  if (!kid.empty() && !httpsig::is_profile_keyid(kid))
    return failure(reason::config_invalid, "a kid is printable ASCII without quotes and backslashes");
  auto made = pair ? generate_pair(which, host) : generate_secret(which);
  if (!made.ok()) return made.error();
  if (!kid.empty()) made->kid = kid;
  return jose::private_jwk(*made);
}

json make_set(json entry) {
  json keys = json::array();
  keys.push_back(std::move(entry));
  return {{"keys", std::move(keys)}};
}

result<std::vector<jose::signing_key>> read_keys(std::string_view text, crypto::port& host) {
  auto signing = jose::parse_signing_keys(text, host);
  if (signing.ok()) return signing;
  auto secret = jose::parse_secret_keys(text, host);
  return secret.ok() ? std::move(secret) : std::move(signing);
}

}  // namespace sallyport::agent::keys
