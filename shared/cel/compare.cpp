// Equality and order of values (cel-spec, doc/langdef.md, "Equality" and "Ordering"): numbers compare across int, uint
// and double as if on one number line.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "cel/arena.hpp"
#include "cel/value.hpp"

namespace sallyport::cel {
namespace {

template <class T>
ordering order(T left, T right) {
  if (left < right) return ordering::less;
  return right < left ? ordering::greater : ordering::equal;
}

ordering order_text(std::string_view left, std::string_view right) {
  const int sign = left.compare(right);
  return order(sign, 0);
}

ordering reversed(ordering given) {
  if (given == ordering::less) return ordering::greater;
  return given == ordering::greater ? ordering::less : given;
}

constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

/// An integer against a number whose whole part, of the same type, is `whole`.
template <class Integer>
ordering compare_parts(Integer left, Integer whole, double fraction) {
  const ordering found = order(left, whole);
  return found == ordering::equal ? order(0.0, fraction) : found;
}

// Never by way of a double, in which neighbours beyond 2^53 are equal. The one exception is the conformance tests':
// the greatest int equals 2^63.
ordering compare_integer_real(std::int64_t left, double right) {
  if (std::isnan(right)) return ordering::none;
  if (right == two_to_63) return order(left, INT64_MAX);
  if (right > two_to_63) return ordering::less;
  if (right < -two_to_63) return ordering::greater;
  return compare_parts(left, static_cast<std::int64_t>(right), right - std::trunc(right));
}

ordering compare_unsigned_real(std::uint64_t left, double right) {
  if (std::isnan(right)) return ordering::none;
  if (right >= two_to_64) return ordering::less;
  if (right < 0) return ordering::greater;
  return compare_parts(left, static_cast<std::uint64_t>(right), right - std::trunc(right));
}

ordering compare_integer_unsigned(std::int64_t left, std::uint64_t right) {
  if (left < 0) return ordering::less;
  return order(static_cast<std::uint64_t>(left), right);
}

ordering compare_reals(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return ordering::none;
  return order(left, right);
}

bool is_number(kind which) {
  return which == kind::integer || which == kind::unsigned_integer || which == kind::real;
}

ordering compare_integer_with(std::int64_t left, const value& right) {
  if (right.is(kind::integer)) return order(left, right.as_integer());
  if (right.is(kind::unsigned_integer)) return compare_integer_unsigned(left, right.as_unsigned());
  return compare_integer_real(left, right.as_real());
}

ordering compare_unsigned_with(std::uint64_t left, const value& right) {
  if (right.is(kind::integer)) return reversed(compare_integer_unsigned(right.as_integer(), left));
  if (right.is(kind::unsigned_integer)) return order(left, right.as_unsigned());
  return compare_unsigned_real(left, right.as_real());
}

ordering compare_numbers(const value& left, const value& right) {
  if (left.is(kind::integer)) return compare_integer_with(left.as_integer(), right);
  if (left.is(kind::unsigned_integer)) return compare_unsigned_with(left.as_unsigned(), right);
  if (right.is(kind::integer)) return reversed(compare_integer_real(right.as_integer(), left.as_real()));
  if (right.is(kind::unsigned_integer)) return reversed(compare_unsigned_real(right.as_unsigned(), left.as_real()));
  return compare_reals(left.as_real(), right.as_real());
}

ordering compare_instants(timestamp left, timestamp right) {
  if (left.seconds != right.seconds) return order(left.seconds, right.seconds);
  return order(left.nanoseconds, right.nanoseconds);
}

struct comparison {
  arena& memory;
  std::uint64_t& budget;
  std::size_t depth = 0;

  bool spend(std::uint64_t steps) {
    budget -= steps < budget ? steps : budget;
    return budget > 0;
  }
};

bool equal_values(const value& left, const value& right, comparison& work);

bool equal_texts(std::string_view left, std::string_view right, comparison& work) {
  return left.size() == right.size() && work.spend(left.size() / 64) && left == right;
}

bool equal_lists(std::span<const value> left, std::span<const value> right, comparison& work) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!equal_values(left[i], right[i], work)) return false;
  }
  return true;
}

bool equal_maps(const value& left, const value& right, comparison& work) {
  const auto ours = entries_of(left, work.memory);
  const auto theirs = entries_of(right, work.memory);
  if (!ours || !theirs)
    return left.is(kind::object) && right.is(kind::object) && &left.as_object() == &right.as_object();
  if (ours->size() != theirs->size()) return false;
  for (const auto& entry : *ours) {
    const value* other = find(*theirs, entry.key);
    if (other == nullptr || !equal_values(entry.content, *other, work)) return false;
  }
  return true;
}

