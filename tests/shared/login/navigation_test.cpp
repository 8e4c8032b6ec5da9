#include "login/navigation.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace sallyport;
using namespace sallyport::login;

namespace {

struct row {
  const char* says;
  std::string_view method;
  std::vector<http::field> fields;
  without_session gets;
};

const std::vector<row> rows = {
    {"an Authorization field",
     "GET",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}, {"authorization", "Basic x"}},
     without_session::as_before},
    {"a page", "GET", {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}}, without_session::log_in},
    {"HEAD of a page",
     "HEAD",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}},
     without_session::log_in},
    {"a page behind a service worker",
     "GET",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "empty"}},
     without_session::log_in},
    {"a prefetch",
     "GET",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}, {"Sec-Purpose", "prefetch"}},
     without_session::problem},
    {"a frame", "GET", {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "iframe"}}, without_session::framed},
    {"an object", "GET", {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "object"}}, without_session::framed},
    {"a form of this host",
     "POST",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}, {"Sec-Fetch-Site", "same-origin"}},
     without_session::form},
    {"a form of another host",
     "POST",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}, {"Sec-Fetch-Site", "same-site"}},
     without_session::problem},
    {"fetch",
     "GET",
     {{"Sec-Fetch-Mode", "cors"}, {"Sec-Fetch-Dest", "empty"}, {"Accept", "text/html"}},
     without_session::problem},
    {"a WebSocket", "GET", {{"Sec-Fetch-Mode", "websocket"}, {"Sec-Fetch-Dest", "empty"}}, without_session::problem},
    {"a preflight",
     "OPTIONS",
     {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Site", "same-origin"}},
     without_session::problem},
    {"an image", "GET", {{"Sec-Fetch-Mode", "no-cors"}, {"Sec-Fetch-Dest", "image"}}, without_session::bare},
    {"a service worker",
     "GET",
     {{"Sec-Fetch-Mode", "same-origin"}, {"Sec-Fetch-Dest", "serviceworker"}},
     without_session::bare},
    {"a mode that is there twice",
     "GET",
     {{"Sec-Fetch-Mode", "navigate"},
      {"Sec-Fetch-Mode", "navigate"},
      {"Sec-Fetch-Dest", "document"},
      {"Accept", "text/html"}},
     without_session::problem},
    {"other metadata alone", "GET", {{"Sec-Fetch-Site", "none"}, {"Accept", "text/html"}}, without_session::problem},
    {"an old browser",
     "GET",
     {{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}},
     without_session::log_in},
    {"an old browser's XMLHttpRequest",
     "GET",
     {{"Accept", "text/html"}, {"X-Requested-With", "XMLHttpRequest"}},
     without_session::problem},
    {"an old browser's form", "POST", {{"Accept", "text/html"}}, without_session::problem},
    {"an old browser's prefetch",
     "GET",
     {{"Accept", "text/html"}, {"Sec-Purpose", "prefetch"}},
     without_session::problem},
    {"curl", "GET", {{"Accept", "*/*"}}, without_session::problem},
    {"no Accept", "GET", {}, without_session::problem},
};

}  // namespace

TEST_CASE("only a top-level navigation is sent to log in") {
  for (const auto& each : rows) {
    CAPTURE(each.says);
    CHECK(name_of(classify_request(each.method, each.fields)) == name_of(each.gets));
  }
}

TEST_CASE("HTML is preferred by the quality of the most specific range") {
  for (const char* html : {"text/html", "TEXT/HTML;q=0.2", "text/*", "application/json;q=0.5, text/html;q=0.9",
                           "text/html;level=1, */*;q=0.1"}) {
    CHECK(prefers_html(html));
  }
  for (const char* other :
       {"", "*/*", "application/json", "text/html;q=0", "text/html;q=0.5, application/json", "text/html;q=x",
        "text/html;q=0.5, */*", "text/plain", "application/xhtml+xml;q=0.3, application/problem+json;q=0.3"}) {
    CHECK_FALSE(prefers_html(other));
  }
}
