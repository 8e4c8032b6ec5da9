#include "caching/cache_control.hpp"

#include <doctest/doctest.h>

#include "http/date.hpp"
#include "http/entity_tag.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using http::field;
using http::parse_cache_control;

http::cache_control read(std::string_view value) {
  const exact_text text(value);
  const field fields[] = {{"Cache-Control", text.view()}};
  return parse_cache_control(fields);
}

TEST_CASE("reads tokens and quoted strings alike, in any case, with empty members (RFC 9111 section 5.2)") {
  CHECK(read("max-age=60").max_age == 60);
  CHECK(read("Max-Age=\"60\"").max_age == 60);
  CHECK(read(", ,MAX-AGE=60 ,, public\t,").max_age == 60);
  CHECK(read("max-age=60 , public").is_public);
  CHECK(read("max-age=\"6\\0\"").max_age == 60);
  CHECK_FALSE(read("").malformed);
  CHECK(read("").present);
  CHECK_FALSE(parse_cache_control({}).present);
}

TEST_CASE("reads every directive it knows (RFC 9111 sections 5.2.1 and 5.2.2, RFC 5861 section 4)") {
  const auto all = read(
      "no-store, no-cache, private, public, must-revalidate, proxy-revalidate, must-understand, only-if-cached, "
      "max-age=1, s-maxage=2, min-fresh=3, max-stale=4, stale-if-error=5");
  CHECK_FALSE(all.malformed);
  CHECK((all.no_store && all.no_cache && all.is_private && all.is_public && all.must_revalidate));
  CHECK((all.proxy_revalidate && all.must_understand && all.only_if_cached));
  CHECK(all.max_age == 1);
  CHECK(all.s_maxage == 2);
  CHECK(all.min_fresh == 3);
  CHECK(all.max_stale == 4);
  CHECK(all.stale_if_error == 5);
}

TEST_CASE("takes the most restrictive of several (RFC 9111 section 4.2.1)") {
  CHECK(read("max-age=60, max-age=10").max_age == 10);
  CHECK(read("max-age=10, max-age=60").max_age == 10);
  CHECK(read("min-fresh=10, min-fresh=60").min_fresh == 60);
  const field lines[] = {{"cache-control", "max-age=60"}, {"CACHE-CONTROL", "no-store, max-age=5"}};
  CHECK(parse_cache_control(lines).max_age == 5);
  CHECK(parse_cache_control(lines).no_store);
}

TEST_CASE("takes the qualified forms as the unqualified ones (RFC 9111 sections 5.2.2.4 and 5.2.2.7)") {
  CHECK(read("private=\"set-cookie, x-user\"").is_private);
  CHECK(read("no-cache=\"set-cookie\"").no_cache);
  CHECK_FALSE(read("private=\"set-cookie, no-store\"").no_store);
}

TEST_CASE("ignores unknown directives (RFC 9111 section 5.2.3)") {
  const auto said = read("community=\"UCI, no-store\", max-age=5, immutable, x=y");
  CHECK_FALSE(said.malformed);
  CHECK_FALSE(said.no_store);
  CHECK(said.max_age == 5);
}

TEST_CASE("bounds seconds at 2^31 (RFC 9111 section 1.2.2)") {
  CHECK(read("max-age=2147483648").max_age == http::most_seconds);
  CHECK(read("max-age=99999999999999999999999999").max_age == http::most_seconds);
  CHECK(read("max-stale").max_stale == http::most_seconds);
}

TEST_CASE("calls malformed what is not of the grammar (RFC 9111 section 5.2)") {
  for (const auto value : {"max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=x", "max-age=\"\"",
                           "max-age= 5", "max-age =5", "=5", "max-age=5 public", "max-age=\"5", "max-age=\"5\\",
                           "a=\"b\"c", "p(x)", "public=1", "s-maxage=1e3", "no-store;max-age=5", "\"no-store\""}) {
    CAPTURE(value);
    CHECK(read(value).malformed);
  }
}

TEST_CASE("reads the three forms of a date (RFC 9110 section 5.6.7)") {
  constexpr unix_seconds now = 1'790'000'000;
  for (const auto text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    const exact_text input(text);
    CHECK(http::parse_http_date(input.view(), now) == 784111777);
  }
  CHECK(http::parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT", now) == 0);
  CHECK(http::parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT", now) == 1709251200);
  CHECK(http::parse_http_date("Wed Jan 31 00:00:00 2029", now) == 1864512000);
  CHECK(http::parse_http_date("Friday, 01-Jan-99 00:00:00 GMT", now) == 915148800);
  CHECK(http::parse_http_date("Friday, 01-Jan-60 00:00:00 GMT", now) == 2840140800);
}

TEST_CASE("reads nothing else as a date (RFC 9110 section 5.6.7)") {
  for (const auto text :
       {"", "0", "-1", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Thu, 29 Feb 2100 00:00:00 GMT"}) {
    CAPTURE(text);
    const exact_text input(text);
    CHECK_FALSE(http::parse_http_date(input.view(), 1'790'000'000));
  }
}

TEST_CASE("compares entity tags weakly (RFC 9110 section 8.8.3.2)") {
  CHECK(http::weakly_equal("W/\"1\"", "\"1\""));
  CHECK_FALSE(http::weakly_equal("W/\"1\"", "\"2\""));
  CHECK(http::is_entity_tag("\"\""));
  for (const auto text : {"", "1", "\"1", "w/\"1\"", "\"1\"x", "W/", "\"a b\""}) {
    CAPTURE(text);
    CHECK_FALSE(http::is_entity_tag(exact_text(text).view()));
  }
}

bool has_it(field condition, std::span<const field> answer) {
  const field request[] = {condition};
  return http::client_has_it(request, answer, 1'790'000'000);
}

TEST_CASE("knows when 304 is enough (RFC 9110 sections 13.1.2 and 13.1.3)") {
  const field tagged[] = {{"ETag", "\"a,b\""}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}};
  CHECK(has_it({"If-None-Match", "*"}, tagged));
  CHECK(has_it({"If-None-Match", "\"x\", W/\"a,b\""}, tagged));
  CHECK_FALSE(has_it({"If-None-Match", "\"a\", \"b\""}, tagged));
  CHECK_FALSE(has_it({"If-None-Match", "a,b"}, tagged));
  CHECK(has_it({"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}, tagged));
  CHECK_FALSE(has_it({"If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}, tagged));
  CHECK_FALSE(has_it({"If-Modified-Since", "yesterday"}, tagged));
  const field both[] = {{"If-None-Match", "\"x\""}, {"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}};
  CHECK_FALSE(http::client_has_it(both, tagged, 1'790'000'000));
}

}  // namespace
}  // namespace sallyport::testing
