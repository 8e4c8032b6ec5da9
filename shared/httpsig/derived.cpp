#include "httpsig/derived.hpp"

#include <algorithm>
#include <array>

#include "encoding/json.hpp"
#include "encoding/percent.hpp"
#include "http/field.hpp"
#include "httpsig/target.hpp"

namespace sallyport::httpsig {
namespace {

namespace sf = encoding::sf;
using derive = result<std::string> (*)(const message& from, const sf::parameter_list& parameters);

result<std::string> method(const message& from, const sf::parameter_list&) {
  return from.method;
}

result<std::string> authority_of(const target_parts& parts) {
  if (parts.authority.empty()) return failure(reason::httpsig_component_missing, "the request has no authority");
  return normalize_authority(parts.authority, parts.scheme);
}

result<std::string> authority(const message& from, const sf::parameter_list&) {
  return authority_of(take_apart(from));
}

result<std::string> scheme(const message& from, const sf::parameter_list&) {
  return http::to_lower(take_apart(from).scheme);
}

result<std::string> target_uri(const message& from, const sf::parameter_list&) {
  const target_parts parts = take_apart(from);
  if (parts.is_absolute) return from.target;
  SALLYPORT_ASSIGN(const std::string where, authority_of(parts));
  std::string out = http::to_lower(parts.scheme) + "://" + where + std::string(parts.path);
  if (parts.query) out += '?' + std::string(*parts.query);
  return out;
}

result<std::string> request_target(const message& from, const sf::parameter_list&) {
  return from.target;
}

// RFC 9421 section 2.2.6: an empty path is "/".
result<std::string> path(const message& from, const sf::parameter_list&) {
  const target_parts parts = take_apart(from);
  return parts.path.empty() ? std::string("/") : std::string(parts.path);
}

// RFC 9421 section 2.2.7: the question mark is there even when the query is not.
result<std::string> query(const message& from, const sf::parameter_list&) {
  return "?" + std::string(take_apart(from).query.value_or(std::string_view()));
}

// RFC 9421 section 2.2.8: decoded as a form, then encoded again in one way.
result<std::string> encode_again(std::string_view form_text) {
  const std::string decoded = encoding::decode_form(form_text);
  if (!encoding::is_utf8(decoded)) return failure(reason::httpsig_component_value, "a query parameter is not UTF-8");
  return encoding::encode_form_component(decoded);
}

result<std::string> query_parameter(const message& from, const sf::parameter_list& parameters) {
  const auto* wanted = sf::find_as<std::string>(parameters, "name");
  if (wanted == nullptr) return failure(reason::httpsig_component_invalid, "@query-param needs a name");
  std::optional<std::string_view> found;
  std::string_view rest = take_apart(from).query.value_or(std::string_view());
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.empty() || encoding::encode_form_component(encoding::decode_form(pair.substr(0, equals))) != *wanted)
      continue;
    // A name that comes twice cannot be covered.
    if (found) return failure(reason::httpsig_component_value, "the query parameter " + *wanted + " comes twice");
    found = pair.substr(std::min(equals + 1, pair.size()));
  }
  if (!found) return failure(reason::httpsig_component_missing, "the query has no parameter " + *wanted);
  return encode_again(*found);
}

result<std::string> status(const message& from, const sf::parameter_list&) {
  return std::to_string(from.status);
}

struct derived_row {
  std::string_view name;
  bool of_request;
  derive value;
};

constexpr std::array rows = {
    derived_row{"@method", true, method},
    derived_row{"@target-uri", true, target_uri},
    derived_row{"@authority", true, authority},
    derived_row{"@scheme", true, scheme},
    derived_row{"@request-target", true, request_target},
    derived_row{"@path", true, path},
    derived_row{"@query", true, query},
    derived_row{"@query-param", true, query_parameter},
    derived_row{"@status", false, status},
};

// `req` fits every derived component, `name` only @query-param; the rest is for fields.
bool parameters_fit(std::string_view name, const sf::parameter_list& parameters) {
  return std::all_of(parameters.begin(), parameters.end(), [&](const sf::parameter& each) {
    return each.key == "req" || (each.key == "name" && name == "@query-param");
  });
}

}  // namespace

result<std::string> derived_value(std::string_view name, const sf::parameter_list& parameters, const message& from) {
  for (const auto& row : rows) {
    if (row.name != name) continue;
    const bool fits = row.of_request == from.is_request && parameters_fit(name, parameters);
    if (fits) return row.value(from, parameters);
    return failure(reason::httpsig_component_invalid, std::string(name) + " does not fit this message");
  }
  return failure(reason::httpsig_component_invalid, std::string(name) + " is no derived component");
}

}  // namespace sallyport::httpsig
