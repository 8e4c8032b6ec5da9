// The values of the Common Expression Language (cel-spec, doc/langdef.md, "Values").
//
// A value is a small view that is copied freely: strings, lists and maps point into storage that somebody else keeps
// alive (an arena, the compiled program, or the caller's request) for as long as the value is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/bytes.hpp"

namespace sallyport::cel {

class arena;
class object;
class value;
struct map_entry;
struct network;

enum class kind : std::uint8_t {
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
  type,
  /// Fields resolved when they are asked for (class object): `identity`, `request`, the claims of a token.
  object,
  /// Holds a value or none (optional_type).
  optional,
  /// An IP address, or an address range.
  ip,
  cidr,
  /// Not a value: evaluation failed, or nothing is bound. Never leaves evaluate().
  error,
};

/// Seconds and nanoseconds (0 to 999,999,999) since 1970-01-01T00:00:00Z; years 0001 to 9999.
struct timestamp {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;
  friend bool operator==(const timestamp&, const timestamp&) = default;
};

/// A span of time; what does not fit 64 bits of nanoseconds (about 292 years) is not a CEL duration.
struct duration {
  std::int64_t nanoseconds = 0;
  friend bool operator==(const duration&, const duration&) = default;
};

/// What went wrong and where (byte offset into the source), allocated in the arena.
struct fault {
  std::string_view message;
  std::uint32_t offset = 0;
};

class value {
 public:
  /// Its size, with pointers of 32 bits and of 64: what it counts as in arrays (arena.hpp).
  static constexpr std::size_t array_bytes = 24;

  /// null
  constexpr value() : kind_(cel::kind::null), integer_(0) {}

  static value null() { return {}; }
  static value boolean(bool truth) {
    return made(cel::kind::boolean, [&](value& v) { v.boolean_ = truth; });
  }
  static value integer(std::int64_t number) {
    return made(cel::kind::integer, [&](value& v) { v.integer_ = number; });
  }
  static value unsigned_integer(std::uint64_t number) {
    return made(cel::kind::unsigned_integer, [&](value& v) { v.unsigned_ = number; });
  }
  static value real(double number) {
    return made(cel::kind::real, [&](value& v) { v.real_ = number; });
  }
  /// UTF-8, viewed.
  static value string(std::string_view text) { return of_text(cel::kind::string, text); }
  static value bytes(bytes_view data) { return of_text(cel::kind::bytes, as_text(data)); }
  /// The elements are viewed.
  static value list(std::span<const value> elements) {
    return made(cel::kind::list, [&](value& v) { v.list_ = {elements.data(), elements.size()}; });
  }
  /// Precondition: entries sorted by compare_keys, no key twice (make_map takes care). Viewed.
  static value map(std::span<const map_entry> entries);
  static value instant(timestamp when) {
    return made(cel::kind::timestamp, [&](value& v) { v.time_ = when; });
  }
  static value interval(duration span) {
    return made(cel::kind::duration, [&](value& v) { v.span_ = span; });
  }
  /// A type as a value; the name is viewed, e.g. "int" or "google.protobuf.Timestamp".
  static value type(std::string_view name) { return of_text(cel::kind::type, name); }
  static value of_object(const object* source) {
    return made(cel::kind::object, [&](value& v) { v.object_ = source; });
  }
  /// nullptr is optional.none().
  static value optional(const value* content) {
    return made(cel::kind::optional, [&](value& v) { v.list_ = {content, 1}; });
  }
  static value of_network(cel::kind which, const network* range) {
    return made(which, [&](value& v) { v.network_ = range; });
  }
  static value error(const fault* what) {
    return made(cel::kind::error, [&](value& v) { v.fault_ = what; });
  }
  /// What stands for a variable that has no value: using it is an evaluation error.
  static value absent() { return error(nullptr); }

  cel::kind kind() const { return kind_; }
  bool is(cel::kind which) const { return kind_ == which; }
  bool is_error() const { return kind_ == cel::kind::error; }
  bool is_true() const { return kind_ == cel::kind::boolean && boolean_; }

