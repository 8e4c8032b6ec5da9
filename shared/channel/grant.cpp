#include "channel/grant.hpp"

#include "crypto/p256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "jose/jws.hpp"

namespace sallyport::channel {
namespace {

using encoding::json;

constexpr crypto::algorithm_set grant_algorithms{crypto::algorithm::es256, crypto::algorithm::eddsa};
constexpr encoding::json_limits limits{max_grant_bytes, 4};

failure invalid(std::string_view why) {
  return failure(reason::channel_grant_invalid, std::string(why));
}

json confirmation_key(const crypto::p256_point& point) {
  return {{"jwk",
           {{"crv", "P-256"},
            {"kty", "EC"},
            {"x", encoding::encode_base64url(crypto::p256_x(point))},
            {"y", encoding::encode_base64url(crypto::p256_y(point))}}}};
}

bool read_text(const json& claims, std::string_view name, std::string& to) {
  const auto text = encoding::string_member(claims, name);
  if (!text || text->empty()) return false;
  to = *text;
  return true;
}

bool read_time(const json& claims, std::string_view name, unix_seconds& to) {
  const auto time = encoding::integer_member(claims, name);
  if (!time || *time < 0) return false;
  to = *time;
  return true;
}

bool read_point(const json& claims, crypto::p256_point& to) {
  const auto cnf = claims.find("cnf");
  if (cnf == claims.end() || !cnf->is_object()) return false;
  const auto jwk = cnf->find("jwk");
  if (jwk == cnf->end() || !jwk->is_object()) return false;
  bytes octets{0x04};
  for (const std::string_view name : {"x", "y"}) {
    const auto text = encoding::string_member(*jwk, name);
    const auto coordinate = encoding::decode_base64url(text.value_or(""));
    if (!coordinate.ok() || coordinate->size() != 32) return false;
    octets.insert(octets.end(), coordinate->begin(), coordinate->end());
  }
  const auto point = crypto::read_p256_point(octets);
  if (point.ok()) to = *point;
  return point.ok();
}

result<grant> read_payload(std::string_view payload) {
  const auto claims = encoding::parse_json(payload, limits);
  if (!claims.ok() || !claims->is_object()) return invalid("the payload is not a JSON object");
  grant what;
  if (!read_text(*claims, "agent", what.agent) || !read_text(*claims, "aud", what.audience) ||
      !read_text(*claims, "iss", what.issuer) || !read_text(*claims, "jti", what.id)) {
    return invalid("agent, aud, iss or jti");
  }
  if (!read_time(*claims, "exp", what.expires) || !read_time(*claims, "iat", what.issued_at))
    return invalid("exp or iat");
  if (!read_point(*claims, what.edge)) return invalid("cnf");
  if (write_grant(what) != payload) return invalid("the payload is not the canonical text of its members");
  return what;
}

/// Whether the encoded header has these three members and no other.
bool is_exactly(const jose::jws_header& header, std::string_view encoded) {
  const std::string alg(crypto::describe(header.algorithm).jose_name);
  const json members{{"alg", alg}, {"kid", header.kid}, {"typ", header.typ}};
  return encoded == encoding::encode_base64url(as_bytes(encoding::canonical_json(members)));
}

}  // namespace

std::string write_grant(const grant& what) {
  return encoding::canonical_json(json{{"agent", what.agent},
                                       {"aud", what.audience},
                                       {"cnf", confirmation_key(what.edge)},
                                       {"exp", what.expires},
                                       {"iat", what.issued_at},
                                       {"iss", what.issuer},
                                       {"jti", what.id}});
}

result<signed_grant> sign_grant(const grant& what, const jose::signing_key& key, crypto::port& host) {
  signed_grant made;
  SALLYPORT_ASSIGN(made.compact, jose::sign_jws(key, grant_typ, as_bytes(write_grant(what)), host));
  const auto signing_input = std::string_view(made.compact).substr(0, made.compact.rfind('.'));
  made.id = host.sha256(as_bytes(signing_input));
  return made;
}

result<unverified_grant> read_grant(std::string_view compact, crypto::port& host) {
  auto token = jose::parse_jws(compact, {max_grant_bytes});
  if (!token.ok()) return invalid(name_of(token.why()));
  if (token->header.typ != grant_typ) return invalid("typ");
  if (token->header.kid.empty()) return invalid("no kid");
  if (!grant_algorithms.contains(token->header.algorithm)) return invalid("alg");
  if (!is_exactly(token->header, compact.substr(0, compact.find('.'))))
    return invalid("the header is not alg, kid, typ");
  unverified_grant read;
  read.id = host.sha256(as_bytes(token->signing_input));
  read.kid = token->header.kid;
  SALLYPORT_ASSIGN(read.content, read_payload(as_text(token->payload)));
  return read;
}

result<void> verify_grant(std::string_view compact, const jose::jwk_set& edge_keys, crypto::port& host,
                          bool& unknown_key) {
  auto token = jose::parse_jws(compact, {max_grant_bytes});
  if (!token.ok()) return invalid(name_of(token.why()));
  const auto verified = jose::verify_jws(std::move(*token), edge_keys, grant_algorithms, host);
  unknown_key = verified.why() == reason::key_not_found;
  return verified.ok() ? result<void>() : result<void>(invalid(name_of(verified.why())));
}

}  // namespace sallyport::channel
