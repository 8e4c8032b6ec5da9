// A doubly linked ring whose nodes live inside what they link: membership without allocation.
#pragma once

namespace sallyport::agent::io {

/// As a list: a ring that nothing derives from, empty while it is linked to nothing. As an entry: a base class. An
/// entry leaves its ring when it is destroyed.
struct ring {
  ring* previous = this;
  ring* next = this;

  ring() = default;
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;
  ~ring() { unlink(); }

  bool linked() const { return next != this; }
  void unlink() {
    previous->next = next;
    next->previous = previous;
    previous = next = this;
  }
  void push_back(ring& entry) {
    entry.previous = previous;
    entry.next = this;
    previous->next = &entry;
    previous = &entry;
  }
};

}  // namespace sallyport::agent::io
