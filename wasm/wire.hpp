// How the Worker's JavaScript and the core talk: one text in, one text out, per call. Lines end with LF and never hold
// one: the platform allows none in a URL, a method, a field name or a field value, and what it gives is counted.
//
// Request (worker-shim/core/wire.js writes it, read_request reads it)
//   url, method, ip, country, asn, state of the body, number of fields, then name and value of each field;
//   behind the last line the bytes of the body, when they were read.
//   ip and country are empty and asn is 0 when the platform does not know them. State: none, unread, read, too_large.
//
// Outcome (write_outcome writes it, worker-shim/core/wire.js reads it); its kind is the result of the call
//   refuse     status, reason, title, request id, challenge, problem document, audit line, further fields;
//              the rest is the detail for operators
//   forward    service, URL (path and query only where the service has no origin), body plan (none, bytes, stream),
//              signed length or empty, 1 where it may be sent to another task or empty, 1 where it wakes the service or empty, request id, audit line, milliseconds until the head of the answer, caller as
//              JSON or empty, plan of the cache as JSON or empty, tag of the caller, further fields of refusals, number
//              of key requests, six lines each, nine lines of what is to be signed (gate::write_order), then name and
//              value of each field up to the end
//   need       what is lacking:
//              keys, and a key request: source, step, URL, most bytes, seconds, joined (0 or 1)
//              body, and most bytes, further fields of refusals
//   answer     status, number of fields, name and value of each; the rest is the body
//   job, service  gate::to_json of the order
//   Further fields are a JSON list of pairs, or empty.
//
// Signing (worker-shim/core/wire.js writes the order, read_signing reads it)
//   place or empty, turn (first or again), the nine lines, assertion, context, content digest or empty; the answer is
//   how it is signed, keyid, number of fields, name and value of each; the rest is what it was sent under
//
// What responses say of channels
//   status, or 0 where there is no response, and the value of Sallyport-Channel; the rest is what the request was sent
//   under. The answer is pass_on, again or too_late, and what to log or empty
//
// What came of a request (worker-shim/core/wire.js writes it, read_ended reads it)
//   request id, service, reason, status, how it ended, use of the cache or empty, times it was sent, milliseconds to
//   the head or empty, milliseconds to the end or empty, octets of the request's body or empty, how it was signed or
//   empty, keyid or empty, detail
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/outcome.hpp"
#include "gate/edge/request.hpp"
#include "gate/edge/signature_order.hpp"

namespace sallyport::wasm {

/// Reads a request; its views are into `head` and `body`, and the fields are kept in `fields`. Nothing when the text is
/// not what wire.js writes.
std::optional<gate::edge_request> read_request(std::string_view head, bytes_view body,
                                               std::vector<http::field>& fields);

/// What came back for a key request, as text: source, step, URL, status, cache control, problem, time of the fetch in
/// milliseconds (0: just now); behind the last line the body.
struct supplied_keys {
  gate::key_request request;
  gate::key_response response;
};
std::optional<supplied_keys> read_supplied_keys(std::string_view head, std::string_view body);

/// What is to be signed; its views are into `text`.
struct signing {
  std::string_view place;
  gate::signing_turn turn = gate::signing_turn::first;
  gate::signature_order order;
};
std::optional<signing> read_signing(std::string_view text);
void write_signed(const gate::signed_request& made, std::string& out);
void write_news(const gate::channel_news& news, std::string& out);

/// What came of a request; its views are into `text`. What is not as wire.js writes it is not known.
audit::outcome read_ended(std::string_view text);

/// The kinds of outcomes; wire.js knows them by the numbers in worker-shim/core/names.js.
enum class outcome_kind : int { refuse, forward, need, answer, job, service };

/// Writes the outcome into `out`, whose contents it replaces.
outcome_kind write_outcome(const gate::edge_outcome& outcome, std::string& out);

/// Writes a refusal that the host decided (an upstream that does not answer), with its audit line.
void write_refusal(const gate::refuse& refusal, std::string_view audit, std::string& out);

}  // namespace sallyport::wasm
