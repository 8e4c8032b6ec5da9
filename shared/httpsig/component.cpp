#include "httpsig/component.hpp"

#include <array>

#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "httpsig/derived.hpp"
#include "httpsig/field_component.hpp"

namespace sallyport::httpsig {
namespace {

namespace sf = encoding::sf;

constexpr std::array flag_names = {"sf", "bs", "tr", "req"};

bool is_flag(std::string_view key) {
  for (const char* name : flag_names) {
    if (key == name) return true;
  }
  return false;
}

// RFC 9421 section 2: unknown parameters are an error, and each known one has its type.
result<void> check_parameters(const sf::parameter_list& parameters) {
  for (const auto& [key, value] : parameters) {
    const bool* truth = std::get_if<bool>(&value);
    const bool right_flag = is_flag(key) && truth != nullptr && *truth;
    const bool right_string = (key == "key" || key == "name") && std::holds_alternative<std::string>(value);
    if (!right_flag && !right_string) {
      return failure(reason::httpsig_component_invalid,
                     "component parameter " + key + " is unknown or of another type");
    }
  }
  return {};
}

bool has(const sf::parameter_list& parameters, std::string_view key) {
  return sf::find(parameters, key) != nullptr;
}

bool is_lower_case_token(std::string_view name) {
  return http::is_token(name) && std::none_of(name.begin(), name.end(), ascii::is_upper);
}

// The message that the component is taken from (RFC 9421 section 2.4: `req` only where a response is signed).
result<const message*> source_of(const sf::parameter_list& parameters, const signing_context& context) {
  if (!has(parameters, "req")) return context.target;
  if (context.target->is_request) {
    return failure(reason::httpsig_component_invalid, "req is for signatures of responses");
  }
  if (context.request == nullptr) return failure(reason::httpsig_component_missing, "the request is not at hand");
  return context.request;
}

}  // namespace

result<std::string> component_value(const sf::item& identifier, const signing_context& context) {
  const auto* name = std::get_if<std::string>(&identifier.value);
  if (name == nullptr) return failure(reason::httpsig_component_invalid, "a component name is a string");
  SALLYPORT_TRY(check_parameters(identifier.parameters));
  SALLYPORT_ASSIGN(const message* from, source_of(identifier.parameters, context));
  if (name->substr(0, 1) == "@") return derived_value(*name, identifier.parameters, *from);
  if (!is_lower_case_token(*name) || has(identifier.parameters, "name")) {
    return failure(reason::httpsig_component_invalid, *name + " is no component");
  }
  return field_value(*name, identifier.parameters, *from);
}

}  // namespace sallyport::httpsig