bool equal_optionals(const value* left, const value* right, comparison& work) {
  if (left == nullptr || right == nullptr) return left == right;
  return equal_values(*left, *right, work);
}

bool equal_networks(const network& left, const network& right) {
  return left.size == right.size && left.prefix == right.prefix &&
         std::memcmp(left.address, right.address, left.size) == 0;
}

bool is_mapping(kind which) {
  return which == kind::map || which == kind::object;
}

// Booleans first, then numbers, then strings: only for laying out maps, never seen by an expression.
int key_class(kind which) {
  if (which == kind::boolean) return 0;
  return which == kind::string ? 2 : 1;
}

bool equal_contents(const value& left, const value& right, comparison& work) {
  if (is_mapping(left.kind()) && is_mapping(right.kind())) return equal_maps(left, right, work);
  if (left.kind() != right.kind()) return compare(left, right) == ordering::equal;
  switch (left.kind()) {
    case kind::null: return true;
    case kind::list: return equal_lists(left.as_list(), right.as_list(), work);
    case kind::type: return left.as_type() == right.as_type();
    case kind::optional: return equal_optionals(left.as_optional(), right.as_optional(), work);
    case kind::ip:
    case kind::cidr: return equal_networks(left.as_network(), right.as_network());
    case kind::string:
    case kind::bytes: return equal_texts(left.as_string(), right.as_string(), work);
    case kind::boolean:
    case kind::integer:
    case kind::unsigned_integer:
    case kind::real:
    case kind::timestamp:
    case kind::duration:
    case kind::map:
    case kind::object:
    case kind::error: return compare(left, right) == ordering::equal;
  }
  return false;
}

// Shared parts can make a small value look exponentially large, and bindings one deeper than any expression: the walk
// is bounded in both ways, and past the bounds has no budget left.
bool equal_values(const value& left, const value& right, comparison& work) {
  if (++work.depth > max_value_depth) work.budget = 0;
  const bool same = work.spend(1) && equal_contents(left, right, work);
  --work.depth;
  return same;
}

}  // namespace

ordering compare(const value& left, const value& right) {
  if (is_number(left.kind()) && is_number(right.kind())) return compare_numbers(left, right);
  if (left.kind() != right.kind()) return ordering::none;
  switch (left.kind()) {
    case kind::boolean: return order(left.as_boolean(), right.as_boolean());
    case kind::string:
    case kind::bytes: return order_text(left.as_string(), right.as_string());
    case kind::timestamp: return compare_instants(left.as_timestamp(), right.as_timestamp());
    case kind::duration: return order(left.as_duration().nanoseconds, right.as_duration().nanoseconds);
    case kind::null:
    case kind::integer:
    case kind::unsigned_integer:
    case kind::real:
    case kind::list:
    case kind::map:
    case kind::type:
    case kind::object:
    case kind::optional:
    case kind::ip:
    case kind::cidr:
    case kind::error: return ordering::none;
  }
  return ordering::none;
}

bool equal(const value& left, const value& right, arena& memory, std::uint64_t& budget) {
  comparison work{memory, budget};
  return equal_values(left, right, work);
}

bool is_map_key(const value& key) {
  return key.is(kind::boolean) || key.is(kind::integer) || key.is(kind::unsigned_integer) || key.is(kind::string);
}

ordering compare_keys(const value& left, const value& right) {
  const int left_class = key_class(left.kind());
  const int right_class = key_class(right.kind());
  if (left_class != right_class) return order(left_class, right_class);
  return compare(left, right);
}

std::optional<value> make_map(std::span<map_entry> entries) {
  for (const auto& entry : entries) {
    if (!is_map_key(entry.key)) return std::nullopt;
  }
  const auto before = [](const map_entry& a, const map_entry& b) {
    return compare_keys(a.key, b.key) == ordering::less;
  };
  std::sort(entries.begin(), entries.end(), before);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (compare_keys(entries[i - 1].key, entries[i].key) == ordering::equal) return std::nullopt;
  }
  return value::map(entries);
}

const value* find(std::span<const map_entry> entries, const value& key) {
  if (!is_map_key(key) && !key.is(kind::real)) return nullptr;
  std::size_t low = 0;
  std::size_t high = entries.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const ordering found = compare_keys(entries[middle].key, key);
    if (found == ordering::equal) return &entries[middle].content;
    if (found == ordering::none) return nullptr;
    if (found == ordering::less) low = middle + 1;
    if (found == ordering::greater) high = middle;
  }
  return nullptr;
}

}  // namespace sallyport::cel
