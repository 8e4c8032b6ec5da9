#include "httpsig/signature.hpp"
#include "jose/jwk_set.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

/// The message that is signed and the request that caused it, parsed.
struct exchange {
  httpsig::message target;
  std::optional<httpsig::message> request;

  httpsig::signing_context context() const { return {&target, request ? &*request : nullptr}; }
};

result<exchange> parse_exchange(const json& in, std::string_view target, const std::optional<std::string>& request) {
  const std::string_view scheme = encoding::string_member(in, "scheme").value_or("https");
  exchange out;
  SALLYPORT_ASSIGN(out.target, httpsig::parse_message(target, scheme));
  if (!request) return out;
  SALLYPORT_ASSIGN(out.request, httpsig::parse_message(*request, scheme));
  return out;
}

result<std::string> base_of(const exchange& given, std::string_view label) {
  SALLYPORT_ASSIGN(const auto received, httpsig::find_signature(given.target, label));
  return httpsig::signature_base(received.input, given.context());
}

/// The algorithm asked for, by its RFC 9421 name; without one, the algorithm that the signature names.
result<crypto::algorithm> algorithm_of(const json& in, const exchange& given, std::string_view label) {
  auto name = encoding::string_member(in, "alg");
  SALLYPORT_ASSIGN(const auto received, httpsig::find_signature(given.target, label));
  const auto* named = encoding::sf::find_as<std::string>(received.input.parameters, "alg");
  if (!name && named != nullptr) name = *named;
  const auto how = name ? crypto::from_httpsig_name(*name) : std::nullopt;
  return how ? result<crypto::algorithm>(*how) : reason::httpsig_algorithm;
}

result<void> check(const json& in, const exchange& given, std::string_view label, const json& jwk, crypto::port& host) {
  SALLYPORT_ASSIGN(const auto how, algorithm_of(in, given, label));
  SALLYPORT_ASSIGN(const jose::jwk_set keys, jose::verification_keys(jwk, host));
  const auto& key = keys.keys().front();
  if (!key.algorithms.contains(how)) return reason::httpsig_algorithm;
  httpsig::verify_options options;
  const json* now = encoding::find_member(in, "now");
  if (now != nullptr && now->is_number()) options.now = integer_argument(in, "now", 0);
  options.skew = integer_argument(in, "skew", 0);
  return httpsig::verify(host, *key.key, how, label, given.context(), options);
}

/// Runs `with` on the exchange and label that the arguments hold.
template <class With>
outcome on_exchange(const json& in, With with) {
  const auto wrong = find_mistake(in, {{"message_b64", shapes::base64, true},
                                       {"label", shapes::text, true},
                                       {"request_b64", shapes::base64},
                                       {"scheme", shapes::text},
                                       {"alg", shapes::text},
                                       {"now", shapes::number},
                                       {"skew", shapes::number}});
  if (wrong) return *wrong;
  const auto target = base64_argument(in, "message_b64");
  const auto label = encoding::string_member(in, "label");
  const auto given = parse_exchange(in, *target, base64_argument(in, "request_b64"));
  return given.ok() ? with(*given, *label) : outcome(answer{given.why(), {}});
}

}  // namespace

outcome run_httpsig_base(const json& in, crypto::port&) {
  return on_exchange(in, [](const exchange& given, std::string_view label) -> outcome {
    const auto base = base_of(given, label);
    if (!base.ok()) return answer{base.why(), {}};
    return answer{reason::ok, json{{"base_b64", encoding::encode_base64(as_bytes(*base))}}};
  });
}

outcome run_httpsig_verify(const json& in, crypto::port& host) {
  if (const auto wrong = find_mistake(in, {{"key", shapes::object, true}})) return *wrong;
  const json* key = encoding::find_member(in, "key");
  return on_exchange(in, [&](const exchange& given, std::string_view label) -> outcome {
    return answer{check(in, given, label, *key, host).why()};
  });
}

}  // namespace sallyport::probe
