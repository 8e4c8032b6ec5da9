#include "document/suggest.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using sallyport::testing::exact_text;

TEST_CASE("what is closest is at most two edits away, fewer for short words") {
  constexpr std::string_view names[] = {"service", "services", "origin", "host", "id"};
  struct row {
    std::string_view text, closest;
  };
  constexpr row rows[] = {
      {"service", "service"},
      {"servcie", "service"},
      {"Servicess", "services"},
      {"srvce", ""},
      {"orign", "origin"},
      {"oirgin", "origin"},
      {"orixyn", "origin"},
      {"oxixyn", ""},
      {"hosts", "host"},
      {"HOST", "host"},
      {"hsot", "host"},
      {"hxxt", ""},
      {"ix", ""},
      {"id", "id"},
      {"di", ""},
      {"", ""},
      {"completely else", ""},
  };
  for (const auto& [text, closest] : rows) {
    const auto& its_text = text;
    CAPTURE(its_text);
    CHECK(document::closest(exact_text(text).view(), names) == closest);
  }
  CHECK(document::closest(std::string(65, 'a'), {}).empty());
}

TEST_CASE("a suggestion names the closest one, or all") {
  constexpr std::string_view names[] = {"allow", "deny"};
  CHECK(document::suggestion("alow", names) == "did you mean allow?");
  CHECK(document::suggestion("permit", names) == "expected one of allow, deny");
  CHECK(document::suggestion("permit", {}).empty());
}
