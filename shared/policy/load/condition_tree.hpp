// The syntax tree of a condition, for checks of what it says beyond its types.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "cel/program_data.hpp"
#include "policy/condition.hpp"

namespace sallyport::policy {

/// A view of a condition, which outlives it.
class condition_tree {
 public:
  explicit condition_tree(const condition& of) : tree_(of.code().data().tree) {}

  /// Calls `look` with every call of a function, operators included.
  template <class Look>
  void for_each_call(Look look) const {
    for (const auto& each : tree_.nodes) {
      if (each.kind == cel::node_kind::call) look(each);
    }
  }

  std::span<const cel::node_index> children(const cel::node& of) const { return tree_.children_of(of); }
  const cel::node& at(cel::node_index index) const { return tree_.nodes[index]; }

  std::optional<std::string_view> text(cel::node_index index) const {
    const auto& here = at(index);
    const bool constant = here.kind == cel::node_kind::constant && here.constant.is(cel::kind::string);
    return constant ? std::optional(here.constant.as_string()) : std::nullopt;
  }

  /// The texts that the node is or lists, and where each stands.
  std::vector<std::pair<std::string_view, std::size_t>> texts(cel::node_index index) const {
    std::vector<std::pair<std::string_view, std::size_t>> all;
    const auto& here = at(index);
    if (const auto one = text(index)) all.emplace_back(*one, here.offset);
    for (const auto element : children(here)) {
      const auto one =
          here.kind == cel::node_kind::list || here.constant.is(cel::kind::list) ? text(element) : std::nullopt;
      if (one) all.emplace_back(*one, at(element).offset);
    }
    return all;
  }

  /// Whether the node is `<of>.<member>`.
  bool is_member(cel::node_index index, variable of, std::string_view member) const {
    const auto& here = at(index);
    if (here.kind != cel::node_kind::select || here.name != member) return false;
    const auto& base = at(children(here)[0]);
    return base.kind == cel::node_kind::variable && base.slot == static_cast<std::uint32_t>(of);
  }

  /// Whether `request.<member>` is read at the node or below it.
  bool reads(cel::node_index index, std::string_view member) const {
    if (is_member(index, variable::request, member)) return true;
    for (const auto below : children(at(index))) {
      if (reads(below, member)) return true;
    }
    return false;
  }

  /// The first byte of the call: that of its leftmost part.
  std::size_t start(const cel::node& of) const {
    std::size_t first = of.offset;
    for (const auto below : children(of)) first = std::min(first, start(at(below)));
    return first;
  }

 private:
  const cel::syntax& tree_;
};

}  // namespace sallyport::policy
