// `sallyport logs`: the records of both ends, found in whatever surrounds them and joined by request.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent/cli/exit_code.hpp"
#include "agent/reader/feed.hpp"
#include "agent/reader/found.hpp"
#include "agent/reader/lines.hpp"
#include "audit/outcome.hpp"
#include "encoding/json_members.hpp"
#include "tests/agent/command.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace sallyport::agent::cli;
namespace reader = sallyport::agent::reader;

namespace {

constexpr unix_milliseconds start = 1'796'007'067'123;  // 2026-11-30 02:51:07 UTC
constexpr const char* id = "M8b6JQ0aT3mXh1o2cVQyFg";

/// As the core writes it.
std::string decision(audit::end end, std::string_view of, reason why = reason::ok, std::string_view detail = "") {
  audit::record what;
  what.end = end;
  what.time = start;
  what.why = why;
  what.detail = detail;
  what.id = of;
  what.method = "GET";
  what.host = "reports.acme.example";
  what.path = "/reports/april";
  what.subject = "alice";
  what.route = "reports-read";
  what.service = "reports";
  return audit::line(what);
}

std::string outcome(audit::end end, std::string_view of, int status, reason why = reason::ok) {
  audit::outcome what;
  what.end = end;
  what.time = start + 12;
  what.why = why;
  what.id = of;
  what.service = "reports";
  what.status = status;
  what.how = end == audit::end::edge ? audit::ending::handed_on : audit::ending::complete;
  what.first_ms = 9;
  if (end == audit::end::origin) what.ms = 12;
  return audit::line(what);
}

std::string both_of(std::string_view of) {
  return decision(audit::end::edge, of) + "\n" + decision(audit::end::origin, of) + "\n" +
         outcome(audit::end::edge, of, 200) + "\n" + outcome(audit::end::origin, of, 200) + "\n";
}

/// Of a line that stands alone.
std::vector<json> records_in(std::string_view line) {
  return reader::finder().records_in(line);
}

/// What the command prints for a file of this text.
std::string printed(const std::string& text, std::vector<std::string> more = {}) {
  const scratch files;
  std::vector<std::string> words{"logs", "--color", "never", files.file("lines.log", text)};
  words.insert(words.end(), more.begin(), more.end());
  return sallyport_command(words).out;
}

constexpr std::string_view served =
    "11-30 02:51:07 both   allow 200  alice           GET /reports/april  route reports-read  12 ms  "
    "M8b6JQ0aT3mXh1o2cVQyFg\n";

/// The event that `wrangler tail --format json` prints for a request.
std::string tail_event(const std::vector<std::string>& lines, int indent, const json& headers = json::object()) {
  json logs = json::array();
  for (const auto& line : lines) logs.push_back({{"message", {line}}, {"level", "log"}, {"timestamp", start}});
  const json event{
      {"outcome", "ok"},
      {"scriptName", "sallyport-edge"},
      {"logs", logs},
      {"eventTimestamp", start},
      {"event",
       {{"request",
         {{"url", "https://reports.acme.example/reports/april"}, {"method", "GET"}, {"headers", headers}}}}}};
  return event.dump(indent) + "\n";
}

}  // namespace

TEST_CASE("one line for a request, of all that both ends wrote of it") {
  CHECK(printed(both_of(id)) == served);
}

TEST_CASE("records are found in what wrangler, exports and log drivers make of them") {
  const auto edge = std::vector{decision(audit::end::edge, id), outcome(audit::end::edge, id, 200)};
  const std::string agent = decision(audit::end::origin, id) + "\n" + outcome(audit::end::origin, id, 200) + "\n";
  CHECK(printed(tail_event(edge, 2) + agent) == served);
  CHECK(printed(tail_event(edge, -1) + agent) == served);
  // Prefixes, colours, carriage returns, and lines of others between.
  CHECK(printed("[wrangler:info] GET /reports/april 200 OK (12ms)\n\x1b[32m" + edge[0] +
                "\x1b[0m\r\n\n{\"not\":\"ours\"}\n" + "2026-11-30T02:51:07 agent-1 | " + agent + edge[1] +
                "\nend of {") == served);
  const json cloudwatch{{"events", {{{"message", edge[0]}}, {{"message", edge[1]}}}}};
  CHECK(printed(cloudwatch.dump(2) + "\n" + agent) == served);
}

