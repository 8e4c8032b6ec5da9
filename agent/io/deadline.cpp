#include "agent/io/deadline.hpp"

#include <algorithm>

namespace sallyport::agent::io {

void deadline::set(milliseconds from_now) {
  const auto ticks = static_cast<std::uint64_t>((from_now + wheel_->tick_ - milliseconds(1)) / wheel_->tick_);
  // One more, because the current tick is partly over.
  due_ = wheel_->now_ + ticks + 1;
  if (linked() && slot_ <= due_) return;
  unlink();
  wheel_->place(*this);
}

void deadline_wheel::place(deadline& entry) {
  entry.slot_ = std::min(entry.due_, now_ + slots - 1);
  wheel_[entry.slot_ % slots].push_back(entry);
}

void deadline_wheel::advance(milliseconds elapsed) {
  const auto target = static_cast<std::uint64_t>(elapsed / tick_);
  while (now_ < target) turn(now_ + 1);
}

void deadline_wheel::turn(std::uint64_t to) {
  now_ = to;
  // Taken off the wheel first: an action may add to this slot, or take other entries out of it.
  ring due;
  ring& slot = wheel_[now_ % slots];
  while (slot.linked()) {
    ring& entry = *slot.next;
    entry.unlink();
    due.push_back(entry);
  }
  while (due.linked()) {
    ring& entry = *due.next;
    entry.unlink();
    visit(static_cast<deadline&>(entry));
  }
}

void deadline_wheel::visit(deadline& entry) {
  if (entry.due_ == deadline::never) return;
  if (entry.due_ > now_) return place(entry);
  entry.due_ = deadline::never;
  entry.act_(entry.owner_);
}

}  // namespace sallyport::agent::io
