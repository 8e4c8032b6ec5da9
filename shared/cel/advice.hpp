// What an author most likely meant, for the messages about what does not compile: how CEL writes what other languages
// write otherwise.
//
// Rule: an expression that an advice names, put in the place of the one in question, compiles.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cel/environment.hpp"
#include "cel/syntax.hpp"
#include "cel/token.hpp"
#include "cel/type.hpp"

namespace sallyport::cel {

/// What advice looks at.
struct advice_scope {
  std::string_view source;
  const syntax& tree;
  const environment& names;
};

// advice_syntax.cpp
/// Where the grammar wanted something else than `found`; `before` is the token in front of it.
std::string advise_syntax(std::string_view source, const token& before, const token& found);
/// For a word that may not be a name.
std::string advise_reserved(std::string_view word);
/// For has() of something that is no field.
std::string advise_has(std::string_view source, const syntax& tree, node_index argument);
/// The word with a hyphen around `offset` ("identity.claims.org-id") as what it was meant to be
/// ("identity.claims['org-id']"); empty when there is none.
std::string hyphenated_name(std::string_view source, std::size_t offset);

// advice_name.cpp
/// For a name that nothing has.
std::string advise_name(const advice_scope& scope, const node& name);
/// For a field that the operand, of this type, does not have.
std::string advise_field(const advice_scope& scope, const node& select, const type& operand);

// advice_type.cpp
/// For an expression that must be true or false and is of this type.
std::string advise_truth(const advice_scope& scope, node_index index, const type& found);
/// For an operator that does not take these types.
std::string advise_operator(const advice_scope& scope, const node& call, std::span<const type> types);

// advice_call.cpp
struct call_problem {
  std::string message;
  std::string advice;
};
/// For a call of a function or method that is not there, or that does not take these types.
call_problem describe_call(const advice_scope& scope, const node& call, std::span<const type> types);
/// For a call of constants that can only fail.
std::string advise_failure(std::string_view name);
/// For `space.name(…)` where nothing is called `space`, as in other languages' libraries; empty when it is none.
std::string advise_foreign_call(const advice_scope& scope, std::string_view name,
                                std::span<const node_index> arguments);

/// Whether the type may be a list (dyn may be everything, and counts as none).
inline bool is_list(const type& of) {
  return of.is(type_kind::list);
}

}  // namespace sallyport::cel
