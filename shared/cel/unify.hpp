// Assignability with type parameters (cel-spec, doc/langdef.md, "Gradual Type Checking"): dyn fits everything and
// everything fits dyn; a parameter is bound to the first type it meets and may become more general.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "cel/type.hpp"

namespace sallyport::cel {

class substitution {
 public:
  /// A type parameter that nothing is known about yet.
  type fresh();
  /// `pattern` with its parameters (letters A to Z) replaced by fresh ones, the same letter by the same one.
  using renaming = std::vector<std::pair<std::uint32_t, type>>;
  type renamed(const type& pattern, renaming& letters);

  /// Whether a value of type `given` may stand where `wanted` is expected; binds parameters of both as needed. On
  /// false, bindings may be left behind: take a mark before, and return to it.
  bool assignable(const type& given, const type& wanted);
  /// `given` with bound parameters replaced, and unbound ones by dyn when `final`.
  type resolved(const type& given, bool final) const;

  struct checkpoint {
    std::size_t trail;
    std::size_t parameters;
  };
  checkpoint mark() const { return {trail_.size(), bindings_.size()}; }
  void return_to(checkpoint mark);

 private:
  std::optional<bool> through_binding(const type& given, const type& parameter);
  type representative(const type& given) const;
  bool fits(const type& given, const type& wanted);
  bool parts_assignable(const type& given, const type& wanted);
  bool occurs(std::uint32_t parameter, const type& within, std::size_t depth = 0) const;
  type walk(const type& given, bool final, std::size_t depth) const;
  void bind(std::uint32_t parameter, type to);

  // How deep a walk may go: a type, and the parameters bound along it.
  static constexpr std::size_t max_walk = std::size_t{2} * type::max_depth;

  // Indexed by parameter number; dyn with bound == false is unbound.
  struct binding {
    bool bound = false;
    type to;
  };
  std::vector<binding> bindings_;
  std::vector<std::pair<std::uint32_t, binding>> trail_;
  std::size_t depth_ = 0;
};

/// Whether `left` says no more than `right`: dyn and parameters say nothing.
bool is_as_general(const type& left, const type& right);

}  // namespace sallyport::cel
