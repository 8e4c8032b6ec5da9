// Who waits for a call of one kind, in the order in which they are served: by class; within a class by turns among teams; then
// by how long they have waited.
//
// Turns are a deficit round robin that is settled at the door: each who comes is given the turn after the last one of its team,
// as many later as it costs, or the turn that is being served. So a team with three thousand in line delays another by one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"

namespace sallyport::region {

/// Who goes first, when calls are short.
enum class urgency : std::uint8_t {
  /// A task that was in use is lost.
  lost,
  /// Somebody waits for a start.
  waited_for,
  /// Something is started along with it.
  also,
  /// Nobody has asked yet.
  predicted,
  /// A service that is idle is stopped.
  stop,
};
inline constexpr std::size_t urgency_count = 5;

struct in_line {
  urgency how = urgency::waited_for;
  std::uint64_t turn = 0;
  unix_milliseconds since = 0;
  std::uint64_t id = 0;
  /// When it asks again; who does not keeps nobody waiting.
  unix_milliseconds asks_at = 0;
  unix_milliseconds dropped_at = 0;
  /// Tasks that it starts; 0: none.
  std::uint32_t launches = 0;
  std::uint32_t calls = 1;

  bool operator==(const in_line&) const = default;
};

struct waiter {
  std::string place;
  std::string attempt;
  std::string team;
  in_line at;
};

class line {
 public:
  /// The waiter's place in the order; `at.turn` and `at.id` are set here. Precondition: the place does not wait.
  std::size_t enter(waiter one);
  /// Where it stands, if it waits for that very attempt.
  std::optional<std::size_t> find(std::string_view place, std::string_view attempt) const;
  void leave(std::string_view place);
  /// The same, since it is served: its turn is the one that is being served.
  void serve(std::string_view place);
  void asked(std::size_t position, unix_milliseconds again_at, unix_milliseconds dropped_at);
  void drop_silent(unix_milliseconds now);

  const std::vector<in_line>& all() const { return all_; }
  std::size_t size() const { return all_.size(); }
  /// Where those of this class begin.
  std::size_t begin_of(urgency how) const;
  /// How many stops have waited longer.
  std::size_t stops_before(const in_line& one) const;
  std::size_t stops_since(unix_milliseconds before) const;

 private:
  struct team_turns {
    std::uint64_t last = 0;
    std::size_t waiting = 0;
    unix_milliseconds newest = 0;
  };
  using team_key = std::pair<urgency, std::string>;

  std::size_t position_of(const in_line& one) const;
  void remove(std::uint64_t id);
  void order_team(const team_key& team);

  std::vector<in_line> all_;
  std::map<std::uint64_t, waiter> waiters_;
  std::map<std::string, std::uint64_t, std::less<>> by_place_;
  std::map<team_key, team_turns> teams_;
  std::array<std::uint64_t, urgency_count> served_{};
  std::uint64_t next_id_ = 1;
};

}  // namespace sallyport::region
