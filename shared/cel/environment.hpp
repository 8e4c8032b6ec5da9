// What an expression may name: variables with their types, and the container that names are resolved in.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/type.hpp"

namespace sallyport::cel {

class environment {
 public:
  struct variable {
    std::string name;
    type of;
  };
  struct field {
    std::string_view name;
    /// As type::parse reads it.
    std::string_view of;
  };
  /// What other systems call something that this environment has ("user.email", "now()"), and how it is written here.
  /// Both are literals.
  struct synonym {
    std::string_view foreign;
    std::string_view own;
  };

  /// Declares a variable and returns its slot: the index of its value in the activation. Slots count from 0 in order.
  std::size_t declare(std::string name, type of);
  /// As above, the type as text ("list(string)"). Reasons: cel_type.
  result<std::size_t> declare(std::string name, std::string_view of);
  /// Declares a variable of an object type with exactly these fields. Reasons: cel_type.
  result<std::size_t> declare_object(std::string name, std::string type_name, std::initializer_list<field> fields);

  /// The name space that unqualified names are looked up in first, e.g. "a.b" (cel-spec, "Name Resolution").
  void set_container(std::string name) { container_ = std::move(name); }

  /// For advice alone: no expression may use the foreign names. `known` outlives the environment.
  void set_synonyms(std::span<const synonym> known) { synonyms_ = known; }
  /// How `foreign` is written here, in any case of its letters; empty when that is not known.
  std::string_view find_synonym(std::string_view foreign) const;

  const std::string& container() const { return container_; }
  const std::vector<variable>& variables() const { return variables_; }

 private:
  std::string container_;
  std::vector<variable> variables_;
  std::span<const synonym> synonyms_;
};

}  // namespace sallyport::cel
