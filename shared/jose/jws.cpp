#include "jose/jws.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/ascii.hpp"
#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"
#include "encoding/shown.hpp"

namespace sallyport::jose {
namespace {

/// The three parts of a compact serialization, views into the token.
struct compact_parts {
  std::string_view header, payload, signature;
  std::string_view signing_input;
};

constexpr std::string_view white_space = " \t\r\n";

bool looks_like_json(std::string_view token) {
  const auto first = token.find_first_not_of(white_space);
  return first != std::string_view::npos && token[first] == '{';
}

// RFC 7515 section 7.1
result<compact_parts> split(std::string_view token) {
  if (looks_like_json(token)) return failure(reason::jws_serialization_unsupported, "a JSON serialization");
  const auto dots = std::count(token.begin(), token.end(), '.');
  if (dots == 4) return failure(reason::jws_malformed, "five parts: an encrypted token (JWE)");
  if (dots != 2) return failure(reason::jws_malformed, "not three parts");
  const auto first = token.find('.');
  const auto second = token.rfind('.');
  if (first == 0) return failure(reason::jws_malformed, "no header");
  return compact_parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                       token.substr(0, second)};
}

result<bytes> decode_part(std::string_view part, const char* name) {
  auto decoded = encoding::decode_base64url(part);
  if (!decoded.ok()) return failure(reason::jws_malformed, std::string(name) + " is not base64url");
  return decoded;
}

result<json> read_header_object(std::string_view part) {
  SALLYPORT_ASSIGN(const bytes decoded, decode_part(part, "the header"));
  auto header = encoding::parse_json(as_text(decoded));
  if (!header.ok()) {
    return failure(reason::jws_header_invalid, std::string(name_of(header.why())) + ": " + header.error().detail);
  }
  if (!header->is_object()) return failure(reason::jws_header_invalid, "not a JSON object");
  return header;
}

bool is_none(std::string_view alg) {
  return ascii::equal(alg, "none");
}

/// An optional header member that must be a string; "" when absent.
result<std::string> optional_text(const json& header, const char* name) {
  const json* member = encoding::find_member(header, name);
  if (member == nullptr) return std::string();
  if (!member->is_string()) return failure(reason::jws_header_invalid, std::string(name) + " is not a string");
  return *member->get_ptr<const std::string*>();
}

failure unknown_extensions(const json& crit) {
  std::vector<std::string_view> names;
  for (const json& entry : crit) {
    if (const auto* name = entry.get_ptr<const std::string*>()) names.emplace_back(*name);
  }
  return {reason::jws_crit_unknown, names.empty() ? "crit names no extension" : "crit " + encoding::shown_some(names)};
}

/// What a header may not hold, whatever the algorithm.
result<void> check_forbidden(const json& header) {
  // RFC 7797 section 3: b64 false leaves the payload unencoded.
  if (const json* b64 = encoding::find_member(header, "b64")) {
    if (!b64->is_boolean()) return failure(reason::jws_header_invalid, "b64 is not a boolean");
    if (*b64 == false) return failure(reason::jws_b64_unsupported, "b64 is false");
  }
  // RFC 7515 section 4.1.11: we understand no extension, and an empty or malformed crit is an error in itself.
  if (const json* crit = encoding::find_member(header, "crit")) return unknown_extensions(*crit);
  // RFC 8725 section 3.10: jku and x5u are not read at all, so nothing follows them.
  for (const char* key : {"jwk", "x5c"}) {
    if (header.contains(key)) return failure(reason::jws_embedded_key, key);
  }
  return {};
}

result<jws_header> read_header(std::string_view part) {
  SALLYPORT_ASSIGN(const json object, read_header_object(part));
  const auto alg = encoding::string_member(object, "alg");
  if (!alg) return failure(reason::jws_header_invalid, "alg is missing or not a string");
  if (is_none(*alg)) return failure(reason::jws_alg_none, "alg is " + encoding::shown(*alg));
  SALLYPORT_TRY(check_forbidden(object));
  const auto known = crypto::from_jose_name(*alg);
  if (!known)
    return failure(reason::jws_alg_not_allowed,
                   "alg is " + encoding::shown(*alg, 32) + ", which is not in the algorithm table");
  jws_header header{*known, {}, {}};
  SALLYPORT_ASSIGN(header.kid, optional_text(object, "kid"));
  SALLYPORT_ASSIGN(header.typ, optional_text(object, "typ"));
  return header;
}

}  // namespace

result<unverified_jws> parse_jws(std::string_view token, const jws_limits& limits) {
  if (token.size() > limits.max_bytes) {
    return failure(reason::jws_too_large,
                   std::to_string(token.size()) + " bytes, at most " + std::to_string(limits.max_bytes));
  }
  SALLYPORT_ASSIGN(const compact_parts parts, split(token));
  SALLYPORT_ASSIGN(jws_header header, read_header(parts.header));
  if (parts.signature.empty()) return failure(reason::jws_malformed, "no signature");
  SALLYPORT_ASSIGN(bytes payload, decode_part(parts.payload, "the payload"));
  SALLYPORT_ASSIGN(bytes signature, decode_part(parts.signature, "the signature"));
  return unverified_jws{std::move(header), parts.signing_input, std::move(payload), std::move(signature)};
}

result<verified_jws> verify_jws(unverified_jws token, const jwk_set& keys, crypto::algorithm_set allowed,
                                crypto::port& host) {
  const crypto::algorithm how = token.header.algorithm;
  if (!allowed.contains(how)) {
    return failure(reason::jws_alg_not_allowed,
                   "alg is " + std::string(crypto::describe(how).jose_name) + ", which is not one of those accepted");
  }
  SALLYPORT_ASSIGN(const verification_key* with, keys.choose(how, token.header.kid));
  const auto verdict = crypto::verify_signature(host, how, *with->key, as_bytes(token.signing_input), token.signature);
  // RFC 7515 appendix F: detached content looks like an empty payload, and only the signature tells them apart.
  if (verdict.why() == reason::jws_signature_invalid && token.payload.empty()) {
    return failure(reason::jws_serialization_unsupported, "detached content, or a signature over another payload");
  }
  SALLYPORT_TRY(verdict);
  return verified_jws(std::move(token.header), std::move(token.payload));
}

std::string protected_header(const signing_key& key, std::string_view typ) {
  json header{{"alg", std::string(crypto::describe(key.algorithm).jose_name)}, {"kid", key.kid}};
  if (!typ.empty()) header["typ"] = std::string(typ);
  return encoding::encode_base64url(as_bytes(encoding::canonical_json(header)));
}

result<std::string> sign_jws(std::string_view encoded_header, bytes_view payload, crypto::algorithm how,
                             const crypto::key& key, crypto::port& host) {
  std::string token(encoded_header);
  token += '.';
  token += encoding::encode_base64url(payload);
  SALLYPORT_ASSIGN(const bytes signature, crypto::make_signature(host, how, key, as_bytes(token)));
  token += '.';
  token += encoding::encode_base64url(signature);
  return token;
}

result<std::string> sign_jws(const signing_key& key, std::string_view typ, bytes_view payload, crypto::port& host) {
  return sign_jws(protected_header(key, typ), payload, key.algorithm, *key.key, host);
}

}  // namespace sallyport::jose
