#include "gate/edge/address_block.hpp"

#include <doctest/doctest.h>

using namespace sallyport::gate;

TEST_CASE("addresses of one block are one caller, in whatever spelling they come") {
  CHECK(address_block("192.0.2.7") == "192.0.2.0/24");
  CHECK(address_block("192.0.2.255") == address_block("192.0.2.0"));
  CHECK(address_block("192.0.3.7") != address_block("192.0.2.7"));
  CHECK(address_block("2001:db8:1:2::1") == "2001:0db8:0001::/48");
  for (const auto* same : {"2001:DB8:1:ffff:1:2:3:4", "2001:0db8:0001::", "2001:db8:1:0:0:0:0:9"}) {
    CHECK(address_block(same) == "2001:0db8:0001::/48");
  }
  CHECK(address_block("2001:db8::1") == address_block("2001:db8:0:5::1"));
  CHECK(address_block("2001:db8:2::1") != address_block("2001:db8:1::1"));
  CHECK(address_block("::ffff:192.0.2.7") == "192.0.2.0/24");
  CHECK(address_block("::1") == "0000:0000:0000::/48");
}

TEST_CASE("what is no address stands for itself") {
  for (const auto* text : {"", "unknown", "1.2.3", "1:2:3", "1::2::3", "12345::1", "g::1", "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::", "1:", ":1"}) {
    CAPTURE(text);
    CHECK(address_block(text) == text);
  }
}
