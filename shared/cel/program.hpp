// From source text to a decision: compile once when loading, evaluate per request.
//
//   environment names;
//   names.declare_object("identity", "sallyport.Identity", {{"email", "string"}, {"groups", "list(string)"}});
//   auto rule = compile("'finance' in identity.groups", names);
//   arena memory;
//   auto truth = evaluate(*rule, {&identity_value, 1}, memory);
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/arena.hpp"
#include "cel/environment.hpp"
#include "cel/value.hpp"
#include "core/result.hpp"
#include "encoding/json.hpp"

namespace sallyport::cel {

struct compile_limits {
  std::size_t max_source_bytes = std::size_t{16} * 1024;
  /// Nesting of expressions; parser and evaluator recurse this deep.
  std::size_t max_depth = 100;
  /// Of the static estimate (program::cost), in evaluation steps.
  std::uint64_t max_cost = 1'000'000;
};

struct compile_options {
  compile_limits limits;
  /// Type-check. Without it, unknown names and wrong types surface as evaluation errors.
  bool check = true;
  /// Refuse an expression that holds a call of constants that can only fail, e.g. timestamp('yesterday').
  bool refuse_known_errors = false;
  /// What the whole expression must be (a condition: type_kind::boolean); dyn accepts everything.
  type expected = type_kind::dyn;
};

/// Why a source text was refused, for people: where, what, and what to do.
struct problem {
  encoding::text_position at;
  std::string message;
  std::string advice;
};

/// What an expression reads: {"identity", "claims", "repository"} stands for that member and everything below it, and
/// {"identity", "claims"} for all claims (the expression uses them as a whole).
using access_path = std::vector<std::string>;

struct program_data;
class observer;

/// A compiled expression: immutable, movable, safe to evaluate from several threads at once.
class program {
 public:
  explicit program(std::unique_ptr<const program_data> data);
  program(program&&) noexcept;
  program& operator=(program&&) noexcept;
  ~program();

  std::string_view source() const;
  /// The checked type of the result; dyn when unchecked.
  const type& result_type() const;
  /// Upper estimate of the evaluation steps, taking lists and maps of unknown size to have `assumed_size` elements.
  std::uint64_t cost() const;
  /// Every path that evaluation may read, sorted, without those that another one covers.
  const std::vector<access_path>& accessed() const;
  const program_data& data() const { return *data_; }

  static constexpr std::uint64_t assumed_size = 64;

 private:
  std::unique_ptr<const program_data> data_;
};

/// Reasons: cel_syntax, cel_type, cel_cost. The failure's detail is one sentence with line, column and advice; the same
/// in parts goes to `*why` when it is not null.
result<program> compile(std::string_view source, const environment& names, const compile_options& options = {},
                        problem* why = nullptr);

struct evaluation_limits {
  /// Nodes evaluated plus elements visited plus 1 per 64 bytes of text produced or scanned.
  std::uint64_t max_steps = 100'000;
};

/// `variables`: one value per slot of the environment that the program was compiled with; slots that are missing or
/// value::absent() are unbound. The result views `memory`, the program and the variables.
/// Reasons: cel_evaluation (detail: message, line, column), cel_steps (steps or the arena's memory used up).
result<value> evaluate(const program& expression, std::span<const value> variables, arena& memory,
                       const evaluation_limits& limits = {});
/// The same, in as many steps and as much memory; `watching` is told what the parts come to (cel/observer.hpp). Slower.
result<value> evaluate(const program& expression, std::span<const value> variables, arena& memory,
                       const evaluation_limits& limits, observer& watching);

}  // namespace sallyport::cel
