// What a request gets that policy does not let through for want of a session: only a top-level navigation is sent to log in.
// The first row that fits (normative):
//
// | request | gets |
// | --- | --- |
// | an Authorization field | as_before: whoever brings one is no browser that could log in |
// | GET or HEAD, `Sec-Fetch-Mode: navigate`, `Sec-Fetch-Dest` document or empty, no `Sec-Purpose` | log_in |
// | the same, but Dest is iframe, frame, object, embed or fencedframe | framed: a page with a link that opens a tab |
// | another method than those and OPTIONS, `navigate`, `Sec-Fetch-Site: same-origin` | form: a page that says what became of it |
// | any other with Fetch metadata, for an image, script, style or other part of a page | bare: 401 without a body |
// | any other with Fetch metadata | problem: 401 that says where to log in |
// | GET or HEAD without any Fetch metadata, Accept prefers HTML, no `X-Requested-With` | log_in |
// | all else | problem |
//
// `navigate` with Dest empty is a page behind an ordinary service worker: `respondWith(fetch(event.request))` says so.
// Prefetches and prerenders, EventSource, WebSocket and service workers are among the other ones. A Fetch metadata field that
// is there twice says nothing but that there is metadata.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "http/field.hpp"

namespace sallyport::login {

enum class without_session : std::uint8_t { as_before, log_in, framed, form, bare, problem };
std::string_view name_of(without_session what);

without_session classify_request(std::string_view method, std::span<const http::field> fields);

/// Whether an Accept field (RFC 9110 section 12.5.1) likes HTML better than JSON: of each type the quality of the most
/// specific range that covers it counts. Empty: it does not.
bool prefers_html(std::string_view accept);

}  // namespace sallyport::login
