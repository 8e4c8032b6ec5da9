#include "cel/json_value.hpp"

#include <cmath>

namespace sallyport::cel {
namespace {

using encoding::json;

/// A JSON object seen as a map; its members become values when they are asked for.
class json_map final : public object {
 public:
  explicit json_map(const json& document) : document_(&document) {}

  std::optional<value> field(std::string_view name, arena& memory) const override {
    const json* member = encoding::find_member(*document_, name);
    return member == nullptr ? std::nullopt : std::optional<value>(value_of_json(*member, memory));
  }
  bool is_map() const override { return true; }
  // The members of nlohmann's objects are sorted by bytes, as map entries have to be.
  std::span<const map_entry> entries(arena& memory) const override {
    const auto out = memory.make_array<map_entry>(document_->size());
    auto next = out.begin();
    for (auto member = document_->begin(); member != document_->end() && next != out.end(); ++member, ++next) {
      *next = {value::string(member.key()), value_of_json(*member, memory)};
    }
    return out;
  }

 private:
  const json* document_;
};

/// 1.0 and 1 are one JSON number (RFC 8785 writes both as 1), so they are one value at both ends of a wire. The gate
/// has integers for them already; this is for doubles that our own code made.
value value_of_real(double number) {
  constexpr double largest_exact_integer = 9007199254740991.0;
  const bool whole = std::fabs(number) <= largest_exact_integer && number == std::trunc(number);
  return whole ? value::integer(static_cast<std::int64_t>(number)) : value::real(number);
}

value value_of_number(const json& number) {
  if (number.is_number_float()) return value_of_real(number.get<double>());
  if (!number.is_number_unsigned()) return value::integer(number.get<std::int64_t>());
  const auto magnitude = number.get<std::uint64_t>();
  if (magnitude > INT64_MAX) return value::unsigned_integer(magnitude);
  return value::integer(static_cast<std::int64_t>(magnitude));
}

value value_of_array(const json& array, arena& memory) {
  const auto out = memory.make_array<value>(array.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = value_of_json(array[i], memory);
  return value::list(out);
}

}  // namespace

value value_of_json(const json& document, arena& memory) {
  switch (document.type()) {
    case json::value_t::null:
    case json::value_t::discarded:
    case json::value_t::binary: return value::null();
    case json::value_t::boolean: return value::boolean(document.get<bool>());
    case json::value_t::string: return value::string(*document.get_ptr<const json::string_t*>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float: return value_of_number(document);
    case json::value_t::array: return value_of_array(document, memory);
    case json::value_t::object: {
      const auto* map = memory.make<json_map>(document);
      return map == nullptr ? value::null() : value::of_object(map);
    }
  }
  return value::null();
}

}  // namespace sallyport::cel
