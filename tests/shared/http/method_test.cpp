#include "http/method.hpp"

#include <doctest/doctest.h>

using namespace sallyport;

TEST_CASE("each method is safe, idempotent or refused as RFC 9110 and the gateway have it") {
  struct row {
    std::string_view method;
    bool safe, idempotent, refused;
  };
  constexpr row rows[] = {
      {"GET", true, true, false},     {"HEAD", true, true, false},    {"OPTIONS", true, true, false},
      {"TRACE", true, true, true},    {"PUT", false, true, false},    {"DELETE", false, true, false},
      {"POST", false, false, false},  {"PATCH", false, false, false}, {"CONNECT", false, false, true},
      {"QUERY", false, false, false}, {"get", false, false, false},   {"", false, false, false},
  };
  for (const auto& [method, safe, idempotent, refused] : rows) {
    const auto& its_method = method;
    CAPTURE(its_method);
    CHECK(http::is_safe(method) == safe);
    CHECK(http::is_idempotent(method) == idempotent);
    CHECK(http::is_refused_method(method) == refused);
  }
}
