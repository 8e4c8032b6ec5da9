#include "jobs/view.hpp"

#include <doctest/doctest.h>

#include "tests/shared/jobs/world.hpp"

using namespace sallyport;
using namespace sallyport::jobs;
using encoding::json;

namespace {

std::string field(const response& of, std::string_view name) {
  for (const auto& [each, value] : of.fields) {
    if (each == name) return value;
  }
  return "";
}

json told(bool over, unix_milliseconds age = 0) {
  run one = *next(std::nullopt, make_order("1"), 1'000, 500).state;
  if (over) end(one, stopped_by(stop_cause::caller), 1'000);
  return shown(one, 1'000 + age);
}

json view(const std::string& id, const std::string& created) {
  return {{"id", id}, {"created", created}};
}

}  // namespace

TEST_CASE("a run that is not over is 202 to those who change it and 200 to those who look, with Retry-After") {
  for (const auto* what : {"run", "stop", "get"}) {
    const auto live = run_response({what, "r", 30'000}, told(false)),
               over = run_response({what, "r", 30'000}, told(true));
    CHECK(live.status == (std::string_view(what) == "get" ? 200 : 202));
    CHECK(over.status == 200);
    CHECK(field(live, "Retry-After") == "1");
    CHECK(field(over, "Retry-After").empty());
    CHECK(field(live, "Preference-Applied").empty());
    CHECK(field(over, "Preference-Applied") == "wait=30");
    CHECK(field(live, "Location") == (std::string_view(what) == "run" ? "/.sallyport/jobs/export~1" : ""));
    CHECK(field(live, "Cache-Control") == "no-store");
    CHECK(field(live, "Sallyport-Request-Id") == "r");
  }
  CHECK(field(run_response({"get", "r", 0}, told(true)), "Preference-Applied").empty());
}

TEST_CASE("Retry-After is a quarter of the age, one to thirty seconds") {
  const auto after = [](unix_milliseconds age) {
    return field(run_response({"get", "r", 0}, told(false, age)), "Retry-After");
  };
  CHECK(after(0) == "1");
  CHECK(after(4'000) == "1");
  CHECK(after(4'001) == "2");
  CHECK(after(120'000) == "30");
  CHECK(after(9'000'000) == "30");
}

TEST_CASE("a list has the newest first, 100 at most, and names jobs that could not be asked") {
  const auto short_list = list_response({"list", "r", 0}, {view("b", "1"), view("c", "2"), view("a", "1")}, {"y", "x"});
  CHECK(short_list.body == R"({"jobs_unavailable":["x","y"],"limit":100,"more":false,"runs":[{"created":"2","id":"c"},)"
                           R"({"created":"1","id":"a"},{"created":"1","id":"b"}]})"
                           "\n");
  const auto body =
      encoding::parse_json(list_response({"list", "r", 0}, std::vector<json>(101, view("a", "1")), {}).body);
  CHECK((*body)["runs"].size() == 100);
  CHECK((*body)["more"] == true);
  CHECK_FALSE(body->contains("jobs_unavailable"));
}

TEST_CASE("times are RFC 3339, in milliseconds") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(1'709'210'096'789) == "2024-02-29T12:34:56.789Z");
  CHECK(rfc3339(1'798'761'599'999) == "2026-12-31T23:59:59.999Z");
}
