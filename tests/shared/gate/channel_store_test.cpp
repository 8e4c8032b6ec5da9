#include "gate/origin/channel_store.hpp"

#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

gate::held_channel_ptr channel_of(byte number, unix_seconds expires = start_s + 600) {
  auto made = std::make_shared<gate::held_channel>();
  made->id.fill(number);
  made->expires = expires;
  return made;
}

bool holds(gate::channel_memory& in, byte number) {
  return in.find(channel_of(number)->id) != nullptr;
}

}  // namespace

TEST_CASE("the least recently used channel makes room") {
  gate::channel_memory memory(2);
  memory.keep(channel_of(1), start_s);
  memory.keep(channel_of(2), start_s);
  CHECK(holds(memory, 1));
  memory.keep(channel_of(3), start_s);
  CHECK(holds(memory, 1));
  CHECK(!holds(memory, 2));
  CHECK(holds(memory, 3));
  CHECK(memory.size() == 2);
  CHECK(memory.evicted() == 1);
}

TEST_CASE("a channel that is kept again replaces itself") {
  gate::channel_memory memory(2);
  memory.keep(channel_of(1), start_s);
  memory.keep(channel_of(2), start_s);
  const auto again = channel_of(1);
  memory.keep(again, start_s);
  CHECK(memory.find(again->id) == again);
  CHECK(memory.size() == 2);
  CHECK(memory.evicted() == 0);
}

TEST_CASE("what has expired goes first, and nobody was evicted for it") {
  gate::channel_memory memory(8);
  for (byte i = 1; i <= 4; ++i) memory.keep(channel_of(i), start_s);
  memory.keep(channel_of(5, start_s + 1260), start_s + 660);
  CHECK(memory.size() == 1);
  CHECK(holds(memory, 5));
  CHECK(memory.evicted() == 0);
}

TEST_CASE("what was taken out of use lives until its last user lets go") {
  gate::channel_memory memory(1);
  memory.keep(channel_of(1), start_s);
  const auto used = memory.find(channel_of(1)->id);
  const std::weak_ptr<const gate::held_channel> seen = used;
  memory.keep(channel_of(2), start_s);
  CHECK(!holds(memory, 1));
  CHECK(used->expires == start_s + 600);
  CHECK(seen.use_count() == 1);
}
