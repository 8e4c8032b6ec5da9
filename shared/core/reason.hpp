// The closed list of reasons why something was refused. One table, reason.def, feeds the enum, the wire, the docs
// and the JavaScript side, so that no handler ever picks a status by hand.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport {

enum class reason : std::uint16_t {
#define SALLYPORT_REASON(number, name, status, severity, public_code, source, advice) name = number,
#include "core/reason.def"
#undef SALLYPORT_REASON
};

/// Who has to act on it: the caller, the policy's owner, whoever runs the upstream, the operator, or us.
enum class severity : std::uint8_t { none, client, policy, upstream, config, bug };

/// One row of the table. All views are into static storage.
struct reason_row {
  reason code;
  std::string_view name;
  std::uint16_t http_status;
  sallyport::severity severity;
  /// What the caller is told (RFC 9457 `code` member); several reasons share one on purpose.
  std::string_view public_code;
  /// The standard or the design section that demands the check.
  std::string_view source;
  /// For operators: what it means and what to do.
  std::string_view advice;
};

/// The row of `code`.
const reason_row& describe(reason code);
std::string_view name_of(reason code);
/// The reason of that name; a name that is none is a bug of whoever wrote it, so: internal.
reason reason_named(std::string_view name);
std::string_view name_of(severity level);
/// All rows in the order of the table.
std::span<const reason_row> all_reasons();

}  // namespace sallyport
