#include "cel/environment.hpp"

#include <algorithm>

namespace sallyport::cel {

std::size_t environment::declare(std::string name, type of) {
  variables_.push_back({std::move(name), std::move(of)});
  return variables_.size() - 1;
}

result<std::size_t> environment::declare(std::string name, std::string_view of) {
  SALLYPORT_ASSIGN(type parsed, type::parse(of));
  return declare(std::move(name), std::move(parsed));
}

result<std::size_t> environment::declare_object(std::string name, std::string type_name,
                                                std::initializer_list<field> fields) {
  auto described = std::make_shared<object_type>();
  described->name = std::move(type_name);
  for (const auto& one : fields) {
    SALLYPORT_ASSIGN(type parsed, type::parse(one.of));
    described->fields.push_back({std::string(one.name), std::move(parsed)});
  }
  return declare(std::move(name), type::of_object(std::move(described)));
}

std::string_view environment::find_synonym(std::string_view foreign) const {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return lower(a) == lower(b);
  };
  for (const auto& row : synonyms_) {
    if (std::equal(row.foreign.begin(), row.foreign.end(), foreign.begin(), foreign.end(), same)) return row.own;
  }
  return {};
}

}  // namespace sallyport::cel
