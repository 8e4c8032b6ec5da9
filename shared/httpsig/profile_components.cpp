#include "httpsig/profile_components.hpp"

#include "httpsig/base_line.hpp"

namespace sallyport::httpsig {
namespace {

constexpr std::string_view params_line = "\"@signature-params\": ";

// Precondition: the message has the component.
std::string_view value_of(profile_component which, const profile_message& message) {
  switch (which) {
    case profile_component::method: return message.method;
    case profile_component::path: return message.path;
    case profile_component::query: return message.query;
    case profile_component::assertion: return message.assertion;
    case profile_component::context: return message.context;
    case profile_component::content_digest: return *message.content_digest;
    case profile_component::content_type: return *message.content_type;
    case profile_component::content_length: return *message.content_length;
  }
  __builtin_trap();
}

}  // namespace

std::optional<profile_component> component_named(std::string_view name) {
  for (std::size_t i = 0; i < profile_names.size(); ++i) {
    if (profile_names[i] == name) return static_cast<profile_component>(i);
  }
  return std::nullopt;
}

unsigned components_of(const profile_message& message) {
  unsigned bits = (1U << required_components) - 1;
  if (message.content_digest) bits |= bit_of(profile_component::content_digest);
  if (message.content_type) bits |= bit_of(profile_component::content_type);
  if (message.content_length) bits |= bit_of(profile_component::content_length);
  return bits;
}

reason append_component(std::string& base, profile_component which, const profile_message& message) {
  const std::string_view value = value_of(which, message);
  if (!fits_one_line(value)) return reason::httpsig_component_value;
  base += '"';
  base += name_of(which);
  base += "\": ";
  // RFC 9421 section 2.2.7: the question mark belongs to the value.
  if (which == profile_component::query) base += '?';
  base += value;
  base += '\n';
  return reason::ok;
}

std::size_t base_bytes(const profile_message& message, std::string_view signature_params) {
  std::size_t bytes = params_line.size() + signature_params.size();
  for (std::size_t i = 0; i < profile_names.size(); ++i) {
    const auto which = static_cast<profile_component>(i);
    if ((components_of(message) & bit_of(which)) == 0) continue;
    // Quotes, colon, space, line feed and the question mark of the query.
    bytes += profile_names[i].size() + value_of(which, message).size() + 6;
  }
  return bytes;
}

void append_signature_params(std::string& base, std::string_view signature_params) {
  base += params_line;
  base += signature_params;
}

}  // namespace sallyport::httpsig
