// Check 4 of the protocol: what a signature says about itself.
#include "httpsig/profile_parameters.hpp"

#include <algorithm>
#include <string>

#include "core/ascii.hpp"
#include "encoding/shown.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::httpsig {
namespace {

bool is_base64url(char c) {
  return ascii::is_alphanumeric(c) || c == '-' || c == '_';
}

bool has_all(const received_profile& received) {
  return received.created && received.expires && received.nonce && received.keyid && received.alg && received.tag;
}

std::string in_seconds(seconds count) {
  return std::to_string(count) + " s";
}

std::string allowed(seconds skew) {
  return "; a skew of " + in_seconds(skew) + " is allowed";
}

}  // namespace

bool is_profile_nonce(std::string_view text) {
  // Twenty-two characters carry 132 bits: the last one may only be A, Q, g or w.
  constexpr std::string_view last = "AQgw";
  return text.size() == profile_nonce_chars && std::all_of(text.begin(), text.end(), is_base64url) &&
         last.find(text.back()) != std::string_view::npos;
}

bool is_profile_keyid(std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), plain);
}

bool is_profile_algorithm(crypto::algorithm id) {
  return id == crypto::algorithm::es256 || id == crypto::algorithm::eddsa || id == crypto::algorithm::hs256;
}

result<crypto::algorithm> check_parameters(const received_profile& received) {
  if (received.foreign_parameter || !has_all(received)) {
    return failure(reason::httpsig_parameter_invalid,
                   "created, expires, nonce, keyid, alg and tag, each once, no other");
  }
  if (*received.tag != profile_tag) return failure(reason::httpsig_tag, "tag is " + encoding::shown(*received.tag));
  if (!is_profile_nonce(*received.nonce)) {
    return failure(reason::httpsig_nonce, "nonce is " + encoding::shown(*received.nonce, 32));
  }
  const auto named = crypto::from_httpsig_name(*received.alg);
  if (!named || !is_profile_algorithm(*named)) {
    return failure(reason::httpsig_algorithm, "alg is " + encoding::shown(*received.alg, 32));
  }
  return *named;
}

result<seconds> check_times(const received_profile& received, unix_seconds now, seconds skew) {
  const seconds age = now - *received.created;
  if (-age > skew) {
    return failure(reason::httpsig_created_in_future,
                   "the signer's clock is " + in_seconds(-age) + " ahead of this one" + allowed(skew));
  }
  const seconds overdue = now - *received.expires;
  if (overdue > skew) {
    return failure(reason::httpsig_expired, "expired " + in_seconds(overdue) + " ago, signed " + in_seconds(age) +
                                                " ago by this clock" + allowed(skew));
  }
  const seconds lifetime = *received.expires - *received.created;
  if (lifetime < 0) return failure(reason::httpsig_parameter_invalid, "expires lies before created");
  if (lifetime > profile_max_lifetime) {
    return failure(reason::httpsig_lifetime_too_long,
                   "lives " + in_seconds(lifetime) + ", at most " + in_seconds(profile_max_lifetime));
  }
  return age;
}

}  // namespace sallyport::httpsig
