// The known answer of the design: computed with node:crypto and with Python's cryptography.
#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "channel/grant.hpp"
#include "encoding/base64url.hpp"

using namespace sallyport;

namespace {

std::string hex(bytes_view octets) {
  std::string out;
  for (const byte each : octets) {
    for (const int shift : {4, 0}) out += "0123456789abcdef"[(each >> shift) & 15];
  }
  return out;
}

std::array<byte, 32> counted(byte from) {
  std::array<byte, 32> out{};
  for (auto& each : out) each = from++;
  return out;
}

const auto host = openssl::make_host();

}  // namespace

TEST_CASE("agent's pair, thumbprint, keyid, keys and confirmation are those of the known answer") {
  const auto agent = channel::derive_pair(*host, counted(0), "reports");
  REQUIRE(agent.ok());
  CHECK(hex(agent->secret) == "5cb499b815b13d8369fb5c7fde77a311491dac40adfd470772f92a4933b80090");
  CHECK(channel::thumbprint(*host, agent->point) == "h1m8JV0O1OhrKBz5Q4BwK87mRjhOqeyEgALtwQfdhCs");

  const auto edge = channel::make_pair(*host, counted(0x20));
  REQUIRE(edge.ok());
  channel::grant grant;
  grant.agent = channel::thumbprint(*host, agent->point);
  grant.audience = "sallyport:channel:reports";
  grant.edge = edge->point;
  grant.issued_at = 1760000000;
  grant.expires = 1760000600;
  grant.issuer = "https://edge.acme.example";
  grant.id = "p2b1eIu5n0m1tZQ8iTqT9A";
  const std::string input =
      encoding::encode_base64url(as_bytes(R"({"alg":"ES256","kid":"edge-1","typ":"sallyport-channel+jwt"})")) + "." +
      encoding::encode_base64url(as_bytes(channel::write_grant(grant)));
  const auto id = host->sha256(as_bytes(input));
  CHECK(channel::keyid_of(id) == "ch1.nqnnBrccLxr7qsVDn9CGPI3Gdv37USAQ7w1dMyoZYQE");

  const auto agreed = host->p256_agree(edge->secret, agent->point);
  REQUIRE(agreed.ok());
  CHECK(hex(*agreed) == "fb404a58388c2142f719103333014d5231b5c23c605149bbd8a1e1dee4204509");
  const auto at_edge = channel::derive(*host, edge->secret, agent->point, id, edge->point, agent->point);
  const auto at_agent = channel::derive(*host, agent->secret, edge->point, id, edge->point, agent->point);
  REQUIRE((at_edge.ok() && at_agent.ok()));
  CHECK(at_edge->requests == at_agent->requests);
  CHECK(hex(at_edge->requests) == "d5f4e0a84651295b90e64346fca8124775b9db4261b0b2b483788da89733fd47");
  CHECK(hex(at_edge->confirmations) == "349dc3bdcd9c43169eb0340f25f7f953c3cab85ca76998ac1c0e98b79577cc36");

  const auto said = channel::confirmation(*host, at_edge->confirmations, "Gm3QvJx0TzqQ1y0m4m2r0w");
  REQUIRE(said.ok());
  CHECK(encoding::encode_base64url(*said) == "e-ZUzmhbZh92gV8DkgltZu_CfuS_Xf2ArQdOCkxt7ss");
}
