#include "core/reason.hpp"

#include <algorithm>
#include <array>

namespace sallyport {
namespace {

constexpr std::array rows = {
#define SALLYPORT_REASON(number, name, status, level, public_code, source, advice) \
  reason_row{reason::name, #name, status, severity::level, public_code, source, advice},
#include "core/reason.def"
#undef SALLYPORT_REASON
};

constexpr bool strictly_increasing() {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i - 1].code >= rows[i].code) return false;
  }
  return true;
}
static_assert(strictly_increasing(), "reason.def must stay sorted by number, each number used once");

}  // namespace

const reason_row& describe(reason code) {
  const auto* row =
      std::lower_bound(rows.begin(), rows.end(), code, [](const reason_row& a, reason b) { return a.code < b; });
  if (row == rows.end() || row->code != code) __builtin_trap();
  return *row;
}

std::string_view name_of(reason code) {
  return describe(code).name;
}

reason reason_named(std::string_view name) {
  for (const auto& row : rows) {
    if (row.name == name) return row.code;
  }
  return reason::internal;
}

std::string_view name_of(severity level) {
  switch (level) {
    case severity::none: return "none";
    case severity::client: return "client";
    case severity::policy: return "policy";
    case severity::upstream: return "upstream";
    case severity::config: return "config";
    case severity::bug: return "bug";
  }
  __builtin_trap();
}

std::span<const reason_row> all_reasons() {
  return rows;
}

}  // namespace sallyport
