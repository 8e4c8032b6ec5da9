// Heads that the agent writes: the request for the app, the answer for the caller. Both are built anew from parsed
// values; no line is ever copied as it came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "gate/origin/request.hpp"
#include "http/request_head.hpp"

namespace sallyport::agent::proxy {

/// How a body is delimited on the connection that it leaves by.
struct outgoing_body {
  enum class framing : std::uint8_t {
    /// No body and no field about one.
    none,
    /// Content-Length: length.
    counted,
    chunked,
    /// By the end of the connection (answers to HTTP/1.0).
    until_close,
  };
  framing how = framing::none;
  std::uint64_t length = 0;
};

/// Appends the request head for the app: the admitted fields, Host, Via, and the body's framing. `http10`: what the
/// request came in.
void append_request_head(std::string& to, const gate::admitted& request, const outgoing_body& body, bool http10);

/// What the connection to the caller does after the answer, as the caller needs to be told.
enum class connection_note : std::uint8_t {
  nothing,
  close,
  keep_alive,
  /// close, and the agent stops: the edge, which sees nothing of Connection, shall go elsewhere.
  stopping,
};

/// The request that an answer belongs to, as far as its head depends on it.
struct answered_request {
  /// The edge's, out of the signed context: whoever holds the answer can name the request.
  std::string_view request_id;
  /// The Date of an answer that has none.
  unix_seconds answered_at = 0;
  /// Value of Sallyport-Channel, or "".
  std::string_view channel;
};

/// Appends the head of the answer: the app's fields after hygiene, the request id, framing and Connection rebuilt.
void append_response_head(std::string& to, const http::response_head& answer, const answered_request& request,
                          const outgoing_body& body, connection_note note);

/// The body framing for the caller of an answer. `http10`: the caller speaks HTTP/1.0 and knows no chunks.
outgoing_body framing_for_caller(const http::response_head& answer, std::string_view method, bool http10);

/// Appends `number` in decimal.
void append_number(std::string& to, std::uint64_t number);

}  // namespace sallyport::agent::proxy