  // Precondition of each: kind() is the matching one.
  bool as_boolean() const { return boolean_; }
  std::int64_t as_integer() const { return integer_; }
  std::uint64_t as_unsigned() const { return unsigned_; }
  double as_real() const { return real_; }
  std::string_view as_string() const { return {text_.data, text_.size}; }
  bytes_view as_bytes() const { return sallyport::as_bytes({text_.data, text_.size}); }
  std::span<const value> as_list() const { return {list_.data, list_.size}; }
  /// Sorted by key.
  std::span<const map_entry> as_map() const;
  timestamp as_timestamp() const { return time_; }
  duration as_duration() const { return span_; }
  std::string_view as_type() const { return {text_.data, text_.size}; }
  const object& as_object() const { return *object_; }
  /// nullptr when none.
  const value* as_optional() const { return list_.data; }
  const network& as_network() const { return *network_; }
  /// nullptr when nothing was bound.
  const fault* as_error() const { return fault_; }

 private:
  struct text_view {
    const char* data;
    std::size_t size;
  };
  struct list_view {
    const value* data;
    std::size_t size;
  };
  struct map_view {
    const map_entry* data;
    std::size_t size;
  };

  template <class Fill>
  static value made(cel::kind which, Fill fill) {
    value fresh;
    fresh.kind_ = which;
    fill(fresh);
    return fresh;
  }
  static value of_text(cel::kind which, std::string_view text) {
    return made(which, [&](value& v) { v.text_ = {text.data(), text.size()}; });
  }

  cel::kind kind_;
  union {
    bool boolean_;
    std::int64_t integer_;
    std::uint64_t unsigned_;
    double real_;
    text_view text_;
    list_view list_;
    map_view map_;
    timestamp time_;
    duration span_;
    const object* object_;
    const network* network_;
    const fault* fault_;
  };
};

struct map_entry {
  static constexpr std::size_t array_bytes = 2 * value::array_bytes;
  value key;
  value content;
};

inline value value::map(std::span<const map_entry> entries) {
  return made(cel::kind::map, [&](value& v) { v.map_ = {entries.data(), entries.size()}; });
}
inline std::span<const map_entry> value::as_map() const {
  return {map_.data, map_.size};
}

/// A value whose fields are resolved lazily. Implementations are owned by the caller and outlive every value made of
/// them.
class object {
 public:
  /// The field `name`, or nothing when absent. What it has to build, it builds in `memory`.
  virtual std::optional<value> field(std::string_view name, arena& memory) const = 0;
  /// Whether this is a map with string keys (`identity.claims`, `request.headers`), usable as one in every way.
  virtual bool is_map() const { return false; }
  /// Every field as sorted map entries, for size(), comprehensions and equality; asked only when is_map().
  virtual std::span<const map_entry> entries(arena&) const { return {}; }
  /// The name that type() gives when this is not a map.
  virtual std::string_view type_name() const { return "sallyport.Object"; }

 protected:
  ~object() = default;
};

/// An IP address (prefix is the full length) or a range of them.
struct network {
  /// 4 or 16 bytes are used.
  std::uint8_t address[16] = {};
  std::uint8_t size = 4;
  /// Bits of the mask.
  std::uint8_t prefix = 32;
};

/// Less than, equal, greater than, or incomparable (NaN, other kinds).
enum class ordering : std::int8_t { less, equal, greater, none };

/// Deeper nested values cannot be compared or formatted: walking them must not use up the stack.
constexpr std::size_t max_value_depth = 200;

/// CEL equality: numbers across their types by mathematical value, lists and maps deeply, other mixed kinds unequal.
/// `budget` counts down by one per pair of values and per 64 bytes of text; when it reaches 0 the answer is false and
/// means nothing.
bool equal(const value& left, const value& right, arena& memory, std::uint64_t& budget);
/// CEL ordering of numbers (across types), strings, bytes, bool, timestamps, durations.
ordering compare(const value& left, const value& right);
/// The order of map entries: booleans, numbers by value, strings by bytes. Precondition: both are valid map keys.
ordering compare_keys(const value& left, const value& right);
/// Whether a map may have this key: bool, int, uint or string.
bool is_map_key(const value& key);
/// A map of these entries, which it sorts in place and views; nothing when a key is no key or comes twice.
std::optional<value> make_map(std::span<map_entry> entries);
/// The value at `key`, or nullptr. Precondition: sorted entries. Doubles find equal integers.
const value* find(std::span<const map_entry> entries, const value& key);
/// The entries of a map or of an object that is one; nothing for other kinds.
std::optional<std::span<const map_entry>> entries_of(const value& map, arena& memory);
/// What type(v) names: "int", "list", "google.protobuf.Timestamp", …
std::string_view type_name(const value& of);

}  // namespace sallyport::cel
