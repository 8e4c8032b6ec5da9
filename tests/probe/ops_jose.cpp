#include "jose/jwt.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

/// A token: text, or an object, which is a JSON serialization and refused by that name.
std::optional<std::string> token_argument(const json& in, std::string_view name) {
  const json* member = encoding::find_member(in, name);
  if (member == nullptr || (!member->is_string() && !member->is_object())) return std::nullopt;
  return member->is_string() ? *member->get_ptr<const std::string*>() : encoding::canonical_json(*member);
}

/// A string or a list of strings, as a list; empty when absent.
std::vector<std::string> list_argument(const json& in, std::string_view name) {
  std::vector<std::string> out;
  const json* member = encoding::find_member(in, name);
  if (member == nullptr) return out;
  if (member->is_string()) out.push_back(*member->get_ptr<const std::string*>());
  if (!member->is_array()) return out;
  for (const json& entry : *member) {
    if (entry.is_string()) out.push_back(*entry.get_ptr<const std::string*>());
  }
  return out;
}

/// Names that are not in the table stand for nothing; without the member, all of the table is allowed.
crypto::algorithm_set algorithms_argument(const json& in) {
  const json* member = encoding::find_member(in, "algorithms");
  if (member == nullptr || member->is_null()) return crypto::every_algorithm();
  crypto::algorithm_set allowed;
  for (const auto& name : list_argument(in, "algorithms")) {
    if (const auto known = crypto::from_jose_name(name)) allowed.insert(*known);
  }
  return allowed;
}

/// The keys: a JWK, a JWK set or a list of JWKs, as a value or as JSON text.
result<jose::jwk_set> keys_argument(const json& member, crypto::port& host) {
  if (member.is_array()) return jose::verification_keys(json{{"keys", member}}, host);
  if (!member.is_string()) return jose::verification_keys(member, host);
  SALLYPORT_ASSIGN(const json parsed, encoding::parse_json(*member.get_ptr<const std::string*>()));
  return jose::verification_keys(parsed, host);
}

/// `jwks`, also spelled `jwk` or `key`; nullptr when absent.
const json* keys_member(const json& in) {
  for (const char* name : {"jwks", "jwk", "key"}) {
    if (const json* member = encoding::find_member(in, name)) return member;
  }
  return nullptr;
}

result<jose::verified_jws> run_jws_checks(std::string_view token, const json& keys, crypto::algorithm_set allowed,
                                          crypto::port& host) {
  SALLYPORT_ASSIGN(const jose::jwk_set set, keys_argument(keys, host));
  SALLYPORT_ASSIGN(jose::unverified_jws parsed, jose::parse_jws(token));
  return jose::verify_jws(std::move(parsed), set, allowed, host);
}

result<jose::verified_jwt> run_jwt_checks(std::string_view token, const json& keys, crypto::algorithm_set allowed,
                                          const jose::claims_options& options, crypto::port& host) {
  SALLYPORT_ASSIGN(const jose::jwk_set set, keys_argument(keys, host));
  SALLYPORT_ASSIGN(jose::unverified_jwt parsed, jose::parse_jwt(token));
  return jose::verify_jwt(std::move(parsed), set, allowed, options, host);
}

jose::claims_options options_of(const json& in, const std::vector<std::string>& audiences,
                                const std::vector<std::string>& types) {
  jose::claims_options options;
  options.issuer = encoding::string_member(in, "issuer");
  const json* audience = encoding::find_member(in, "audience");
  if (audience != nullptr && !audience->is_null()) options.audiences = audiences;
  if (encoding::string_member(in, "typ")) options.types = types;
  options.now = integer_argument(in, "now", 0);
  options.skew = integer_argument(in, "skew", 0);
  const json* require = encoding::find_member(in, "require_exp");
  options.require_expiry = require == nullptr || !require->is_boolean() || *require == true;
  const json* lifetime = encoding::find_member(in, "max_lifetime");
  if (lifetime != nullptr && lifetime->is_number()) options.max_lifetime = integer_argument(in, "max_lifetime", 0);
  return options;
}

}  // namespace

outcome run_jws(const json& in, crypto::port& host) {
  const auto token = token_argument(in, "jws");
  const json* keys = keys_member(in);
  if (!token || keys == nullptr) return bad_arguments{"jws or jwks is missing"};
  const auto verified = run_jws_checks(*token, *keys, algorithms_argument(in), host);
  if (!verified.ok()) return answer{verified.why(), {}};
  return answer{reason::ok, json{{"payload_b64", encoding::encode_base64(verified->payload())}}};
}

outcome run_jwt(const json& in, crypto::port& host) {
  const auto token = token_argument(in, "token");
  const json* keys = keys_member(in);
  if (!token || keys == nullptr) return bad_arguments{"token or jwks is missing"};
  const auto wrong = find_mistake(in, {{"now", shapes::number, true},
                                       {"issuer", shapes::text},
                                       {"audience", shapes::text_or_texts},
                                       {"typ", shapes::text},
                                       {"skew", shapes::number},
                                       {"max_lifetime", shapes::number},
                                       {"require_exp", shapes::boolean}});
  if (wrong) return *wrong;
  const auto audiences = list_argument(in, "audience");
  const std::vector<std::string> types{std::string(encoding::string_member(in, "typ").value_or(""))};
  const auto options = options_of(in, audiences, types);
  const auto verified = run_jwt_checks(*token, *keys, algorithms_argument(in), options, host);
  if (!verified.ok()) return answer{verified.why(), {}};
  return answer{reason::ok, json{{"claims", verified->claims()}}};
}

}  // namespace sallyport::probe
