// The edge's half of the profile.
#include <charconv>

#include "encoding/structured_field.hpp"
#include "http/characters.hpp"
#include "httpsig/profile.hpp"
#include "httpsig/profile_components.hpp"
#include "httpsig/profile_parameters.hpp"
#include "httpsig/signature.hpp"

namespace sallyport::httpsig {
namespace {

void append_integer(std::string& out, std::string_view prefix, std::int64_t value) {
  char digits[20];
  out += prefix;
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_string(std::string& out, std::string_view prefix, std::string_view value) {
  out += prefix;
  out += '"';
  out += value;
  out += '"';
}

void append_covered_list(std::string& out, unsigned components) {
  out += '(';
  for (std::size_t i = 0; i < profile_names.size(); ++i) {
    if ((components & (1U << i)) == 0) continue;
    append_string(out, i > 0 ? " " : "", profile_names[i]);
  }
  out += ')';
}

void append_parameters(std::string& out, const profile_parameters& parameters) {
  append_integer(out, ";created=", parameters.created);
  append_integer(out, ";expires=", parameters.expires);
  append_string(out, ";nonce=", parameters.nonce);
  append_string(out, ";keyid=", parameters.keyid);
  append_string(out, ";alg=", crypto::describe(parameters.alg).httpsig_name);
  append_string(out, ";tag=", profile_tag);
}

result<void> check(const profile_parameters& parameters) {
  if (!is_profile_nonce(parameters.nonce)) return reason::httpsig_nonce;
  if (!is_profile_algorithm(parameters.alg)) return reason::httpsig_algorithm;
  if (!is_profile_keyid(parameters.keyid)) return reason::httpsig_parameter_invalid;
  return {};
}

}  // namespace

result<profile_draft> draft_profile(const profile_message& message, const profile_parameters& parameters) {
  SALLYPORT_TRY(check(parameters));
  const unsigned components = components_of(message);
  profile_draft out;
  // The label, eight names and six parameters fit.
  out.signature_input.reserve(320 + parameters.keyid.size());
  out.signature_input += profile_label;
  out.signature_input += '=';
  append_covered_list(out.signature_input, components);
  append_parameters(out.signature_input, parameters);
  const std::string_view params = std::string_view(out.signature_input).substr(profile_label.size() + 1);
  out.base.reserve(base_bytes(message, params));
  for (std::size_t i = 0; i < profile_names.size(); ++i) {
    if ((components & (1U << i)) == 0) continue;
    const reason why = append_component(out.base, static_cast<profile_component>(i), message);
    if (why != reason::ok) return why;
  }
  append_signature_params(out.base, params);
  return out;
}

std::string profile_signature_field(bytes_view signature) {
  return std::string(profile_label) + "=" + encoding::sf::serialize_bytes(signature);
}

result<profile_fields> sign_profile(crypto::port& host, const crypto::key& key, const profile_message& message,
                                    const profile_parameters& parameters) {
  SALLYPORT_ASSIGN(profile_draft draft, draft_profile(message, parameters));
  SALLYPORT_ASSIGN(const bytes signature, sign_bytes(host, key, parameters.alg, draft.base));
  return profile_fields{std::move(draft.signature_input), profile_signature_field(signature)};
}

}  // namespace sallyport::httpsig
