// Invariant: a grant that can be read is exactly the text of what it says; one that verifies is, but for its signature, the
// very grant that the edge has signed; and no channel is held under any other.
//
// Input: edits of a true grant, one a line ("position length:new bytes"), or, when the first byte is "!", a grant of its own.

#include "agent/openssl/generate.hpp"
#include "channel/grant.hpp"
#include "encoding/base64url.hpp"
#include "jose/jws.hpp"
#include "tests/fuzz/support/edit.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

struct edge {
  edge() {
    auto parts = openssl::generate_ec(crypto::curve::p256);
    fuzz::hold(parts.ok(), "a key can be made");
    const jose::jwk key{"edge-1", {crypto::algorithm::es256}, crypto::algorithm::es256, std::move(*parts)};
    auto made = jose::parse_signing_keys(encoding::canonical_json(jose::private_jwk(key)), fuzz::host());
    fuzz::hold(made.ok(), "a made key can be read");
    keys = jose::jwk_set({made->front().verification});
    crypto::p256_scalar secret{};
    secret.fill(1);
    auto pair = channel::make_pair(fuzz::host(), secret);
    fuzz::hold(pair.ok(), "a pair can be made");
    says = {channel::thumbprint(fuzz::host(), pair->point),
            "sallyport:channel:app",
            pair->point,
            1'800'000'600,
            1'800'000'000,
            "https://edge.example",
            "p2b1eIu5n0m1tZQ8iTqT9A"};
    auto sealed = channel::sign_grant(says, made->front(), fuzz::host());
    fuzz::hold(sealed.ok(), "a grant can be signed");
    grant = std::move(*sealed);
  }
  jose::jwk_set keys;
  channel::grant says;
  channel::signed_grant grant;
};

const edge& true_edge() {
  static const edge one;
  return one;
}

std::string_view part(std::string_view compact, int index) {
  for (; index > 0; --index) compact.remove_prefix(compact.find('.') + 1);
  return compact.substr(0, compact.find('.'));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const edge& from = true_edge();
  fuzz::input in(data, size);
  std::string grant = from.grant.compact;
  if (in.rest().starts_with('!')) {
    grant = in.rest().substr(1);
  } else {
    while (!in.empty()) fuzz::apply_edit(grant, in.take_line());
  }
  const auto read = channel::read_grant(grant, fuzz::host());
  if (!read.ok()) {
    fuzz::hold(read.why() == reason::channel_grant_invalid, "what cannot be read has its reason");
    return 0;
  }
  fuzz::hold(grant.size() <= channel::max_grant_bytes, "a grant is not too long");
  fuzz::hold(encoding::encode_base64url(as_bytes(channel::write_grant(read->content))) == part(grant, 1),
             "a grant is the text of what it says");
  bool unknown_key = false;
  if (!channel::verify_grant(*read, from.keys, fuzz::host(), unknown_key).ok()) return 0;
  fuzz::hold(read->id == from.grant.id, "what verifies is the grant that was signed");
  return 0;
}