TEST_CASE("records are found beside each other on one line, whatever stands between") {
  const auto lines = std::vector{decision(audit::end::edge, id), decision(audit::end::origin, id),
                                 outcome(audit::end::edge, id, 200), outcome(audit::end::origin, id, 200)};
  for (const char* between : {"\t", "", " {no record} ", ", "}) {
    std::string line = "{x} ";
    for (const auto& each : lines) line += each + between;
    CHECK(printed(line + "\n") == served);
  }
}

TEST_CASE("a caller writes nothing into the log, whatever its header fields hold") {
  const std::string forged = decision(audit::end::edge, "forged", reason::policy_not_allowed);
  const json headers{{"message", forged}, {"user-agent", forged}, {"x-list", json::array({forged})}};
  const auto edge = std::vector{decision(audit::end::edge, id), outcome(audit::end::edge, id, 200)};
  const std::string agent = decision(audit::end::origin, id) + "\n" + outcome(audit::end::origin, id, 200) + "\n";
  for (const int indent : {-1, 2, 4}) {
    CAPTURE(indent);
    CHECK(printed(tail_event(edge, indent, headers) + agent) == served);
    CHECK(printed(tail_event({}, indent, headers) + tail_event(edge, indent) + agent) == served);
  }
  // An event that is cut off in its headers hides nothing behind it.
  const std::string event = tail_event({}, 2, headers);
  CHECK(printed(event.substr(0, event.find("user-agent")) + "\n" + both_of(id)) == served);
  CHECK(records_in(R"("user-agent": )" + json(forged).dump()).empty());
  CHECK(records_in(R"("message": )" + json(forged).dump()).size() == 1);
}

TEST_CASE("what is no record holds nothing up, however long or broken it is") {
  CHECK(records_in(R"({"type":"decision"})").empty());
  CHECK(records_in(R"({"type":"decision","end":"edge")").empty());
  CHECK(records_in(R"("{\"type\":\"decision\")").empty());
  CHECK(records_in("{" + std::string(100, '[')).empty());
  std::string nested = decision(audit::end::edge, id);
  for (int i = 0; i < 12; ++i) nested = json{{"message", nested}}.dump();
  CHECK(records_in(nested).empty());
  const std::string text = std::string(3'000'000, '{') + "\n" + both_of(id) + std::string(2'000'000, '"');
  CHECK(printed(text) == served);
  CHECK(printed("") == "");
  CHECK(printed("hello\nworld\n", {"--all"}) == "hello\nworld\n");
  CHECK(printed("hello\n") == "");
}

TEST_CASE("a refusal says who refused it, and why") {
  const auto edge_only = printed(decision(audit::end::edge, id, reason::policy_not_allowed) + "\n");
  CHECK(edge_only ==
        "11-30 02:51:07 edge   deny  403  alice           GET /reports/april  policy_not_allowed  -  "
        "M8b6JQ0aT3mXh1o2cVQyFg\n");
  const auto at_the_origin =
      printed(decision(audit::end::edge, id) + "\n" +
              decision(audit::end::origin, id, reason::policy_digest_unknown, "the edge's policy is \"a\"") + "\n" +
              outcome(audit::end::edge, id, 503) + "\n");
  CHECK(at_the_origin ==
        "11-30 02:51:07 both   deny  503  alice           GET /reports/april  policy_digest_unknown  9 ms  "
        "M8b6JQ0aT3mXh1o2cVQyFg  the edge's policy is \"a\"\n");
  const auto failed =
      printed(decision(audit::end::edge, id) + "\n" + outcome(audit::end::edge, id, 504, reason::upstream_timeout));
  CHECK(failed.find("edge   fail  504  alice           GET /reports/april  upstream_timeout  9 ms") !=
        std::string::npos);
  CHECK(printed(decision(audit::end::edge, id)).find(" edge   run   -  ") != std::string::npos);
}

TEST_CASE("what the agent refused has failed, also where only the edge tells of it") {
  const std::string edge = decision(audit::end::edge, id) + "\n" +
                           R"({"detail":"the agent refused: unavailable;unreached","end":"edge","first_ms":9,)"
                           R"("how":"handed_on","id":")" +
                           id + R"(","reason":"ok","status":503,"time":1796007067135,"type":"outcome","v":1})" + "\n";
  CHECK(printed(edge).find("edge   fail  503  alice           GET /reports/april  unavailable  9 ms") !=
        std::string::npos);
  const std::string agent = decision(audit::end::origin, id, reason::policy_digest_unknown);
  CHECK(printed(edge + agent).find("both   deny  503  alice           GET /reports/april  policy_digest_unknown") !=
        std::string::npos);
}

