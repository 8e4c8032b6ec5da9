// result<T>: a value or the reason why there is none. The only way the core reports failure.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "core/reason.hpp"

namespace sallyport {

/// A refusal in the making: the reason (closed list) and, for operators only, a detail that never holds a secret.
struct failure {
  reason why;
  std::string detail;

  failure(reason code) : why(code) {}  // NOLINT: a bare reason is a complete failure
  failure(reason code, std::string text) : why(code), detail(std::move(text)) {}
};

/// Either a T or a failure. Ask `ok()` first; `value()` without a value is a bug and stops the program.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT
  result(failure problem) : state_(std::in_place_index<1>, std::move(problem)) {}  // NOLINT
  result(reason why) : state_(std::in_place_index<1>, failure(why)) {}             // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *checked(std::get_if<0>(&state_)); }
  const T& value() const& { return *checked(std::get_if<0>(&state_)); }
  T&& value() && { return std::move(*checked(std::get_if<0>(&state_))); }
  T* operator->() { return checked(std::get_if<0>(&state_)); }
  const T* operator->() const { return checked(std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

  /// Precondition: !ok().
  const failure& error() const { return *checked(std::get_if<1>(&state_)); }
  /// The reason, or reason::ok when there is a value.
  reason why() const { return ok() ? reason::ok : error().why; }

 private:
  template <class P>
  static P* checked(P* pointer) {
    if (pointer == nullptr) __builtin_trap();
    return pointer;
  }

  std::variant<T, failure> state_;
};

/// Success without a value, or a failure.
template <>
class [[nodiscard]] result<void> {
 public:
  result() : problem_(reason::ok) {}
  result(failure problem) : problem_(std::move(problem)) {}  // NOLINT
  result(reason why) : problem_(why) {}                      // NOLINT

  bool ok() const { return problem_.why == reason::ok; }
  explicit operator bool() const { return ok(); }
  const failure& error() const { return problem_; }
  reason why() const { return problem_.why; }

 private:
  failure problem_;
};

}  // namespace sallyport

/// Returns the failure of `expression` from the enclosing function, or goes on.
#define SALLYPORT_TRY(expression)                                        \
  do {                                                                   \
    auto&& sallyport_try_result = (expression);                          \
    if (!sallyport_try_result.ok()) return sallyport_try_result.error(); \
  } while (false)

#define SALLYPORT_JOIN_(a, b) a##b
#define SALLYPORT_JOIN(a, b) SALLYPORT_JOIN_(a, b)

/// Declares or assigns `target` from the value of `expression`, or returns its failure from the enclosing function.
#define SALLYPORT_ASSIGN(target, expression) \
  SALLYPORT_ASSIGN_(SALLYPORT_JOIN(sallyport_assign_, __LINE__), target, expression)
#define SALLYPORT_ASSIGN_(temporary, target, expression) \
  auto temporary = (expression);                         \
  if (!temporary.ok()) return temporary.error();         \
  target = std::move(temporary).value()
