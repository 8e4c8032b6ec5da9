// Resolves names and overloads in place, and finds the type of every expression. In strict mode what does not fit is an
// error; otherwise it is left to evaluation, and types are what can be told.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cel/advice.hpp"
#include "cel/arena.hpp"
#include "cel/diagnosis.hpp"
#include "cel/environment.hpp"
#include "cel/function.hpp"
#include "cel/program.hpp"
#include "cel/syntax.hpp"
#include "cel/unify.hpp"
#include "regex/regex.hpp"

namespace sallyport::cel {

struct checked {
  /// By node index.
  std::vector<type> types;
  /// Values that evaluation needs for the variables of macros.
  std::uint32_t local_count = 0;
};

class checker {
 public:
  checker(std::string_view source, syntax& tree, const environment& names, const compile_options& options,
          arena& literals, std::vector<std::unique_ptr<regex::pattern>>& patterns);
  /// The first problem, if there is one.
  std::optional<diagnosis> run(checked& out);

 private:
  struct local {
    std::string_view name;
    type of;
    std::uint32_t slot;
  };
  class scope;

  // checker.cpp
  type check(node_index index);
  type check_kind(node_index index);
  type check_constant(const value& constant) const;
  type check_identifier(node_index index);
  type check_select(node_index index);
  type check_field(node_index index, const type& operand);
  type check_logical(node_index index);
  type check_conditional(node_index index);
  type check_list(node_index index);
  type check_map(node_index index);
  type check_message(node_index index);
  type joined(const type& known, const type& more);
  type entry_type(node_index entry, bool optional);

  // checker_macro.cpp
  type check_comprehension(node_index index);
  type check_body(node_index index, const type& first, const type& key);
  type check_transform(node_index index, const type& body);
  type check_binding(node_index index);
  type element_type(node_index range, type& key);
  bool expect(node_index index, const type& found, type_kind wanted, std::string_view what);

  // checker_call.cpp
  type check_call(node_index index);
  bool resolve_namespace(node_index index);
  bool report_foreign_space(node_index index);
  type resolve_overload(node_index index, const std::vector<type>& arguments);
  std::optional<type> try_overload(const overload& row, const std::vector<type>& arguments);
  type report_call(node_index index, const std::vector<type>& arguments);
  void check_constant_arguments(node_index index);
  void compile_pattern(node_index index);
  void fold(node_index index);
  void fold_list(node_index index);
  void fold_map(node_index index);
  void fold_call(node_index index);

  // checker_name.cpp
  bool resolve_name(node_index index, const std::string& name, bool rooted, type& out);
  bool resolve_candidate(node_index index, std::string_view name, type& out);
  std::string dotted_name(node_index index, bool& rooted) const;
  const local* find_local(std::string_view name) const;

  type report(node_index index, std::string message, std::string advice = {});
  advice_scope scope_of_advice() const { return {source_, tree_, names_}; }
  node& at(node_index index) { return tree_.nodes[index]; }
  const node& at(node_index index) const { return tree_.nodes[index]; }
  node_index child(node_index index, std::size_t which) const { return tree_.children_of(at(index))[which]; }

  std::string_view source_;
  syntax& tree_;
  const environment& names_;
  const compile_options& options_;
  arena& literals_;
  std::vector<std::unique_ptr<regex::pattern>>& patterns_;
  substitution types_;
  std::vector<type> found_;
  std::vector<local> locals_;
  std::uint32_t local_count_ = 0;
  std::optional<diagnosis> problem_;
};

/// Names `count` variables for as long as it lives, on top of those around it.
class checker::scope {
 public:
  scope(checker& owner, std::string_view name, type of) : owner_(owner) { add(name, std::move(of)); }
  ~scope() {
    for (; added_ > 0; --added_) owner_.locals_.pop_back();
  }
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

  void add(std::string_view name, type of) {
    const auto slot = static_cast<std::uint32_t>(owner_.locals_.size());
    owner_.locals_.push_back({name, std::move(of), slot});
    owner_.local_count_ = std::max(owner_.local_count_, slot + 1);
    ++added_;
  }

 private:
  checker& owner_;
  std::size_t added_ = 0;
};

}  // namespace sallyport::cel
