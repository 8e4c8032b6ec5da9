// Time limits that cost next to nothing to set: one timer a thread turns a wheel of slots, and a limit that is moved
// further out (the common case: every read moves one) only writes a number and is looked at when its old slot comes by.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "agent/io/ring.hpp"

namespace sallyport::agent::io {

using std::chrono::milliseconds;

class deadline_wheel;

/// One limit. It never fires early, and at most two ticks of its wheel late.
class deadline : ring {
 public:
  using action = void (*)(void* owner);
  /// `act(owner)` runs on the wheel's thread when the limit passes; it may destroy this deadline.
  deadline(deadline_wheel& wheel, action act, void* owner) : wheel_(&wheel), act_(act), owner_(owner) {}

  void set(milliseconds from_now);
  void clear() { due_ = never; }

 private:
  friend class deadline_wheel;
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  deadline_wheel* wheel_;
  action act_;
  void* owner_;
  std::uint64_t due_ = never;
  std::uint64_t slot_ = 0;
};

/// The limits of one thread.
class deadline_wheel {
 public:
  /// Precondition: tick > 0.
  explicit deadline_wheel(milliseconds tick) : tick_(tick) {}

  /// Moves on to the time that `elapsed` since the start stands for and fires what is due.
  void advance(milliseconds elapsed);
  milliseconds tick() const { return tick_; }
  /// The time of the last tick, from the start.
  milliseconds elapsed() const { return tick_ * static_cast<std::int64_t>(now_); }

 private:
  friend class deadline;
  static constexpr std::uint64_t slots = 512;
  void place(deadline& entry);
  void turn(std::uint64_t to);
  void visit(deadline& entry);

  milliseconds tick_;
  std::uint64_t now_ = 0;
  std::array<ring, slots> wheel_;
};

}  // namespace sallyport::agent::io
