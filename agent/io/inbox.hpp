// What arrived on a connection and was not read yet.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace sallyport::agent::io {

/// A byte buffer of fixed room until it is told to grow. Views into it live until the next room(), grow() or shrink().
class inbox {
 public:
  explicit inbox(std::size_t capacity) : capacity_(capacity), storage_(new char[capacity]) {}

  std::string_view unread() const { return {storage_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  std::size_t capacity() const { return capacity_; }
  bool full() const { return end_ - begin_ == capacity_; }

  /// Where the next bytes go; empty only when the buffer is full.
  std::span<char> room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (begin_ > 0 && end_ == capacity_) compact();
    return {storage_.get() + end_, capacity_ - end_};
  }
  /// `bytes` were put into room().
  void arrived(std::size_t bytes) { end_ += bytes; }

  /// Makes room for `capacity` bytes in all; never less than there is now.
  void grow(std::size_t capacity) {
    if (capacity > capacity_) move_to(capacity);
  }
  /// Back to `capacity`, unless more than that is unread.
  void shrink(std::size_t capacity) {
    if (capacity < capacity_ && unread().size() <= capacity) move_to(capacity);
  }

 private:
  void compact() {
    std::memmove(storage_.get(), storage_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  void move_to(std::size_t capacity) {
    std::unique_ptr<char[]> next(new char[capacity]);
    std::memcpy(next.get(), storage_.get() + begin_, end_ - begin_);
    storage_ = std::move(next);
    capacity_ = capacity;
    end_ -= begin_;
    begin_ = 0;
  }

  std::size_t capacity_;
  std::unique_ptr<char[]> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sallyport::agent::io
