// What a refusal of a channel request must say: the exact reason, and `unknown` exactly where the protocol has it.
#pragma once

#include <doctest/doctest.h>

#include "channel/field.hpp"
#include "tests/shared/gate/channel_world.hpp"

namespace sallyport::testing {

enum class says { nothing, unknown, unknown_and_key };

inline void check(const verdict& in, reason expected, says what, const gate::channel_identity& self,
                  const std::string& name) {
  CHECK_MESSAGE(in.why == expected, name << ": " << name_of(in.why) << " " << in.detail);
  const auto field = channel::read_field(in.channel.field);
  CHECK_MESSAGE(field.unknown == (what != says::nothing), name << ": " << in.channel.field);
  CHECK_MESSAGE(in.channel.unknown == field.unknown, name);
  CHECK_MESSAGE(field.key.has_value() == (what == says::unknown_and_key), name << ": " << in.channel.field);
  CHECK_MESSAGE((!field.key || *field.key == self.own.point), name);
  CHECK_MESSAGE(!field.confirm, name);
  CHECK_MESSAGE((in.why == reason::ok || !in.detail.empty()), name << " has no detail");
}

}  // namespace sallyport::testing
