// Who is told how a decision comes about: which conditions it asks, in which order, and what each says.
#pragma once

#include <optional>
#include <string>

#include "cel/observer.hpp"
#include "policy/condition.hpp"

namespace sallyport::policy {

class decision_observer {
 public:
  /// `what` is asked next. What is given is told of its parts; null: nobody is.
  virtual cel::observer* asks(const condition& what) = 0;
  /// What it says; nothing: it ends in an error, or in neither true nor false, and `error` says why.
  virtual void said(const condition& what, std::optional<bool> answer, const std::string& error) = 0;
  /// The real decision is made, and the shadow's begins. What is given is told of it; null: nobody is.
  virtual decision_observer* shadow() { return nullptr; }

 protected:
  ~decision_observer() = default;
};

}  // namespace sallyport::policy
