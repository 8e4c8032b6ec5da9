#include "login/cookie.hpp"

#include <doctest/doctest.h>

using namespace sallyport;
using namespace sallyport::login;

namespace {

const std::string one = "__Host-Http-sallyport-s-AAAAAAAA", two = "__Host-Http-sallyport-s-BBBBBBBB";

/// Names and values of what is read from these Cookie fields, and "ambiguous".
std::string read(const std::vector<std::string>& values) {
  std::vector<http::field> fields;
  for (const auto& each : values) fields.push_back({"Cookie", each});
  const auto held = read_cookies(fields);
  std::string out;
  for (const auto& each : held.all) out.append(each.name.substr(21)).append("=").append(each.value).append(" ");
  return out + (held.ambiguous ? "ambiguous" : "");
}

}  // namespace

TEST_CASE("our cookies are read by exact name, and others passed over") {
  CHECK(read({"a=1; " + one + "=x; b; " + two + "=y"}) == "-s-AAAAAAAA=x -s-BBBBBBBB=y ");
  CHECK(read({one + "=x", two + "=y"}) == "-s-AAAAAAAA=x -s-BBBBBBBB=y ");
  CHECK(read({"__Host-Http-sallyport-sso=v; __Host-Http-sallyport-tried=2; __Host-Http-sallyport-last=okta"}) ==
        "-sso=v -tried=2 -last=okta ");
  for (const char* other :
       {"__host-http-sallyport-s-AAAAAAAA=x", "__Host-Http-sallyport-s-AAAAAAA=x",
        "__Host-Http-sallyport-s-AAAAAAAAA=x", "__Host-Http-sallyport-s-AAAAAAA.=x", "__Host-Http-sallyport-s=x",
        "__Host-Http-sallyport-ssoo=x", "__Host-sallyport-s-AAAAAAAA=x", "__Host-Http-sallyport-sso-s-AAAAAAAA=x"}) {
    CHECK(read({other}) == "");
  }
}

TEST_CASE("a name that is there twice counts as not there, also behind the comma of joined fields") {
  CHECK(read({one + "=x; " + one + "=y; " + two + "=z"}) == "-s-BBBBBBBB=z ambiguous");
  CHECK(read({one + "=x", one + "=x"}) == "ambiguous");
  CHECK(read({one + "=x, " + one + "=y"}) == "ambiguous");
  CHECK(read({one + "=x, " + two + "=y; a=1"}) == "ambiguous");
  CHECK(read({"a=1,  " + one + "=y; " + one + "=x; " + two + "=z"}) == "-s-BBBBBBBB=z ambiguous");
  CHECK(read({"a=1, b=2; " + one + "=x"}) == "-s-AAAAAAAA=x ");
}

TEST_CASE("cookies are set for this host alone, and deleted with the same attributes") {
  CHECK(set_cookie(cookie_name(cookie_kind::session, "AAAAAAAA"), "v", 3600) ==
        "__Host-Http-sallyport-s-AAAAAAAA=v; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax");
  CHECK(delete_cookie(cookie_name(cookie_kind::sso)) ==
        "__Host-Http-sallyport-sso=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
}

TEST_CASE("an app gets none of our cookies, in any case and behind a comma") {
  CHECK(without_own_cookies("a=1; " + one + "=x; b=2") == "a=1; b=2");
  CHECK(without_own_cookies("__HOST-HTTP-SALLYPORT-anything=x; b=2") == "b=2");
  CHECK(without_own_cookies("a=1, " + one + "=x; b=2") == "b=2");
  CHECK(without_own_cookies("=" + one + "=x") == "=" + one + "=x");
  CHECK(without_own_cookies(one + "=x") == "");
  CHECK(without_own_cookies("a=1; b=2") == "a=1; b=2");
}

TEST_CASE("an app sets none of our cookies, in any spelling that comes back as one") {
  for (const std::string& ours : {one + "=x; Path=/", std::string("__host-http-SALLYPORT=x"), " \t" + one + "=x",
                                  "=" + one + "=x", "==" + one, "a=1, " + one + "=x"}) {
    CHECK(sets_own_cookie(ours));
  }
  for (const char* others : {"session=x; Path=/", "__Host-session=x", "a=__Host-Http-sallyport-s-AAAAAAAA",
                             "a=1; b, __Host-Http-sallyport-sso=x"}) {
    CHECK_FALSE(sets_own_cookie(others));
  }
}

TEST_CASE("an app cannot clear cookies, which would empty the site's other hosts, too") {
  CHECK(without_cookie_clearing(R"("cookies")") == "");
  CHECK(without_cookie_clearing(R"("*")") == R"("cache", "storage")");
  CHECK(without_cookie_clearing(R"("cache", "Cookies", "storage")") == R"("cache", "storage")");
  CHECK(without_cookie_clearing(R"("executionContexts")") == R"("executionContexts")");
}
