#include "policy/job_input.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "regex/regex.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

job make_job() {
  job out;
  out.name = "export";
  job_input month;
  month.name = "MONTH";
  month.pattern = "20[0-9]{2}-[0-9]{2}";
  month.accepts = std::make_shared<const regex::pattern>(*regex::pattern::compile("\\A(?:20[0-9]{2}-[0-9]{2})\\z"));
  job_input format;
  format.name = "FORMAT";
  format.required = false;
  format.default_value = "csv";
  job_input note;
  note.name = "NOTE";
  note.required = false;
  note.max_length = 8192;
  out.input = {month, format, note};
  return out;
}

std::string refusal(std::string_view body) {
  const auto read = read_job_input(make_job(), body);
  if (read.ok()) return "ok";
  return std::string(name_of(read.why())) + ": " + read.error().detail;
}

}  // namespace

TEST_CASE("inputs come out in the document's order, defaults filled in") {
  const auto read = read_job_input(make_job(), R"({"MONTH":"2026-01"})");
  REQUIRE(read.ok());
  CHECK(*read == job_environment{{"MONTH", "2026-01"}, {"FORMAT", "csv"}});
}

TEST_CASE("an input that does not fit is named, its value is not") {
  CHECK(refusal("") == "job_input_invalid: input \"MONTH\" is missing");
  CHECK(refusal(R"({"MONTH":"2026-01; rm -rf"})") ==
        "job_input_invalid: input \"MONTH\" does not match 20[0-9]{2}-[0-9]{2}");
  CHECK(refusal(R"({"MONTH":"2026-01\n"})") == "job_input_invalid: input \"MONTH\" does not match 20[0-9]{2}-[0-9]{2}");
  CHECK(refusal(R"({"MONTH":202601})") == "job_input_invalid: input \"MONTH\" is not text");
  CHECK(refusal(R"({"MONTH":"2026-01","PATH":"/tmp"})") ==
        "job_input_invalid: input \"PATH\" is not declared by job export");
  CHECK(refusal(R"({"MONTH":"2026-01","NOTE":"a\u0000b"})") == "job_input_invalid: input \"NOTE\" holds a NUL");
  CHECK(refusal("[]") == "job_input_invalid: the inputs are not a JSON object");
  CHECK(refusal(R"({"MONTH":"2026-01","MONTH":"2026-02"})").starts_with("json_duplicate_member"));
}

TEST_CASE("all inputs together stay within what RunTask takes") {
  const auto with_note = [](std::size_t length) {
    return R"({"MONTH":"2026-01","NOTE":")" + std::string(length, 'n') + "\"}";
  };
  CHECK(refusal(with_note(7000)) == "ok");
  CHECK(refusal(with_note(8100)).starts_with("job_input_invalid: the inputs together"));
}
