// The functions and operators of the language: one table row an overload, and below it everything takes the row. The
// checker reads the types of a row, the evaluator its kinds and its implementation.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cel/arena.hpp"
#include "cel/type.hpp"
#include "cel/value.hpp"

namespace sallyport::regex {
class pattern;
}

namespace sallyport::cel {

/// What an implementation may use besides its arguments.
class call {
 public:
  call(arena& values, std::uint64_t& steps, std::uint32_t offset, const regex::pattern* compiled = nullptr)
      : memory(values), pattern(compiled), steps_(steps), offset_(offset) {}

  /// An evaluation error at this call. `message` must be a literal, and never holds data of the request.
  value fail(std::string_view message) const;
  value no_overload() const { return fail("no such overload: the arguments have other types"); }
  /// Counts `amount` steps down; false when there are none left, and evaluation ends with cel_steps.
  bool spend(std::uint64_t amount);
  /// A string made by this call, copied into the arena.
  value text(std::string_view made) const { return value::string(memory.copy(made)); }
  value octets(std::string_view made) const { return value::bytes(as_bytes(memory.copy(made))); }
  /// A list of these elements, copied into the arena.
  value list(std::span<const value> elements) const;
  /// optional.of(content)
  value some(const value& content) const { return value::optional(memory.make<value>(content)); }
  bool equals(const value& left, const value& right) { return equal(left, right, memory, steps_); }

  arena& memory;
  /// matches() with a constant pattern.
  const regex::pattern* pattern;

 private:
  std::uint64_t& steps_;
  std::uint32_t offset_;
};

/// Arguments are values, never errors, of the kinds that the row names; the receiver is the first.
using implementation = value (*)(call& context, const value* arguments);

enum class call_style : std::uint8_t {
  /// size(x)
  function,
  /// x.size()
  method,
  /// As function, but only for values whose type is not known when loading.
  dynamic,
};

/// The kind that the first word of a type, as type::parse reads it, stands for. Capital letters are parameters.
constexpr type_kind kind_of_word(std::string_view word) {
  if (word.size() == 1) return type_kind::parameter;
  if (word == "bool") return type_kind::boolean;
  if (word == "int") return type_kind::integer;
  if (word == "uint") return type_kind::unsigned_integer;
  if (word == "double") return type_kind::real;
  if (word == "string") return type_kind::string;
  if (word == "bytes") return type_kind::bytes;
  if (word == "list") return type_kind::list;
  if (word == "map") return type_kind::map;
  if (word == "timestamp") return type_kind::timestamp;
  if (word == "duration") return type_kind::duration;
  if (word == "type") return type_kind::type;
  if (word == "optional_type") return type_kind::optional;
  if (word == "net.IP") return type_kind::ip;
  if (word == "net.CIDR") return type_kind::cidr;
  return type_kind::dyn;
}

/// The parameter that starts at `from` in "string, map(A, B), int"; `from` moves to the next one, or to the end.
constexpr std::string_view next_parameter(std::string_view parameters, std::size_t& from) {
  std::size_t end = from;
  for (int depth = 0; end < parameters.size() && (depth > 0 || parameters[end] != ','); ++end) {
    if (parameters[end] == '(') ++depth;
    if (parameters[end] == ')') --depth;
  }
  const std::string_view parameter = parameters.substr(from, end - from);
  from = end + 2 < parameters.size() ? end + 2 : parameters.size();
  return parameter;
}

struct overload {
  static constexpr std::size_t max_arity = 4;

  /// Types as type::parse reads them, the receiver first.
  constexpr overload(call_style how, std::string_view called, std::string_view takes, std::string_view gives,
                     implementation does)
      : name(called), parameters(takes), result(gives), run(does), style(how) {
    for (std::size_t from = 0; from < takes.size();) {
      const std::string_view parameter = next_parameter(takes, from);
      kinds[arity++] = kind_of_word(parameter.substr(0, parameter.find('(')));
    }
  }

  std::string_view name;
  std::string_view parameters;
  std::string_view result;
  implementation run;
  call_style style;
  std::uint8_t arity = 0;
  std::array<type_kind, max_arity> kinds = {};
};

/// Every row called `name` that a call of this form and number of arguments may mean.
std::vector<const overload*> find_overloads(std::string_view name, bool method, std::size_t arguments);
/// Every row called `name`, whatever its form and number of arguments.
std::vector<const overload*> find_all_overloads(std::string_view name);
/// The name of every row, operators left out, in no order; a name may come twice.
std::vector<std::string_view> function_names();
/// Whether any row is called `name`, e.g. "math.abs".
bool is_function(std::string_view name);
/// Whether the values have the kinds that the row demands.
bool accepts(const overload& row, const value* arguments);

// The tables, one a file.
std::span<const overload> operator_table();
std::span<const overload> order_table();
std::span<const overload> collection_table();
std::span<const overload> conversion_table();
std::span<const overload> string_table();
std::span<const overload> text_table();
std::span<const overload> time_table();
std::span<const overload> math_table();
std::span<const overload> list_table();
std::span<const overload> optional_table();
std::span<const overload> network_table();
std::span<const overload> encoder_table();

}  // namespace sallyport::cel
