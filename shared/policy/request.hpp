// The facts about a request that conditions can read. All views; the owner outlives the decision.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/time.hpp"
#include "http/field.hpp"

namespace sallyport::policy {

/// Nothing is copied or parsed before a condition reads it.
struct request_facts {
  std::string_view method;
  /// Any case, with or without a port; conditions see it lower-case without port and trailing dot.
  std::string_view host;
  /// The canonical path: what is matched, signed and forwarded.
  std::string_view path;
  /// The canonical query without its question mark; empty when there is none.
  std::string_view query;
  /// Any fields of the request: conditions see those in the service's signed_headers only. Values of a repeated name
  /// are joined by ", " (RFC 9110 section 5.3).
  std::span<const http::field> headers;
  /// Textual address, "" when unknown.
  std::string_view ip;
  /// ISO 3166-1 alpha-2; empty when unknown, which conditions see as "XX".
  std::string_view country;
  /// 0 when unknown.
  std::uint32_t asn = 0;
  /// Fixed at the edge, signed, the same at both ends.
  unix_milliseconds time = 0;
  /// The request id made at the edge.
  std::string_view id;
};

}  // namespace sallyport::policy
