// Invariant: a public set that is accepted holds no private material, and finds a key only where no other one fits; and
// what we would publish of any key we can read ourselves, as the same key.
#include <algorithm>

#include "jose/jwk_set.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

void check_choice(const jose::jwk_set& set, const jose::verification_key& key, crypto::algorithm how) {
  const auto chosen = set.choose(how, key.kid);
  if (!chosen.ok()) return;
  fuzz::hold((*chosen)->algorithms.contains(how), "a key is for the algorithm");
  const auto fits = [&](const jose::verification_key& each) {
    return each.algorithms.contains(how) && (key.kid.empty() || each.kid == key.kid);
  };
  fuzz::hold(std::count_if(set.keys().begin(), set.keys().end(), fits) == 1, "and no other one fits");
}

void check_public_set(std::string_view text) {
  const auto set = jose::parse_jwks(text, fuzz::host());
  if (!set.ok()) return;
  fuzz::hold(!set->keys().empty(), "a set has keys");
  for (const auto& key : set->keys()) {
    fuzz::hold(key.key != nullptr && !key.algorithms.empty(), "a key can be used for something");
    fuzz::hold(!key.algorithms.contains(crypto::algorithm::hs256), "no secret in a public set");
    for (const auto& row : crypto::all_algorithms()) check_choice(*set, key, row.id);
  }
}

void check_publishing(std::string_view text) {
  const auto keys = jose::parse_signing_keys(text, fuzz::host());
  if (!keys.ok()) return;
  fuzz::hold(!keys->empty(), "there is a key that signs");
  const auto published = jose::parse_jwks(jose::write_public_set(*keys), fuzz::host());
  fuzz::hold(published.ok(), "what we publish is a public set");
  for (const auto& key : *keys) fuzz::hold(published->find(key.kid) != nullptr, "with every key of ours");
}

void check_single(std::string_view text) {
  const auto value = encoding::parse_json(text);
  if (!value.ok()) return;
  const auto key = jose::parse_jwk(*value, jose::key_purpose::verify_public);
  if (!key.ok()) return;
  const auto again = jose::parse_jwk(jose::public_jwk(*key), jose::key_purpose::verify_public);
  fuzz::hold(again.ok(), "a public key that was written can be read");
  fuzz::hold(jose::thumbprint(*again, fuzz::host()) == jose::thumbprint(*key, fuzz::host()), "and is the same key");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  check_public_set(text);
  check_publishing(text);
  check_single(text);
  return 0;
}
