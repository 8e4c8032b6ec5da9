// task<T>: a coroutine that runs when it is awaited and hands its value back; spawn() starts one that nobody awaits.
// Everything between two co_awaits of an io thread runs undisturbed by other sessions of that thread.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "agent/io/frame_pool.hpp"

namespace sallyport::agent::io {

namespace detail {

struct pooled_frame {
  static void* operator new(std::size_t size) { return frame_pool::of_this_thread().take(size); }
  static void operator delete(void* pointer, std::size_t size) {
    frame_pool::of_this_thread().give_back(pointer, size);
  }
};

struct promise_base : pooled_frame {
  std::coroutine_handle<> waiter;

  struct final_step {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
      return done.promise().waiter;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  final_step final_suspend() const noexcept { return {}; }
  // The data plane does not throw once it listens; what does is out of memory or a bug, and must not be half-handled.
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <class T>
struct promise_value : promise_base {
  std::optional<T> value;
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
};

template <>
struct promise_value<void> : promise_base {
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

/// Owns its coroutine. Await it exactly once, on the thread that made it.
template <class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type : detail::promise_value<T> {
    task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
  };

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&&) = delete;
  ~task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    frame_.promise().waiter = waiter;
    return frame_;
  }
  T await_resume() { return frame_.promise().take(); }

 private:
  explicit task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

struct detached {
  struct promise_type : pooled_frame {
    detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

inline detached run_detached(task<> work) {
  co_await work;
}

}  // namespace detail

/// Runs `work` now, up to its first wait, and on its own from then on.
inline void spawn(task<> work) {
  detail::run_detached(std::move(work));
}

}  // namespace sallyport::agent::io
