#include "cel/function.hpp"

namespace sallyport::cel {
namespace {

constexpr std::array tables = {operator_table, order_table,    collection_table, conversion_table,
                               string_table,   text_table,     time_table,       math_table,
                               list_table,     optional_table, network_table,    encoder_table};

template <class Visit>
void each_overload(std::string_view name, Visit visit) {
  for (const auto table : tables) {
    for (const auto& row : table()) {
      if (row.name == name) visit(row);
    }
  }
}

bool fits(type_kind wanted, const value& given) {
  switch (wanted) {
    case type_kind::dyn:
    case type_kind::parameter: return true;
    case type_kind::null: return given.is(kind::null);
    case type_kind::boolean: return given.is(kind::boolean);
    case type_kind::integer: return given.is(kind::integer);
    case type_kind::unsigned_integer: return given.is(kind::unsigned_integer);
    case type_kind::real: return given.is(kind::real);
    case type_kind::string: return given.is(kind::string);
    case type_kind::bytes: return given.is(kind::bytes);
    case type_kind::list: return given.is(kind::list);
    case type_kind::map: return given.is(kind::map) || (given.is(kind::object) && given.as_object().is_map());
    case type_kind::timestamp: return given.is(kind::timestamp);
    case type_kind::duration: return given.is(kind::duration);
    case type_kind::type: return given.is(kind::type);
    case type_kind::object: return given.is(kind::object);
    case type_kind::optional: return given.is(kind::optional);
    case type_kind::ip: return given.is(kind::ip);
    case type_kind::cidr: return given.is(kind::cidr);
    case type_kind::error: return false;
  }
  return false;
}

}  // namespace

value call::fail(std::string_view message) const {
  static constexpr fault out_of_memory{"out of memory"};
  const fault* what = memory.make<fault>(fault{message, offset_});
  return value::error(what == nullptr ? &out_of_memory : what);
}

bool call::spend(std::uint64_t amount) {
  steps_ -= amount < steps_ ? amount : steps_;
  return steps_ > 0;
}

value call::list(std::span<const value> elements) const {
  const auto copy = memory.make_array<value>(elements.size());
  for (std::size_t i = 0; i < copy.size(); ++i) copy[i] = elements[i];
  return value::list(copy);
}

std::vector<const overload*> find_overloads(std::string_view name, bool method, std::size_t arguments) {
  std::vector<const overload*> found;
  each_overload(name, [&](const overload& row) {
    if ((row.style == call_style::method) == method && row.arity == arguments) found.push_back(&row);
  });
  return found;
}

std::vector<const overload*> find_all_overloads(std::string_view name) {
  std::vector<const overload*> found;
  each_overload(name, [&](const overload& row) { found.push_back(&row); });
  return found;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> all;
  for (const auto table : tables) {
    for (const auto& row : table()) {
      const bool plain = row.name.find_first_of("_@!-") == std::string_view::npos;
      if (plain && (all.empty() || all.back() != row.name)) all.push_back(row.name);
    }
  }
  return all;
}

bool is_function(std::string_view name) {
  bool known = false;
  each_overload(name, [&](const overload& row) { known |= row.style != call_style::method; });
  return known;
}

bool accepts(const overload& row, const value* arguments) {
  for (std::size_t i = 0; i < row.arity; ++i) {
    if (!fits(row.kinds[i], arguments[i])) return false;
  }
  return true;
}

}  // namespace sallyport::cel
