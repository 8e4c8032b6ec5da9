// Whom a machine asks when calls of AWS may be sent: the Region, its stand-in, or nobody, as a pure function of what came of
// asking before.
//
// | event | of whom | next |
// | --- | --- | --- |
// | ask | the first of Region and stand-in that is not down, or is due again | ask it |
// | ask | both are down | down |
// | failed (it threw, or was late), first | the one asked | ask it again, over a new way |
// | failed, second | the one asked | it is down for 1, 2, 4 … 60 s; the other, as at `ask` |
// | failed since it is overloaded | the one asked | put off: for as long as it said last, else 5 s |
// | answered | the one asked | it is up |
//
// Who is due again is asked once, by the first who comes then; until that one has its answer the others go on as before.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "core/time.hpp"
#include "encoding/json.hpp"

namespace sallyport::region {

enum class peer : std::uint8_t { region, stand_in };

struct way_settings {
  unix_milliseconds patience = 2'000;
  unix_milliseconds again_first = 1'000, again_most = 60'000;
  unix_milliseconds overloaded = 5'000;
};

/// One question that is under way.
struct way_turn {
  peer to = peer::region;
  std::uint32_t failed = 0;

  bool operator==(const way_turn&) const = default;
};

struct peer_state {
  /// In a row; 0: it is up.
  std::uint32_t down = 0;
  unix_milliseconds again_at = 0;

  bool operator==(const peer_state&) const = default;
};

struct way_state {
  std::array<peer_state, 2> peers{};
  /// When who waits was told last to ask again; 0: never.
  unix_milliseconds ask_ms = 0;

  bool operator==(const way_state&) const = default;
};

struct way_ask {};
struct way_answered {
  way_turn turn;
  unix_milliseconds ask_ms = 0;
};
struct way_failed {
  way_turn turn;
  bool overloaded = false;
};
using way_event = std::variant<way_ask, way_answered, way_failed>;

/// `nothing`: after an answer.
enum class way_action : std::uint8_t { nothing, ask, put_off, down };

struct way_step {
  way_state state;
  way_action action = way_action::nothing;
  /// To ask.
  way_turn turn;
  /// To put off by.
  unix_milliseconds ask_ms = 0;
};
way_step way_next(way_state state, const way_event& what, unix_milliseconds now, const way_settings& with = {});

encoding::json to_json(const way_state& state);
way_state way_state_from(const encoding::json& from);
encoding::json to_json(const way_turn& turn);
way_turn way_turn_from(const encoding::json& from);

}  // namespace sallyport::region
