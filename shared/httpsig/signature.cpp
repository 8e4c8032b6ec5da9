#include "httpsig/signature.hpp"

#include <algorithm>
#include <array>

#include "crypto/signature.hpp"
#include "httpsig/base_line.hpp"
#include "httpsig/field_component.hpp"

namespace sallyport::httpsig {
namespace {

namespace sf = encoding::sf;

// Signature fields may also come as trailers (RFC 9421 section 4).
result<sf::dictionary> dictionary_of(const message& from, std::string_view name) {
  auto value = joined_lines(from.fields, name);
  if (!value) value = joined_lines(from.trailers, name);
  if (!value) return failure(reason::httpsig_label_missing, "there is no field " + std::string(name));
  auto members = sf::parse_dictionary(*value);
  if (!members.ok()) return failure(reason::httpsig_malformed, std::string(name) + ": " + members.error().detail);
  return members;
}

// RFC 9421 section 2: an identifier is its name and the set of its parameters, whatever their order.
bool same_identifier(const sf::item& a, const sf::item& b) {
  if (a.value != b.value || a.parameters.size() != b.parameters.size()) return false;
  return std::all_of(a.parameters.begin(), a.parameters.end(), [&](const sf::parameter& each) {
    const auto* other = sf::find(b.parameters, each.key);
    return other != nullptr && *other == each.value;
  });
}

bool is_repeated(const sf::inner_list& input, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    if (same_identifier(input.items[i], input.items[index])) return true;
  }
  return false;
}

// RFC 9421 section 2.3.
result<void> check_parameter_types(const sf::parameter_list& parameters) {
  for (const auto& [key, value] : parameters) {
    const bool wants_integer = key == "created" || key == "expires";
    const bool wants_string = key == "nonce" || key == "alg" || key == "keyid" || key == "tag";
    const bool wrong = (wants_integer && !std::holds_alternative<std::int64_t>(value)) ||
                       (wants_string && !std::holds_alternative<std::string>(value));
    if (wrong) return failure(reason::httpsig_parameter_invalid, key + " has the wrong type");
  }
  return {};
}

result<void> append_line(std::string& base, const sf::item& identifier, const signing_context& context) {
  auto name = sf::serialize(identifier);
  if (!name.ok()) return failure(reason::httpsig_component_invalid, name.error().detail);
  SALLYPORT_ASSIGN(const std::string value, component_value(identifier, context));
  if (!fits_one_line(value)) return failure(reason::httpsig_component_value, *name + " is not one line of ASCII");
  base += *name + ": " + value + "\n";
  return {};
}

result<void> check_algorithm(const sf::parameter_list& parameters, crypto::algorithm how) {
  const auto* named = sf::find_as<std::string>(parameters, "alg");
  if (named == nullptr || *named == crypto::describe(how).httpsig_name) return {};
  return failure(reason::httpsig_algorithm, "the signature says " + *named);
}

result<void> check_times(const sf::parameter_list& parameters, const verify_options& options) {
  if (!options.now) return {};
  const auto* created = sf::find_as<std::int64_t>(parameters, "created");
  if (created != nullptr && *created > *options.now + options.skew) return reason::httpsig_created_in_future;
  const auto* expires = sf::find_as<std::int64_t>(parameters, "expires");
  if (expires != nullptr && *options.now > *expires + options.skew) return reason::httpsig_expired;
  return {};
}

result<void> check_registered(crypto::algorithm how) {
  if (!crypto::describe(how).httpsig_name.empty()) return {};
  return failure(reason::httpsig_algorithm, "no algorithm of the RFC 9421 registry");
}

}  // namespace

result<received_signature> find_signature(const message& from, std::string_view label) {
  SALLYPORT_ASSIGN(const sf::dictionary inputs, dictionary_of(from, "signature-input"));
  SALLYPORT_ASSIGN(const sf::dictionary signatures, dictionary_of(from, "signature"));
  const sf::member* input = sf::find(inputs, label);
  const sf::member* value = sf::find(signatures, label);
  if (input == nullptr || value == nullptr) return reason::httpsig_label_missing;
  const auto* components = std::get_if<sf::inner_list>(input);
  const auto* signature = sf::find_as<bytes>(signatures, label);
  if (components == nullptr || signature == nullptr) {
    return failure(reason::httpsig_malformed, "the label holds no list of components, or no byte sequence");
  }
  return received_signature{*components, *signature};
}

result<std::string> signature_base(const sf::inner_list& input, const signing_context& context) {
  SALLYPORT_TRY(check_parameter_types(input.parameters));
  if (input.items.size() > max_components) {
    return failure(reason::httpsig_component_invalid, "more than " + std::to_string(max_components) + " components");
  }
  std::string base;
  for (std::size_t i = 0; i < input.items.size(); ++i) {
    if (is_repeated(input, i)) return failure(reason::httpsig_component_invalid, "a component is covered twice");
    SALLYPORT_TRY(append_line(base, input.items[i], context));
  }
  auto parameters = sf::serialize(input);
  if (!parameters.ok()) return failure(reason::httpsig_parameter_invalid, parameters.error().detail);
  return base + "\"@signature-params\": " + *parameters;
}

result<bytes> sign_bytes(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view data) {
  SALLYPORT_TRY(check_registered(how));
  return crypto::make_signature(host, how, key, as_bytes(data));
}

result<void> verify_bytes(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view data,
                          bytes_view signature) {
  SALLYPORT_TRY(check_registered(how));
  const bool right = crypto::verify_signature(host, how, key, as_bytes(data), signature).ok();
  return right ? result<void>() : reason::httpsig_invalid;
}

result<signature_fields> sign(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view label,
                              const sf::inner_list& input, const signing_context& context) {
  if (!sf::is_key(label)) return failure(reason::httpsig_malformed, "the label is no dictionary key");
  SALLYPORT_TRY(check_algorithm(input.parameters, how));
  SALLYPORT_ASSIGN(const std::string base, signature_base(input, context));
  SALLYPORT_ASSIGN(const bytes signature, sign_bytes(host, key, how, base));
  const std::string prefix = std::string(label) + "=";
  return signature_fields{prefix + *sf::serialize(input), prefix + sf::serialize_bytes(signature)};
}

result<void> verify(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view label,
                    const signing_context& context, const verify_options& options) {
  SALLYPORT_ASSIGN(const received_signature received, find_signature(*context.target, label));
  SALLYPORT_TRY(check_algorithm(received.input.parameters, how));
  SALLYPORT_TRY(check_times(received.input.parameters, options));
  SALLYPORT_ASSIGN(const std::string base, signature_base(received.input, context));
  return verify_bytes(host, key, how, base, received.signature);
}

}  // namespace sallyport::httpsig
