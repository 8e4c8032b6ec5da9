#include "http/fields.hpp"

#include <array>
#include <cstddef>

#include "core/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

struct field_row {
  std::string_view name;
  field_class kind;

  constexpr bool is_prefix() const { return name.back() == '-'; }
};

constexpr std::array rows = {
#define SALLYPORT_FIELD(name, kind) field_row{name, field_class::kind},
#include "http/fields.def"
#undef SALLYPORT_FIELD
};

// Some servers map only the hyphen to "_" for a variable, some every character that is no letter and no digit.
constexpr char folded(char c) {
  if (!is(c, plain_name_char)) return '-';
  return ascii::to_lower(c);
}

// Rows are looked up by the first letter, and as many begin with "x-", these by the letter behind it.
constexpr std::size_t buckets = 26 + 1 + 26;
constexpr std::size_t no_bucket = buckets;
constexpr std::size_t bucket_of(std::string_view name) {
  const auto letter = [](char c) { return static_cast<std::size_t>(c - 'a'); };
  const char first = name.empty() ? '0' : folded(name[0]);
  if (first == '-') return 26;
  if (first == 'x' && name.size() > 2 && folded(name[1]) == '-') {
    const char third = folded(name[2]);
    return ascii::is_lower(third) ? 27 + letter(third) : no_bucket;
  }
  return ascii::is_lower(first) ? letter(first) : no_bucket;
}

constexpr bool sorted_by_bucket() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (bucket_of(rows[i].name) == no_bucket) return false;
    if (i > 0 && bucket_of(rows[i - 1].name) > bucket_of(rows[i].name)) return false;
  }
  return true;
}
static_assert(sorted_by_bucket(), "fields.def is looked up by bucket");

/// Where the rows of each bucket start; the last entry is the end.
constexpr std::array<std::uint16_t, buckets + 1> make_starts() {
  std::array<std::uint16_t, buckets + 1> starts{};
  for (std::size_t bucket = 0; bucket <= buckets; ++bucket) {
    std::size_t i = 0;
    while (i < rows.size() && bucket_of(rows[i].name) < bucket) ++i;
    starts[bucket] = static_cast<std::uint16_t>(i);
  }
  return starts;
}
constexpr auto starts = make_starts();

bool matches(const field_row& row, std::string_view name) {
  const bool length_fits = row.is_prefix() ? name.size() >= row.name.size() : name.size() == row.name.size();
  if (!length_fits) return false;
  for (std::size_t i = 1; i < row.name.size(); ++i) {
    if (folded(name[i]) != row.name[i]) return false;
  }
  return true;
}

bool is_connection(const field& each) {
  return name_equals(each.name, "connection");
}

bool is_connection_option(std::string_view name) {
  return name_equals(name, "close") || name_equals(name, "keep-alive") || name_equals(name, "upgrade");
}

}  // namespace

field_class classify(std::string_view name) {
  const std::size_t bucket = bucket_of(name);
  if (bucket == no_bucket) return field_class::ordinary;
  for (std::size_t i = starts[bucket]; i < starts[bucket + 1]; ++i) {
    if (matches(rows[i], name)) return rows[i].kind;
  }
  return field_class::ordinary;
}

bool collides(std::string_view name) {
  return !all_are(name, plain_name_char) && classify(name) != field_class::ordinary;
}

bool same_variable(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (folded(a[i]) != folded(b[i])) return false;
  }
  return true;
}

bool named_by_connection(std::span<const field> fields, std::string_view name) {
  for (const auto& each : fields) {
    if (!is_connection(each)) continue;
    std::string_view rest = each.value;
    std::string_view option;
    while (next_list_member(rest, option)) {
      if (same_variable(option, name)) return true;
    }
  }
  return false;
}

bool has_connection_names(std::span<const field> fields) {
  for (const auto& each : fields) {
    if (!is_connection(each)) continue;
    std::string_view rest = each.value;
    std::string_view option;
    while (next_list_member(rest, option)) {
      if (!is_connection_option(option)) return true;
    }
  }
  return false;
}

bool may_pass(std::span<const field> fields, const field& candidate, bool connection_names_fields) {
  if (classify(candidate.name) != field_class::ordinary) return false;
  return !connection_names_fields || !named_by_connection(fields, candidate.name);
}

}  // namespace sallyport::http
