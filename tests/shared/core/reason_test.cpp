#include "core/reason.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "core/result.hpp"

using namespace sallyport;

TEST_CASE("every reason has a name of its own, a status and a source") {
  std::set<std::string_view> names;
  for (const auto& row : all_reasons()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.http_status >= 200);
    CHECK(row.http_status < 600);
    CHECK_FALSE(row.public_code.empty());
    CHECK_FALSE(row.advice.empty());
    CHECK(&describe(row.code) == &row);
  }
  CHECK(name_of(reason::ok) == "ok");
}

TEST_CASE("a reason is found by its name, and an unknown name is internal") {
  for (const auto& row : all_reasons()) CHECK(reason_named(row.name) == row.code);
  CHECK(reason_named("") == reason::internal);
  CHECK(reason_named("Token_expired") == reason::internal);
}

TEST_CASE("a refusal of the caller never answers with a success status") {
  for (const auto& row : all_reasons()) {
    if (row.severity == severity::none) continue;
    CAPTURE(row.name);
    CHECK(row.http_status >= 400);
  }
}

TEST_CASE("a result holds a value or a failure") {
  const result<int> good = 7;
  const result<int> bad = failure(reason::internal, "why");
  CHECK(good.ok());
  CHECK(*good == 7);
  CHECK(good.why() == reason::ok);
  CHECK_FALSE(bad.ok());
  CHECK(bad.why() == reason::internal);
  CHECK(bad.error().detail == "why");
}
