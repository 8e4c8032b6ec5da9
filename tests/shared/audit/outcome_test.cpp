#include "audit/outcome.hpp"

#include <doctest/doctest.h>

#include "encoding/json.hpp"

using namespace sallyport;

namespace {

audit::outcome full_outcome() {
  audit::outcome what;
  what.end = audit::end::origin;
  what.time = 1760000000123;
  what.why = reason::upstream_timeout;
  what.detail = "no head within 5 s";
  what.id = "AAAAAAAAAAAAAAAAAAAAAA";
  what.service = "reports";
  what.upstream = "127.0.0.1:3000";
  what.status = 504;
  what.how = audit::ending::cut_by_us;
  what.cache = audit::cache_use::miss;
  what.reused = false;
  what.attempts = 2;
  what.in = 0;
  what.out = 9007199254740991;
  what.first_ms = 3;
  what.ms = 5000;
  return what;
}

encoding::json parsed(const std::string& line) {
  auto value = encoding::parse_json(line);
  REQUIRE(value.ok());
  return *value;
}

}  // namespace

TEST_CASE("a full outcome is one canonical JSON object") {
  const auto line = audit::line(full_outcome());
  CHECK(line == encoding::canonical_json(parsed(line)));
  CHECK(line ==
        R"({"attempts":2,"cache":"miss","detail":"no head within 5 s","end":"origin","first_ms":3,"how":"cut_by_us",)"
        R"("id":"AAAAAAAAAAAAAAAAAAAAAA","in":0,"ms":5000,"out":9007199254740991,"reason":"upstream_timeout",)"
        R"("reused":false,"service":"reports","status":504,"time":1760000000123,"type":"outcome",)"
        R"("upstream":"127.0.0.1:3000","v":1})");
}

TEST_CASE("what is not known of an outcome is left out") {
  audit::outcome what;
  what.id = "a";
  CHECK(audit::line(what) == R"({"end":"edge","id":"a","reason":"ok","time":0,"type":"outcome","v":1})");
}

TEST_CASE("every name of an ending and of a use of the cache is read as itself, no other is read") {
  for (int i = 0; i <= static_cast<int>(audit::ending::lease); ++i) {
    const auto how = static_cast<audit::ending>(i);
    CHECK(audit::ending_named(audit::name_of(how)) == how);
  }
  for (int i = 0; i <= static_cast<int>(audit::cache_use::joined); ++i) {
    const auto use = static_cast<audit::cache_use>(i);
    CHECK(audit::cache_use_named(audit::name_of(use)) == use);
  }
  for (const auto* name : {"", "Complete", "complete ", "hit"}) CHECK_FALSE(audit::ending_named(name));
  for (const auto* name : {"", "HIT", "cached"}) CHECK_FALSE(audit::cache_use_named(name));
}

TEST_CASE("text in an outcome can neither split the line nor move a cursor") {
  audit::outcome what;
  what.detail = what.upstream = what.id = "a\n\x1b[2J\xE2\x80\xAE\xFF";
  const auto line = audit::line(what);
  CHECK(line.find_first_of("\n\x1b") == std::string::npos);
  CHECK(line.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(parsed(line)["detail"] == "a\n\x1b[2J\xE2\x80\xAE\xEF\xBF\xBD");
}