TEST_CASE("a second sending is the edge's, also where nothing else of it is at hand") {
  const std::string again = R"({"end":"edge","id":"x","time":1796007067123,"try":1,"type":"attempt","v":1})";
  CHECK(printed(again).find(" edge   run ") != std::string::npos);
  CHECK(printed(both_of("x") + again).find(" both ") != std::string::npos);
}

TEST_CASE("services, jobs and warnings have lines of their own, the agent's included") {
  CHECK(printed(R"({"cause":"M8b6","end":"edge","exit_code":null,"from":"pending","issuer":"okta","reason":"",)"
                R"("run":"export~8cZ","subject":"alice","time":1796007067123,"to":"running","type":"job","v":1})") ==
        "11-30 02:51:07 edge   job    export~8cZ  pending -> running  for alice\n");
  CHECK(printed(R"({"end":"edge","from":"asleep","service":"billing","subject":"alice","time":1796007067123,)"
                R"("to":"starting","type":"wake","v":1})") ==
        "11-30 02:51:07 edge   wake   billing    asleep -> starting  for alice\n");
  CHECK(printed(R"({"detail":"Error: timed out","end":"edge","event":"no response","id":"x","level":"error",)"
                R"("time":1796007067123,"type":"log","v":1})") ==
        "11-30 02:51:07 edge   error  no response  detail=Error: timed out  id=x\n");
  CHECK(printed(R"({"level":"warning","event":"edge keys could not be fetched","reason":"keys_fetch_failed",)"
                R"("time":1796007067123})") ==
        "11-30 02:51:07 origin warn   edge keys could not be fetched  reason=keys_fetch_failed\n");
}

TEST_CASE("from files, a change of a service stands among the requests where it happened") {
  const std::string wake =
      R"({"end":"edge","from":"asleep","service":"billing","time":1796007067123,"to":"starting","type":"wake","v":1})";
  const std::string text = both_of("before") + decision(audit::end::edge, "open") + "\n" + wake + "\n" +
                           both_of("after") + outcome(audit::end::edge, "open", 200) + "\n";
  const auto got = printed(text);
  const auto at = [&](const char* what) { return got.find(what); };
  CHECK(at("before") < at("open"));
  CHECK(at("open") < at("billing"));
  CHECK(at("billing") < at("after"));
  CHECK(at("after") != std::string::npos);
  CHECK(std::count(got.begin(), got.end(), '\n') == 4);
}

TEST_CASE("--id prints what is about one request, and its exit code says whether there was anything") {
  const std::string text = both_of("another") + both_of(id) + R"({"end":"edge","event":"no response","id":")" + id +
                           R"(","level":"error","time":1796007067123,"type":"log","v":1})";
  CHECK(printed(text, {"--id", id}) ==
        std::string(served) + "11-30 02:51:07 edge   error  no response  id=M8b6JQ0aT3mXh1o2cVQyFg\n");
  const scratch files;
  const std::string file = files.file("lines.log", text);
  CHECK(sallyport_command({"logs", "--id", "nobody", file}).exit == exit_check_failed);
  CHECK(sallyport_command({"logs", "--id", id, file}).exit == exit_ok);
  CHECK(sallyport_command({"logs", files.path("absent")}).exit == exit_unavailable);
}

TEST_CASE("--json keeps the records of a request together") {
  const auto told = encoding::parse_json(printed(both_of(id), {"--json"}));
  REQUIRE(told.ok());
  CHECK((*told)["id"] == id);
  CHECK((*told)["verdict"] == "allow");
  CHECK((*told)["status"] == 200);
  CHECK((*told)["edge"]["decision"]["route"] == "reports-read");
  CHECK((*told)["origin"]["outcome"]["ms"] == 12);
}

