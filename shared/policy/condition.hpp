// A compiled expression of a document, and the variables that it sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "cel/program.hpp"

namespace sallyport::policy {

/// Slots of the variables that conditions see, in the order of their declaration.
enum class variable : std::uint8_t { identity, request, route, service };
inline constexpr std::size_t variable_count = 4;

/// One compiled expression.
class condition {
 public:
  condition(std::string name, cel::program code) : name_(std::move(name)), code_(std::move(code)) {}

  /// What it is, for details: "allow", "require[0]".
  const std::string& name() const { return name_; }
  const cel::program& code() const { return code_; }

 private:
  std::string name_;
  cel::program code_;
};

}  // namespace sallyport::policy
