#include "core/ascii.hpp"

#include <doctest/doctest.h>

using namespace sallyport;

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view small = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view large = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool in(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

}  // namespace

TEST_CASE("each byte is in the classes that ASCII gives it, and no byte beyond is in any") {
  for (int i = 0; i < 256; ++i) {
    CAPTURE(i);
    const char c = static_cast<char>(i);
    const bool digit = in(digits, c), lower = in(small, c), upper = in(large, c);
    CHECK(ascii::is_digit(c) == digit);
    CHECK(ascii::is_lower(c) == lower);
    CHECK(ascii::is_upper(c) == upper);
    CHECK(ascii::is_letter(c) == (lower || upper));
    CHECK(ascii::is_alphanumeric(c) == (digit || lower || upper));
    CHECK(ascii::is_word(c) == (digit || lower || upper || c == '_'));
    CHECK(ascii::is_hex(c) == in("0123456789abcdefABCDEF", c));
    CHECK(ascii::to_lower(c) == (upper ? small[large.find(c)] : c));
    CHECK(ascii::to_upper(c) == (lower ? large[small.find(c)] : c));
  }
}

TEST_CASE("a hexadecimal digit has its value in either case") {
  constexpr std::string_view lower = "0123456789abcdef", upper = "0123456789ABCDEF";
  for (int i = 0; i < 16; ++i) {
    CHECK(ascii::hex_value(lower[static_cast<std::size_t>(i)]) == i);
    CHECK(ascii::hex_value(upper[static_cast<std::size_t>(i)]) == i);
  }
  for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\x80', '\0'}) CHECK(ascii::hex_value(c) == -1);
}

TEST_CASE("texts are equal but for the case of ASCII letters alone") {
  struct row {
    std::string_view a, b;
    bool equal;
  };
  constexpr row rows[] = {{"", "", true},           {"Host", "hOST", true},
                          {"a-1_Z", "A-1_z", true}, {"a", "", false},
                          {"abc", "abd", false},    {"[", "{", false},
                          {"@", "`", false},        {"\xC4", "\xE4", false},
                          {"a", "a ", false},       {"no\xC3\xA4", "NO\xC3\xA4", true}};
  for (const auto& [a, b, equal] : rows) {
    const auto& its_a = a;
    CAPTURE(its_a);
    CHECK(ascii::equal(a, b) == equal);
    CHECK(ascii::equal(b, a) == equal);
  }
  CHECK(ascii::to_lower("ÄX-Y_1") == "Äx-y_1");
}

TEST_CASE("an identifier is word characters, the first of them no digit") {
  for (const std::string_view good : {"a", "_", "A1", "_1", "snake_case", "CamelCase"})
    CHECK(ascii::is_identifier(good));
  for (const std::string_view bad : {"", "1", "1a", "a-b", "a.b", "a b", "ä", "a\n"})
    CHECK_FALSE(ascii::is_identifier(bad));
}
