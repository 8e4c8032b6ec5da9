#include "audit/record.hpp"

#include <doctest/doctest.h>

#include "encoding/json.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;

namespace {

audit::record full_record() {
  audit::record what;
  what.end = audit::end::origin;
  what.time = 1760000000123;
  what.why = reason::replay_detected;
  what.detail = "seen";
  what.id = "AAAAAAAAAAAAAAAAAAAAAA";
  what.method = "GET";
  what.host = "reports.acme.example";
  what.path = "/api/x";
  what.ip = "192.0.2.1";
  what.country = "CH";
  what.issuer = "okta";
  what.subject = "alice";
  what.kind = "user";
  what.route = "reports-read";
  what.service = "reports";
  what.policy = "digest";
  what.assertion = "jti";
  what.keyid = "ch1.nqnn";
  what.grant_kid = "edge-1";
  what.sig = "channel";
  what.clock_difference = -3;
  what.shadow = reason::policy_denied;
  return what;
}

encoding::json parsed(const std::string& line) {
  auto value = encoding::parse_json(line);
  REQUIRE(value.ok());
  return *value;
}

}  // namespace

TEST_CASE("a full record is one canonical JSON object") {
  const auto line = audit::line(full_record());
  CHECK(line == encoding::canonical_json(parsed(line)));
  CHECK(
      line ==
      R"({"assertion":"jti","clock_difference":-3,"country":"CH","decision":"deny","detail":"seen","end":"origin",)"
      R"("grant_kid":"edge-1","host":"reports.acme.example","id":"AAAAAAAAAAAAAAAAAAAAAA","ip":"192.0.2.1","issuer":"okta",)"
      R"("keyid":"ch1.nqnn","kind":"user","method":"GET","path":"/api/x","policy":"digest","reason":"replay_detected",)"
      R"("reason_number":520,"route":"reports-read","service":"reports","severity":"client",)"
      R"("shadow":"policy_denied","sig":"channel","subject":"alice","time":1760000000123,"type":"decision","v":1})");
}

TEST_CASE("an empty record has the same members as a full one") {
  const auto empty = parsed(audit::line({}));
  const auto full = parsed(audit::line(full_record()));
  REQUIRE(empty.size() == full.size());
  for (const auto& [name, value] : full.items()) CHECK(empty.contains(name));
  CHECK(empty["subject"].is_null());
  CHECK(empty["clock_difference"].is_null());
}

TEST_CASE("only reason ok is an allow") {
  audit::record what;
  for (const auto& row : all_reasons()) {
    what.why = row.code;
    CHECK((parsed(audit::line(what))["decision"] == "allow") == (row.code == reason::ok));
  }
}

TEST_CASE("text of any bytes gives one line of valid JSON") {
  for (int c = 0; c < 256; ++c) {
    const std::string raw = std::string("a") + static_cast<char>(c) + "b";
    const testing::exact_text text(raw);
    audit::record what;
    what.path = text.view();
    const auto line = audit::line(what);
    CHECK(line.find('\n') == std::string::npos);
    if (c != 0x7F) CHECK(line == encoding::canonical_json(parsed(line)));
    if (c < 0x80) CHECK(parsed(line)["path"] == raw);
  }
}

TEST_CASE("no text of a caller moves a cursor, splits a line or turns what is read") {
  for (const std::string_view text : {"\x7F", "\xC2\x85", "\xC2\x9B", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAE",
                                      "\xE2\x81\xA6", "\xD8\x9C", "\xEF\xBB\xBF", "\xF3\xA0\x81\x81"}) {
    audit::record what;
    const std::string around = "a\"" + std::string(text) + "\xC3\xA9\xFF";
    what.path = what.subject = what.host = what.detail = around;
    const auto line = audit::line(what);
    CHECK(line.find(text) == std::string::npos);
    CHECK(line.find("\\u") != std::string::npos);
    CHECK(parsed(line)["path"] == "a\"" + std::string(text) + "\xC3\xA9\xEF\xBF\xBD");
  }
}

TEST_CASE("text is cut at 2 KiB without splitting a character") {
  std::string text = "x";
  for (int i = 0; i < 2000; ++i) text += "\xC3\xA9";
  audit::record what;
  what.subject = text;
  const auto kept = parsed(audit::line(what))["subject"].get<std::string>();
  CHECK(kept.size() == 2047);
  CHECK(encoding::is_utf8(kept));
}
