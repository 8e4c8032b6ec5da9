#include "http/cookie.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

bool sets_sid(std::string_view set_cookie) {
  const exact_text input(set_cookie);
  return http::sets_cookie(input.view(), "sid");
}

TEST_CASE("a Set-Cookie field sets the cookie that its client sends back") {
  for (const std::string_view sets :
       {"sid=x", "sid=x; Domain=acme.example; Path=/", "sid=; Max-Age=0", " sid = x", "\tsid\t=x;Path=/", "sid",
        "=sid=x", "==sid=x", " = = sid=x; Path=/", "=sid", "__Host-sid=x; Secure; Path=/", "__Secure-sid=x",
        "__host-sid=x", "__SECURE-sid=x", "=__Host-sid=x", "a=1, sid=x", "a=1,b=2 ,\tsid =x; Path=/"}) {
    CAPTURE(sets);
    CHECK(sets_sid(sets));
  }
}

TEST_CASE("and no other") {
  for (const std::string_view other : {"", ";", "=", "a=1", "SID=x", "Sid=x", "sid2=x", "xsid=x", "a=sid=x", "a=sid",
                                       "a=1; sid=x", "a=1; Path=/, sid=x", "__Host-SID=x", "__Hostsid=x",
                                       "__Host-__Host-sid=x", "si", "a=1, sid2=x", "a=1,Sid=x", "a=1, sid"}) {
    CAPTURE(other);
    CHECK_FALSE(sets_sid(other));
  }
}

TEST_CASE("a prefixed name is guarded as itself, and leaves the bare name to the app") {
  CHECK(http::sets_cookie("__Host-sid=x; Secure; Path=/", "__Host-sid"));
  CHECK_FALSE(http::sets_cookie("sid=x", "__Host-sid"));
  CHECK_FALSE(http::sets_cookie("__Secure-sid=x", "__Host-sid"));
}

}  // namespace
}  // namespace sallyport::testing
