#include "cel/environment.hpp"

#include <algorithm>

#include "core/ascii.hpp"

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
  for (const auto& row : synonyms_) {
    if (ascii::equal(row.foreign, foreign)) return row.own;
  }
  return {};
}

}  // namespace sallyport::cel
