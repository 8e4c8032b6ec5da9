#include "channel/field.hpp"

#include <doctest/doctest.h>

#include "encoding/structured_field.hpp"

using namespace sallyport;

namespace {

crypto::p256_point some_point() {
  crypto::p256_point point{};
  for (std::size_t i = 0; i < point.size(); ++i) point[i] = static_cast<byte>(i);
  point.front() = 0x04;
  return point;
}

std::string key_member(bytes_view octets) {
  return "key=" + encoding::sf::serialize_bytes(octets);
}

}  // namespace

TEST_CASE("what is written is read back, in at most 256 octets") {
  for (const bool unknown : {false, true}) {
    channel::field what;
    what.unknown = unknown;
    what.key = some_point();
    what.confirm = bytes(32, byte{7});
    const auto text = channel::write_field(what);
    CHECK(text.size() <= channel::max_field_bytes);
    const auto read = channel::read_field(text);
    CHECK(read.unknown == unknown);
    CHECK(read.key == what.key);
    CHECK(read.confirm == what.confirm);
  }
  CHECK(channel::write_field({}).empty());
  channel::field refused;
  refused.unknown = true;
  refused.key = some_point();
  CHECK(channel::write_field(refused).starts_with("unknown, key=:BA"));
  CHECK(channel::write_field(refused).ends_with(":;v=1"));
}

TEST_CASE("an offer is 65 octets that begin with 04, of version 1") {
  const auto point = some_point();
  const auto octets = bytes(point.begin(), point.end());
  const auto text = key_member(octets);
  CHECK(channel::read_field(text + ";v=1").key == point);
  CHECK(channel::read_field(text + ";x;v=1").key == point);
  for (const char* parameters : {"", ";v", ";v=2", ";v=0", ";v=1.0", ";v=\"1\"", ";v=:AQ==:", ";w=1", ";v=1;v=2"}) {
    CAPTURE(parameters);
    CHECK(!channel::read_field(text + parameters).key);
  }
  for (const byte form : {byte{0x00}, byte{0x02}, byte{0x03}, byte{0x06}, byte{0x07}}) {
    auto other = octets;
    other.front() = form;
    CHECK(!channel::read_field(key_member(other) + ";v=1").key);
  }
  CHECK(!channel::read_field(key_member(bytes_view(octets).first(64)) + ";v=1").key);
  auto longer = octets;
  longer.push_back(0);
  CHECK(!channel::read_field(key_member(longer) + ";v=1").key);
  CHECK(!channel::read_field(key_member(bytes(1)) + ";v=1").key);
  CHECK(!channel::read_field("key=(" + text.substr(4) + ");v=1").key);
}

TEST_CASE("only the Boolean true says unknown, and other members are ignored") {
  CHECK(channel::read_field("unknown").unknown);
  CHECK(channel::read_field("later=(1 2), unknown;reason=x, x=?0").unknown);
  for (const char* text :
       {"unknown=?0", "unknown=1", "unknown=\"true\"", "unknown=(?1)", "unknown, unknown=?0", "Unknown"}) {
    CAPTURE(text);
    CHECK(!channel::read_field(text).unknown);
  }
}

TEST_CASE("what does not parse, or is too long, counts as absent") {
  for (const char* text :
       {"unknown,", "unknown;", "unknown key=1", "confirm=:A:", "unknown, confirm=:AA=", ",unknown"}) {
    CAPTURE(text);
    const auto read = channel::read_field(text);
    CHECK(!read.unknown);
    CHECK(!read.confirm);
    CHECK(!read.key);
  }
  const std::string padding(channel::max_field_bytes - 10, 'x');
  CHECK(channel::read_field("unknown, " + padding).unknown);
  CHECK(!channel::read_field("unknown, " + padding + "xx").unknown);
}
