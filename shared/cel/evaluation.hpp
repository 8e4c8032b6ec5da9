// One evaluation: walks the tree, counts its steps. Errors are values until somebody needs the result (cel-spec,
// doc/langdef.md, "Evaluation"): && and || may do without an operand that failed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "cel/arena.hpp"
#include "cel/observer.hpp"
#include "cel/syntax.hpp"

namespace sallyport::cel {

class evaluation {
 public:
  /// `watching` is asked only by a tree of observed_tree(), and may be null for others.
  evaluation(const syntax& tree, std::uint32_t local_count, std::span<const value> variables, arena& memory,
             std::uint64_t max_steps, observer* watching = nullptr);
  value run();
  /// Whether steps or memory ran out; the value of run() means nothing then.
  bool stopped() const { return steps_ == 0 || memory_.exhausted(); }

 private:
  struct range_view;

  // evaluate.cpp
  value evaluate(node_index index);
  value variable(const node& here);
  value select(const node& here);
  value has(const node& here);
  value call_function(const node& here);
  value logical(const node& here, bool decisive);
  value conditional(const node& here);
  value list(const node& here);
  value map(const node& here);
  value bind(const node& here);
  value bind_optional(const node& here);
  value observe(const node& here);
  std::optional<value> field(const value& of, std::string_view name);
  value optional_field(const node& here, const value& of);
  bool add_entry(const node& marked, const value& content, value& out, bool& skip);

  // comprehension.cpp
  value comprehension(const node& here);
  value decide(const node& here, const range_view& range, bool decisive);
  value exists_one(const node& here, const range_view& range);
  value collect(const node& here, const range_view& range);
  value collect_map(const node& here, const range_view& range);
  value sort_by(const node& here, const range_view& range);
  bool enter(const node& here, const range_view& range, std::size_t index);
  std::optional<value> passes(const node& here, bool& keep);

  bool step() { return steps_ > 0 && --steps_ > 0; }
  value fail(const node& here, std::string_view message, std::string_view name = {});
  value no_overload(const node& here) { return fail(here, "no such overload: the operands have other types"); }
  const node& child(const node& of, std::size_t which) const { return nodes_[children_[of.first_child + which]]; }
  value evaluate_child(const node& of, std::size_t which) { return evaluate(children_[of.first_child + which]); }

  const syntax& tree_;
  std::uint32_t local_count_;
  const node* nodes_;
  const node_index* children_;
  std::span<const value> variables_;
  arena& memory_;
  std::uint64_t steps_;
  std::span<value> locals_;
  observer* watching_;
};

}  // namespace sallyport::cel
