#include "caching/caching.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace sallyport::testing {
namespace {

using namespace http;
using field_list = std::vector<field>;

constexpr unix_milliseconds start = 1'790'000'000'000;
constexpr std::string_view start_date = "Mon, 21 Sep 2026 14:13:20 GMT";

/// An answer that came at `start`, within no time.
struct sample {
  field_list fields;
  int status = 200;
  unix_milliseconds requested = start, received = start;

  explicit sample(std::string_view cache_control) : fields{{"Date", start_date}, {"Cache-Control", cache_control}} {}
  sample(std::string_view cache_control, field_list more) : sample(cache_control) {
    fields.insert(fields.end(), more.begin(), more.end());
  }
  cached_answer view() const { return {status, fields, requested, received}; }
};

cache_terms lenient() {
  cache_terms terms;
  terms.stale_if_error = 600;
  return terms;
}

storing stored(const sample& answer, const field_list& request = {}, const cache_terms& terms = {}) {
  return plan_storing("GET", request, answer.view(), terms);
}

reuse_plan reused(const sample& answer, seconds after, const field_list& request = {}, const cache_terms& terms = {}) {
  return plan_reuse(request, answer.view(), terms, start + after * 1000);
}

field_list asking(std::string_view cache_control) {
  return {{"Cache-Control", cache_control}};
}

TEST_CASE("stores answers to GET only (RFC 9111 section 3)") {
  const sample answer("max-age=60");
  CHECK(plan_storing("GET", {}, answer.view(), {}).why_not == unstorable::no);
  for (const auto method : {"HEAD", "POST", "PUT", "DELETE", "PROPFIND", "get"}) {
    CHECK(plan_storing(method, {}, answer.view(), {}).why_not == unstorable::request);
  }
}

TEST_CASE(
    "goes past the cache with ranges and with conditions of the origin (RFC 9111 section 4, RFC 9110 section 13.1)") {
  CHECK(is_cacheable_request("GET", {}));
  CHECK(is_cacheable_request("HEAD", {}));
  CHECK_FALSE(is_cacheable_request("POST", {}));
  for (const auto name : {"Range", "If-Range", "If-Match", "If-Unmodified-Since"}) {
    const field_list request = {{name, "x"}};
    CHECK_FALSE(is_cacheable_request("GET", request));
    CHECK(stored(sample("max-age=60"), request).why_not == unstorable::request);
  }
}

TEST_CASE("stores final, whole answers whose status it understands (RFC 9111 section 3)") {
  for (const int status : {200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501}) {
    sample answer("max-age=60");
    answer.status = status;
    CHECK(stored(answer).why_not == unstorable::no);
  }
  for (const int status : {100, 103, 201, 206, 304, 401, 403, 412, 416, 429, 500, 502, 503, 504, 599}) {
    CAPTURE(status);
    sample answer("max-age=60");
    answer.status = status;
    CHECK(stored(answer).why_not == unstorable::status);
  }
  CHECK(stored(sample("max-age=60", {{"Content-Range", "bytes 0-1/2"}})).why_not == unstorable::status);
}

TEST_CASE("obeys no-store of both sides (RFC 9111 sections 5.2.1.5 and 5.2.2.5)") {
  CHECK(stored(sample("no-store, max-age=60")).why_not == unstorable::no_store);
  CHECK(stored(sample("max-age=60"), asking("no-store")).why_not == unstorable::request_no_store);
  CHECK(stored(sample("max-age=60"), asking("max-age=x")).why_not == unstorable::request_no_store);
}

TEST_CASE("ignores no-store beside must-understand where the status is understood (RFC 9111 section 5.2.2.3)") {
  CHECK(stored(sample("no-store, must-understand, max-age=60")).why_not == unstorable::no);
  sample odd("no-store, must-understand, max-age=60");
  odd.status = 299;
  CHECK(stored(odd).why_not == unstorable::status);
}

TEST_CASE("never stores private answers, qualified or not (RFC 9111 section 5.2.2.7)") {
  CHECK(stored(sample("private, max-age=60")).why_not == unstorable::is_private);
  CHECK(stored(sample("public, private=\"x-user\", max-age=60")).why_not == unstorable::is_private);
}

TEST_CASE("shares only what says public or s-maxage; all else is for the identity that asked (RFC 9111 section 3.5)") {
  CHECK(stored(sample("max-age=60")).scope == reuse_scope::identity);
  CHECK(stored(sample("max-age=60, must-revalidate")).scope == reuse_scope::identity);
  CHECK(stored(sample("max-age=60, public")).scope == reuse_scope::shared);
  CHECK(stored(sample("s-maxage=60")).scope == reuse_scope::shared);
}

TEST_CASE("stores nothing without a word about it, and guesses no lifetime (RFC 9111 sections 3 and 4.2.2)") {
  sample silent("");
  silent.fields = {{"Date", start_date}, {"ETag", "\"1\""}};
  CHECK(stored(silent, {}, lenient()).why_not == unstorable::not_explicit);
  CHECK(stored(sample("public")).why_not == unstorable::expired);
  const sample validated("public", {{"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  CHECK(stored(validated).why_not == unstorable::no);
  CHECK(reused(validated, 0).what == reuse::validate);
}

TEST_CASE("never stores Set-Cookie, malformed directives or a malformed Date") {
  CHECK(stored(sample("public, max-age=60", {{"Set-Cookie", "a=b"}})).why_not == unstorable::set_cookie);
  CHECK(stored(sample("max-age=60, max-age")).why_not == unstorable::malformed);
  CHECK(stored(sample("max-age=60", {{"Date", start_date}})).why_not == unstorable::malformed);
  sample odd("max-age=60");
  odd.fields[0].value = "today";
  CHECK(stored(odd).why_not == unstorable::malformed);
}

TEST_CASE("selects by the fields of Vary, and never matches an asterisk (RFC 9111 section 4.1)") {
  const auto vary = [](field_list lines) { return stored(sample("max-age=60", std::move(lines))); };
  CHECK(vary({}).vary.empty());
  CHECK(vary({{"Vary", "Accept-Language, accept"}, {"vary", "ACCEPT"}}).vary ==
        std::vector<std::string>{"accept", "accept-language"});
  CHECK(vary({{"Vary", "accept, *"}}).why_not == unstorable::vary);
  CHECK(vary({{"Vary", "no token"}}).why_not == unstorable::vary);
}

TEST_CASE("does not store what varies by a field whose value is not the client's") {
  for (const auto name : {"Sallyport-Subject", "sallyport_assertion", "X-Forwarded-For", "Forwarded", "Signature"}) {
    CHECK(stored(sample("public, max-age=60", {{"Vary", name}})).why_not == unstorable::vary);
  }
  cache_terms terms;
  terms.own_fields = {"x-user"};
  CHECK(stored(sample("public, max-age=60", {{"Vary", "X-User"}}), {}, terms).why_not == unstorable::vary);
}

TEST_CASE("does not store what varies by a field that changes on the way, or by another spelling of a name") {
  for (const auto name : {"Expect", "traceparent", "Cache-Control", "Pragma", "If-None-Match", "CF-Ray",
                          "Accept_Language", "x.tenant", "x!"}) {
    CAPTURE(name);
    CHECK(stored(sample("public, max-age=60", {{"Vary", name}})).why_not == unstorable::vary);
  }
}

TEST_CASE("what varies by a place of credentials is for the identity alone, and for nobody without one") {
  cache_terms terms;
  terms.caller_fields = {"cookie", "x-session-token"};
  for (const auto name : {"Authorization", "authorization", "Cf-Access-Jwt-Assertion", "Cookie", "X-Session-Token"}) {
    CAPTURE(name);
    for (const auto says : {"public, max-age=60", "s-maxage=60"}) {
      const auto plan = stored(sample(says, {{"Vary", "Accept"}, {"Vary", name}}), {}, terms);
      CHECK(plan.why_not == unstorable::no);
      CHECK(plan.scope == reuse_scope::identity);
    }
    auto anonymous = terms;
    anonymous.keeps_own = false;
    CHECK(stored(sample("public, max-age=60", {{"Vary", name}}), {}, anonymous).why_not == unstorable::not_public);
  }
  CHECK(stored(sample("public, max-age=60", {{"Vary", "Cookie"}})).scope == reuse_scope::shared);
}

TEST_CASE("keeps for whom the terms let it be kept") {
  cache_terms terms;
  terms.keeps_own = false;
  CHECK(stored(sample("max-age=60"), {}, terms).why_not == unstorable::not_public);
  CHECK(stored(sample("public, max-age=60"), {}, terms).scope == reuse_scope::shared);
  terms.shares = false;
  CHECK(stored(sample("public, max-age=60"), {}, terms).why_not == unstorable::not_public);
  terms.keeps_own = true;
  CHECK(stored(sample("public, max-age=60"), {}, terms).scope == reuse_scope::identity);
}

TEST_CASE("a 304 with another Vary does not make an answer the answer to more requests") {
  const field_list held{{"Vary", "Accept-Language"}, {"ETag", "\"1\""}};
  const auto vary_of = [&](field_list update) {
    std::vector<std::string> lines;
    for (const auto& each : freshened_fields(held, update)) {
      if (name_equals(each.name, "vary")) lines.emplace_back(each.value);
    }
    return lines;
  };
  using lines = std::vector<std::string>;
  CHECK(vary_of({{"Vary", "Accept"}}) == lines{"Accept", "Accept-Language"});
  CHECK(vary_of({{"Vary", "Accept-Language"}}) == lines{"Accept-Language"});
  CHECK(vary_of({{"ETag", "\"1\""}}) == lines{"Accept-Language"});
}

TEST_CASE("a request with another spelling of a name has no part in the cache") {
  for (const auto name : {"Accept_Language", "Accept.Language", "x^y"}) {
    const field_list fields{{name, "x"}};
    CHECK_FALSE(is_cacheable_request("GET", fields));
  }
  const field_list plain{{"X-9", "x"}};
  CHECK(is_cacheable_request("HEAD", plain));
}

TEST_CASE("keeps an answer as long as it can be of use, and no longer than a day") {
  CHECK(stored(sample("max-age=60")).keep == 60);
  CHECK(stored(sample("max-age=60"), {}, lenient()).keep == 660);
  CHECK(stored(sample("max-age=60, stale-if-error=5"), {}, lenient()).keep == 65);
  CHECK(stored(sample("max-age=60, must-revalidate"), {}, lenient()).keep == 60);
  CHECK(stored(sample("max-age=31536000")).keep == longest_kept);
  CHECK(stored(sample("max-age=60", {{"ETag", "\"1\""}})).keep == longest_kept);
  CHECK(stored(sample("max-age=60", {{"Age", "60"}})).why_not == unstorable::expired);
  CHECK(stored(sample("max-age=0")).why_not == unstorable::expired);
}

TEST_CASE("takes the lifetime from s-maxage, max-age, Expires, in this order (RFC 9111 section 4.2.1)") {
  const auto lifetime = [](const sample& answer, const cache_terms& terms = {}) {
    return freshness_lifetime(answer.view(), terms);
  };
  const field expires{"Expires", "Mon, 21 Sep 2026 14:14:20 GMT"};
  CHECK(lifetime(sample("s-maxage=10, max-age=20", {expires})) == 10);
  CHECK(lifetime(sample("max-age=20", {expires})) == 20);
  CHECK(lifetime(sample("public", {expires})) == 60);
  CHECK(lifetime(sample("public")) == 0);
  cache_terms short_terms;
  short_terms.max_age = 5;
  CHECK(lifetime(sample("max-age=20"), short_terms) == 5);
  CHECK(lifetime(sample("max-age=2"), short_terms) == 2);
}

TEST_CASE("takes an Expires that is invalid, past or repeated as expired (RFC 9111 section 5.3)") {
  for (const auto value : {"0", "-1", "", "never", "Mon, 21 Sep 2026 14:13:20 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    CHECK(freshness_lifetime(sample("public", {{"Expires", value}}).view(), {}) == 0);
  }
  const field once{"Expires", "Mon, 21 Sep 2026 14:14:20 GMT"};
  CHECK(freshness_lifetime(sample("public", {once, once}).view(), {}) == 0);
}

TEST_CASE("counts the age from the Date, the Age field and the time on the way (RFC 9111 section 4.2.3)") {
  sample answer("max-age=60");
  CHECK(current_age(answer.view(), start) == 0);
  CHECK(current_age(answer.view(), start + 7999) == 7);
  answer.fields.push_back({"Age", "30"});
  CHECK(current_age(answer.view(), start + 7000) == 37);
  answer.requested = start - 3000;
  CHECK(current_age(answer.view(), start + 7000) == 40);
  answer.fields[0].value = "Mon, 21 Sep 2026 14:12:20 GMT";
  CHECK(current_age(answer.view(), start + 7000) == 67);
  CHECK(current_age(answer.view(), start - 90'000) == 60);
}

TEST_CASE("takes the first of several ages and ignores what is none (RFC 9111 section 5.1)") {
  CHECK(current_age(sample("", {{"Age", "5, 90"}}).view(), start) == 5);
  CHECK(current_age(sample("", {{"Age", "-5"}}).view(), start) == 0);
  CHECK(current_age(sample("", {{"Age", "old"}}).view(), start) == 0);
}

TEST_CASE("serves while the lifetime is longer than the age (RFC 9111 section 4.2)") {
  const sample answer("max-age=60");
  CHECK(reused(answer, 0).what == reuse::fresh);
  CHECK(reused(answer, 59).what == reuse::fresh);
  CHECK(reused(answer, 59).ttl == 1);
  CHECK(reused(answer, 60).what == reuse::forward);
  CHECK(reused(sample("max-age=60", {{"ETag", "\"1\""}}), 60).what == reuse::validate);
}

TEST_CASE("asks the origin for everything that says no-cache (RFC 9111 section 5.2.2.4)") {
  const auto plan = reused(sample("max-age=60, no-cache", {{"ETag", "\"1\""}}), 0, {}, lenient());
  CHECK(plan.what == reuse::validate);
  CHECK_FALSE(plan.by_request);
  CHECK_FALSE(plan.on_error);
}

TEST_CASE("asks the origin when the client wants it so (RFC 9111 sections 5.2.1 and 5.4)") {
  const sample answer("max-age=60");
  for (const auto& request : {asking("no-cache"), asking("max-age=0"), asking("max-age=10"), asking("min-fresh=50"),
                              asking("max-age=x"), field_list{{"Pragma", "no-cache"}}}) {
    const auto plan = reused(answer, 11, request);
    CHECK(plan.what == reuse::forward);
    CHECK(plan.by_request);
  }
  CHECK(reused(answer, 11, {{"Pragma", "no-cache"}, {"Cache-Control", "max-age=30"}}).what == reuse::fresh);
  CHECK(reused(answer, 11, asking("max-age=12")).what == reuse::fresh);
  CHECK(reused(answer, 11, asking("min-fresh=49")).what == reuse::fresh);
  CHECK(reused(answer, 11, asking("no-store")).what == reuse::fresh);
}

TEST_CASE("serves stale to who accepts it, as far as accepted (RFC 9111 section 5.2.1.2)") {
  const sample answer("max-age=60");
  CHECK(reused(answer, 70, asking("max-stale=10")).what == reuse::stale);
  CHECK(reused(answer, 71, asking("max-stale=10")).what == reuse::forward);
  CHECK(reused(answer, 9999, asking("max-stale")).what == reuse::stale);
  CHECK(reused(answer, 70, asking("max-stale=10, no-cache")).what == reuse::forward);
  CHECK(reused(answer, 50, asking("max-age=45, max-stale=5")).what == reuse::fresh);
  CHECK(reused(answer, 51, asking("max-age=45, max-stale=5")).what == reuse::forward);
}

TEST_CASE("serves nothing stale that forbids it, whoever accepts it (RFC 9111 sections 4.2.4 and 5.2.2.10)") {
  for (const auto said : {"max-age=60, must-revalidate", "max-age=60, proxy-revalidate", "s-maxage=60",
                          "s-maxage=60, stale-if-error=600", "max-age=60, no-cache"}) {
    CAPTURE(said);
    const auto plan = reused(sample(said), 61, asking("max-stale"), lenient());
    CHECK(plan.what == reuse::forward);
    CHECK_FALSE(plan.on_error);
  }
}

TEST_CASE("stands in for a failing origin within the app's window, else the route's (RFC 5861 section 4)") {
  const sample silent("max-age=60"), loud("max-age=60, stale-if-error=30");
  CHECK_FALSE(reused(silent, 61).on_error);
  CHECK(reused(silent, 660, {}, lenient()).on_error);
  CHECK_FALSE(reused(silent, 661, {}, lenient()).on_error);
  CHECK(reused(loud, 90, {}, lenient()).on_error);
  CHECK_FALSE(reused(loud, 91, {}, lenient()).on_error);
  CHECK(reused(loud, 90).on_error);
  CHECK_FALSE(reused(sample("max-age=60, stale-if-error=0"), 61, {}, lenient()).on_error);
}

TEST_CASE("stands in regardless of the client's max-age, but not against its no-cache (RFC 5861 section 4)") {
  const sample answer("max-age=60");
  CHECK(reused(answer, 10, asking("max-age=0"), lenient()).on_error);
  CHECK_FALSE(reused(answer, 10, asking("no-cache"), lenient()).on_error);
  CHECK(reused(answer, 70, asking("stale-if-error=10"), lenient()).on_error);
  CHECK_FALSE(reused(answer, 71, asking("stale-if-error=10"), lenient()).on_error);
}

TEST_CASE("asks with the validators of the stored answer (RFC 9111 section 4.3.1)") {
  const auto conditions =
      validators_of(sample("", {{"ETag", "W/\"1\""}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}}).view());
  REQUIRE(conditions.size() == 2);
  CHECK(conditions[0].name == "If-None-Match");
  CHECK(conditions[0].value == "W/\"1\"");
  CHECK(conditions[1].value == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(validators_of(sample("", {{"ETag", "unquoted"}}).view()).empty());
}

TEST_CASE("takes a 304 only for the answer that it speaks of (RFC 9111 section 4.3.4)") {
  const sample held("", {{"ETag", "\"1\""}});
  CHECK(confirms(field_list{}, held.view()));
  CHECK(confirms(field_list{{"ETag", "W/\"1\""}}, held.view()));
  CHECK_FALSE(confirms(field_list{{"ETag", "\"2\""}}, held.view()));
  CHECK_FALSE(confirms(field_list{{"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}}, held.view()));
}

std::string text(const field_list& fields) {
  std::string all;
  for (const auto& each : fields) all += std::string(each.name) + ": " + std::string(each.value) + "\n";
  return all;
}

TEST_CASE("updates stored fields by a 304, but not those that the body was read by (RFC 9111 section 3.2)") {
  const field_list held = {{"ETag", "\"1\""}, {"Age", "9"}, {"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  const field_list update = {
      {"etag", "\"1\""},       {"Content-Type", "text/html"}, {"X-A", "3"}, {"Connection", "x-hop"}, {"X-Hop", "1"},
      {"Content-Length", "0"}, {"Cache-Control", "max-age=1"}};
  CHECK(text(freshened_fields(held, update)) ==
        "etag: \"1\"\nX-A: 3\nCache-Control: max-age=1\nContent-Type: text/plain\n");
}

TEST_CASE("stores no field that ends at this hop or frames the message (RFC 9111 section 3.1)") {
  const field_list fields = {{"Connection", "x-hop"},
                             {"X-Hop", "1"},
                             {"Keep-Alive", "1"},
                             {"Content-Length", "3"},
                             {"Transfer-Encoding", "chunked"},
                             {"Sallyport-Request-Id", "x"},
                             {"Content-Type", "a/b"},
                             {"X-Robots-Tag", "none"}};
  CHECK(text(storable_fields(fields)) == "Content-Type: a/b\nX-Robots-Tag: none\n");
}

TEST_CASE("puts into a 304 of its own what such an answer has (RFC 9110 section 15.4.5)") {
  const field_list fields = {{"Content-Type", "a/b"}, {"ETag", "\"1\""}, {"Date", start_date}, {"X-A", "1"}};
  CHECK(text(not_modified_fields(fields)) == "ETag: \"1\"\nDate: " + std::string(start_date) + "\n");
}

}  // namespace
}  // namespace sallyport::testing
