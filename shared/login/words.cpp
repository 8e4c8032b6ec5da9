#include "login/words.hpp"

#include "encoding/base64url.hpp"

namespace sallyport::login {
namespace {

result<std::string> word(const crypto::key& seed, std::string_view label, crypto::port& host) {
  SALLYPORT_ASSIGN(const auto octets, host.sign(crypto::algorithm::hs256, seed, as_bytes(label)));
  return encoding::encode_base64url(octets);
}

}  // namespace

result<login_words> words_of(const login_seed& seed, crypto::port& host) {
  const auto key = host.import_secret(seed);
  if (!key.ok()) return reason::crypto_failed;
  login_words out;
  SALLYPORT_ASSIGN(out.state, word(**key, "sallyport state 1", host));
  SALLYPORT_ASSIGN(out.verifier, word(**key, "sallyport verifier 1", host));
  SALLYPORT_ASSIGN(out.nonce, word(**key, "sallyport nonce 1", host));
  out.challenge = encoding::encode_base64url(host.sha256(as_bytes(out.verifier)));
  return out;
}

}  // namespace sallyport::login
