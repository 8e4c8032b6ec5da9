#include "httpsig/field_component.hpp"

#include <algorithm>
#include <array>

#include "encoding/structured_field.hpp"

namespace sallyport::httpsig {
namespace {

namespace sf = encoding::sf;

enum class structured_type : std::uint8_t { item, list, dictionary };

struct type_row {
  std::string_view name;
  structured_type type;
};

constexpr std::array types = {
#define SALLYPORT_FIELD_TYPE(name, type) type_row{name, structured_type::type},
#include "httpsig/field_types.def"
#undef SALLYPORT_FIELD_TYPE
};

template <class T>
std::optional<std::string> respelled(const result<T>& parsed) {
  if (!parsed.ok()) return std::nullopt;
  auto text = sf::serialize(*parsed);
  return text.ok() ? std::optional(std::move(text).value()) : std::nullopt;
}

std::optional<std::string> strictly(structured_type type, std::string_view value) {
  switch (type) {
    case structured_type::item: return respelled(sf::parse_item(value));
    case structured_type::list: return respelled(sf::parse_list(value));
    case structured_type::dictionary: return respelled(sf::parse_dictionary(value));
  }
  __builtin_trap();
}

// Nothing when no type fits, or when two fit and disagree.
std::optional<std::string> strictly_as_any(std::string_view value) {
  std::optional<std::string> agreed;
  for (const auto type : {structured_type::dictionary, structured_type::list, structured_type::item}) {
    auto text = strictly(type, value);
    if (!text) continue;
    if (agreed && *agreed != *text) return std::nullopt;
    agreed = std::move(text);
  }
  return agreed;
}

// RFC 9421 section 2.1.1.
result<std::string> strict_value(std::string_view name, std::string_view value) {
  const auto* row = std::find_if(types.begin(), types.end(), [&](const type_row& each) { return each.name == name; });
  auto text = row != types.end() ? strictly(row->type, value) : strictly_as_any(value);
  if (!text) return failure(reason::httpsig_component_value, std::string(name) + " is no structured field of one type");
  return *std::move(text);
}

// RFC 9421 section 2.1.2.
result<std::string> member_value(std::string_view name, const std::string& key, std::string_view value) {
  const auto members = sf::parse_dictionary(value);
  if (!members.ok()) return failure(reason::httpsig_component_value, std::string(name) + " is no dictionary");
  const sf::member* found = sf::find(*members, key);
  if (found == nullptr) {
    return failure(reason::httpsig_component_missing, std::string(name) + " has no member " + key);
  }
  auto text = sf::serialize(*found);
  if (!text.ok()) return failure(reason::httpsig_component_value, text.error().detail);
  return text;
}

// RFC 9421 section 2.1.3: each line by itself, before it is joined with others.
std::string wrapped_lines(const std::vector<message_field>& fields, std::string_view name) {
  std::string out;
  for (const auto& each : fields) {
    if (each.name != name) continue;
    if (!out.empty()) out += ", ";
    out += sf::serialize_bytes(as_bytes(each.value));
  }
  return out;
}

}  // namespace

std::optional<std::string> joined_lines(const std::vector<message_field>& fields, std::string_view name) {
  std::optional<std::string> out;
  for (const auto& each : fields) {
    if (each.name != name) continue;
    out = out ? *out + ", " + each.value : each.value;
  }
  return out;
}

result<std::string> field_value(std::string_view name, const sf::parameter_list& parameters, const message& from) {
  const bool strict = sf::find(parameters, "sf") != nullptr;
  const bool wrapped = sf::find(parameters, "bs") != nullptr;
  const auto* key = sf::find_as<std::string>(parameters, "key");
  if (wrapped && (strict || key != nullptr)) {
    return failure(reason::httpsig_component_invalid, "bs excludes sf and key");
  }
  const auto& fields = sf::find(parameters, "tr") != nullptr ? from.trailers : from.fields;
  const auto joined = joined_lines(fields, name);
  if (!joined) return failure(reason::httpsig_component_missing, "there is no field " + std::string(name));
  if (wrapped) return wrapped_lines(fields, name);
  if (key != nullptr) return member_value(name, *key, *joined);
  if (strict) return strict_value(name, *joined);
  return *joined;
}

}  // namespace sallyport::httpsig
