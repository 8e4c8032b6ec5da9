#include "http/fields.hpp"

#include <array>
#include <cstddef>

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

constexpr bool sorted_by_first_letter() {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i - 1].name[0] > rows[i].name[0]) return false;
  }
  return true;
}
static_assert(sorted_by_first_letter(), "fields.def is looked up by first letter");

/// Where the rows of each first letter start; the last entry is the end.
constexpr std::array<std::uint8_t, 27> make_starts() {
  std::array<std::uint8_t, 27> starts{};
  for (std::size_t letter = 0; letter < 27; ++letter) {
    std::size_t i = 0;
    while (i < rows.size() && static_cast<std::size_t>(rows[i].name[0] - 'a') < letter) ++i;
    starts[letter] = static_cast<std::uint8_t>(i);
  }
  return starts;
}
constexpr auto starts = make_starts();

// Some servers map only the hyphen to "_" for a variable, some every character that is no letter and no digit.
char folded(char c) {
  if (!is(c, plain_name_char)) return '-';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

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
  if (name.empty()) return field_class::ordinary;
  const char first = folded(name[0]);
  if (first < 'a' || first > 'z') return field_class::ordinary;
  const auto letter = static_cast<std::size_t>(first - 'a');
  for (std::size_t i = starts[letter]; i < starts[letter + 1]; ++i) {
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
