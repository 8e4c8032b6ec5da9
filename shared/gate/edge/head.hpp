// The first two checks of the edge, and hygiene: what the client sent becomes what may be believed and sent on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/text_arena.hpp"
#include "gate/edge/credential.hpp"
#include "gate/edge/request.hpp"
#include "http/path.hpp"

namespace sallyport::gate {

struct edge_head {
  http::canonical_target target;
  /// Fields that go on, and the only ones that conditions may see: no credential, nothing hop-by-hop, nothing that
  /// names trust.
  std::vector<http::field> fields;
  std::optional<std::string_view> content_type;
  /// As the client declared it.
  std::optional<std::uint64_t> content_length;
  /// As the platform knows them, or empty when they cannot be put into a context.
  std::string_view ip, country;
};

struct edge_head_limits {
  std::size_t max_fields = 112;
  std::size_t max_head_bytes = std::size_t{56} << 10;
  /// What some route allows in a path.
  http::path_forms path_forms = http::no_forms;
};

/// Text that is made here goes to `storage`. Reasons: framing_* (method, host, field names and values, lengths, limits,
/// framing_upgrade_unsupported for a WebSocket), those of http::canonicalize_target.
result<edge_head> read_edge_head(const edge_request& request, const credential_places& places,
                                 const edge_head_limits& limits, text_arena& storage);

}  // namespace sallyport::gate
