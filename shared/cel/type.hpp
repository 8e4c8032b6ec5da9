// Types of the checker (cel-spec, doc/langdef.md, "Gradual Type Checking").
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sallyport::cel {

struct object_type;

enum class type_kind : std::uint8_t {
  dyn,
  null,
  boolean,
  integer,
  unsigned_integer,
  real,
  string,
  bytes,
  list,
  map,
  timestamp,
  duration,
  /// The type of types: type(int).
  type,
  object,
  optional,
  ip,
  cidr,
  /// A type parameter of an overload (A, B, K, V), or a fresh variable of the checker.
  parameter,
  /// The type of an expression that has already been reported.
  error,
};

/// A type, copied cheaply. Compound types share their parts. What is nested deeper than max_depth is dyn: walking a
/// type must not use up the stack.
class type {
 public:
  static constexpr std::uint16_t max_depth = 64;

  type(type_kind simple = type_kind::dyn) : kind_(simple) {}  // NOLINT: a kind without parts is a whole type

  static type list_of(type element);
  static type map_of(type key, type value);
  static type optional_of(type content);
  static type type_of(type described);
  static type of_object(std::shared_ptr<const object_type> fields);
  /// A type parameter, by number.
  static type parameter(std::uint32_t number);

  /// Reads "string", "list(string)", "map(string, dyn)", "optional_type(int)", "type(A)", "google.protobuf.Timestamp"
  /// or "timestamp", …; capital letters are parameters. Reasons: cel_type.
  static result<type> parse(std::string_view text);

  type_kind kind() const { return kind_; }
  bool is(type_kind which) const { return kind_ == which; }
  std::uint32_t parameter_number() const { return parameter_; }
  /// Element of a list, key of a map, content of an optional or type; dyn when there is none.
  type first() const;
  /// Value of a map.
  type second() const;
  /// Whether it has neither element, key, value nor content.
  bool is_simple() const { return !parts_; }
  /// nullptr for all but objects.
  const object_type* fields() const { return object_.get(); }
  /// As CEL writes it: "map(string, dyn)".
  std::string text() const;

 private:
  static type compound(type_kind kind, std::vector<type> parts);

  type_kind kind_ = type_kind::dyn;
  std::uint16_t depth_ = 1;
  std::uint32_t parameter_ = 0;
  std::shared_ptr<const std::vector<type>> parts_;
  std::shared_ptr<const object_type> object_;
};

/// A type with a closed set of fields.
struct object_type {
  struct field {
    std::string name;
    type of;
  };
  std::string name;
  std::vector<field> fields;

  /// nullptr when there is no such field.
  const field* find(std::string_view field_name) const;
};

}  // namespace sallyport::cel