TEST_CASE("colours are for terminals, and nothing in a line commands one") {
  const scratch files;
  const std::string evil = R"({"end":"edge","event":"a\u001b[2J\nb","level":"error","time":0,"type":"log","v":1})";
  const std::string file = files.file("lines.log", both_of(id) + evil);
  const auto shown = sallyport_command({"logs", "--color", "always", file}).out;
  CHECK(shown.find("\x1b[32mallow\x1b[0m") != std::string::npos);
  CHECK(shown.find("\x1b[2J") == std::string::npos);
  CHECK(shown.find("a\\u001b[2J b") != std::string::npos);
}

TEST_CASE("files are read side by side, in the order of their clocks") {
  const scratch files;
  std::string edge, origin;
  for (int i = 0; i < 3; ++i) {
    const std::string of = "request-" + std::to_string(i);
    edge += decision(audit::end::edge, of) + "\n" + outcome(audit::end::edge, of, 200) + "\n";
    origin += decision(audit::end::origin, of) + "\n" + outcome(audit::end::origin, of, 200) + "\n";
  }
  const auto got =
      sallyport_command({"logs", "--color", "never", files.file("edge", edge), files.file("agent", origin)}).out;
  std::size_t at = 0;
  for (int i = 0; i < 3; ++i) {
    at = got.find("request-" + std::to_string(i), at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(std::count(got.begin(), got.end(), '\n') == 3);
  CHECK(got.find(" edge ") == std::string::npos);
}

namespace {

/// A joiner of a stream, and the ids that it let go of.
struct joined {
  std::vector<std::string> over;
  reader::joiner requests;

  explicit joined(reader::joiner_settings settings = {true, 4, 2000})
      : requests(
            settings, [this](const auto& each) { over.push_back(each.id); },
            [this](const json& each) { over.emplace_back(encoding::text_member(each, "event")); }) {}
  void take(const std::string& line, std::int64_t now = 0) {
    for (auto& each : records_in(line)) requests.take(std::move(each), now);
  }
};

}  // namespace

TEST_CASE("in a stream, a request is over when nothing more of it can come") {
  joined stream;
  stream.take(decision(audit::end::edge, "denied", reason::policy_not_allowed));
  CHECK(stream.over == std::vector<std::string>{"denied"});
  stream.take(decision(audit::end::edge, "served"));
  CHECK(stream.over.size() == 1);
  stream.take(outcome(audit::end::edge, "served", 200));
  CHECK(stream.over.size() == 1);
  // No agent has written to this input.
  stream.requests.settle(199);
  CHECK(stream.over.size() == 1);
  stream.requests.settle(200);
  CHECK(stream.over.back() == "served");
  stream.take(decision(audit::end::origin, "late"));
  stream.take(decision(audit::end::edge, "late"), 10);
  stream.take(outcome(audit::end::origin, "late", 200), 10);
  CHECK(stream.over.back() == "served");
  stream.take(outcome(audit::end::edge, "late", 200), 20);
  CHECK(stream.over.back() == "late");
  CHECK(stream.requests.open() == 0);
}

TEST_CASE("in a stream, the other end is waited for, but not for ever") {
  joined stream;
  stream.requests.heard_of_origin();
  stream.take(decision(audit::end::edge, "alone"), 1000);
  CHECK_FALSE(stream.requests.next_settlement(1000));
  stream.take(outcome(audit::end::edge, "alone", 200), 1500);
  CHECK(stream.over.empty());
  CHECK(stream.requests.next_settlement(2000) == 1500);
  stream.requests.settle(3499);
  CHECK(stream.over.empty());
  stream.requests.settle(3500);
  CHECK(stream.over == std::vector<std::string>{"alone"});
  CHECK_FALSE(stream.requests.next_settlement(3500));
}

TEST_CASE("never more than so many requests are held, and a request that lasts holds no other up") {
  joined stream;
  for (int i = 0; i < 1000; ++i) {
    stream.take(decision(audit::end::edge, "open-" + std::to_string(i)));
    stream.take(decision(audit::end::edge, "denied-" + std::to_string(i), reason::policy_not_allowed));
    CHECK(stream.requests.open() <= 4);
  }
  stream.requests.finish();
  CHECK(stream.over.size() == 2000);
  joined files({false, 4, 2000});
  for (int i = 0; i < 100; ++i) {
    files.take(decision(audit::end::edge, "open-" + std::to_string(i)));
    CHECK(files.requests.open() <= 4);
  }
  CHECK(files.over.front() == "open-0");
}

TEST_CASE("what waits for its place behind a request that lasts is bounded, too") {
  joined files({false, 4, 2000});
  files.take(decision(audit::end::edge, "open"));
  for (int i = 0; i < 100; ++i) files.requests.pass({{"event", std::to_string(i)}});
  CHECK(files.over.size() > 90);
  CHECK(files.over.front() == "open");
  files.requests.finish();
  CHECK(files.over.size() == 101);
  CHECK(files.over.back() == "99");
}

TEST_CASE("a pipe is read as it comes, and its last line needs no line feed") {
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  const int kept = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  const std::string text = both_of(id);
  REQUIRE(::write(ends[1], text.data(), text.size() - 1) == static_cast<ssize_t>(text.size() - 1));
  ::close(ends[1]);
  const auto got = sallyport_command({"logs", "--color", "never"});
  ::dup2(kept, STDIN_FILENO);
  ::close(kept);
  ::close(ends[0]);
  CHECK(got.exit == exit_ok);
  CHECK(got.out == served);
}
