#include "encoding/percent.hpp"

#include <doctest/doctest.h>

namespace sallyport::encoding {
namespace {

TEST_CASE("encodes all but unreserved characters in upper case") {
  CHECK(encode_percent("a-._~/ \xC3\xA7") == "a-._~%2F%20%C3%A7");
  CHECK(encode_percent_path("/a b/") == "/a%20b/");
}

TEST_CASE("decodes triplets of either case and refuses anything that only looks like one") {
  CHECK(*decode_percent("%41%c3%A7+") == "A\xC3\xA7+");
  for (const char* bad : {"%", "%4", "%4g", "a%", "%%41"})
    CHECK(decode_percent(bad).why() == reason::percent_encoding_invalid);
}

TEST_CASE("form decoding turns plus into space and leaves a lone percent sign") {
  CHECK(decode_form("a+b%20c%zz%") == "a b c%zz%");
}

TEST_CASE("form components keep only letters, digits and * - . _") {
  CHECK(encode_form_component("a*-._~ \n") == "a*-._%7E%20%0A");
}

}  // namespace
}  // namespace sallyport::encoding
