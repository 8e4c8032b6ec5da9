#include "policy/load/exact_literals.hpp"

#include <cstdlib>
#include <string>

#include "cel/token.hpp"
#include "encoding/json_number.hpp"

namespace sallyport::policy {
namespace {

bool is_exact(std::string_view literal) {
  constexpr double two_to_63 = 9223372036854775808.0;
  const double held = std::strtod(std::string(literal).c_str(), nullptr);
  const auto number = encoding::exact_number(literal, held);
  if (!number || held == two_to_63) return false;
  if (number->is_number_float()) return true;
  constexpr double two_to_64 = 18446744073709551616.0;
  return held < two_to_64 && static_cast<std::uint64_t>(held) == number->get<std::uint64_t>();
}

}  // namespace

bool check_literals(const node& at, std::string_view source) {
  bool all_exact = true;
  cel::lexer words(source);
  for (auto word = words.next(); word.kind != cel::token_kind::end; word = words.next()) {
    if (word.kind != cel::token_kind::real || is_exact(word.text)) continue;
    all_exact = false;
    at.refuse_inside(word.offset, reason::policy_condition_invalid,
                     "no double holds the number " + std::string(word.text) + ": it would be compared as another one",
                     "write a whole number without fraction and exponent, which is exact up to 64 bits");
  }
  return all_exact;
}

}  // namespace sallyport::policy
