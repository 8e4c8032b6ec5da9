// `sallyport policy explain` and `sallyport policy try` as people run them.
#include <doctest/doctest.h>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/explain_report.hpp"
#include "encoding/json.hpp"
#include "policy/cases/read.hpp"
#include "policy/load/load.hpp"
#include "tests/agent/command.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace sallyport::agent::cli;

namespace {

constexpr std::string_view policy_text =
    R"({"edge":{"issuer":"https://edge.test"},
 "issuers":{"okta":{"issuer":"https://okta.test","audiences":["a"],"kind":"user"}},
 "services":{"app":{"origin":"https://o.test","signed_headers":["x-team"]}},"routes":[
  {"id":"read","host":"a.test","path":"/api/**","methods":["GET"],"service":"app",
   "deny":"request.country == 'KP'","allow":"'finance' in identity.groups && identity.kind == 'user'"},
  {"id":"team","host":"a.test","path":"/team","service":"app","allow":"request.headers['x-team'] == 'red'"},
  {"id":"open","host":"*.test","path":"/health","service":"app","anonymous":true,"allow":"true"}]})";

constexpr std::string_view cases_text = R"({"identities": {
  "alice": {"issuer": "okta", "subject": "alice", "groups": ["finance"]},
  "bob": {"token": {"iss": "https://okta.test", "sub": "bob", "groups": ["sales"]}}}, "cases": []})";

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("explain says which route decides, what each part of its conditions is, and which part decided") {
  const scratch files;
  const auto policy = files.file("policy.jsonc", policy_text);
  files.file("policy.test.jsonc", cases_text);
  const auto got = sallyport_command(
      {"policy", "explain", policy, "GET", "https://a.test/api/q1", "--as", "bob", "--country", "DE"});
  CHECK(got.exit == exit_ok);
  CHECK(got.err == "");
  CHECK(got.out == "deny, policy_not_allowed, route read\n" + std::string(describe(reason::policy_not_allowed).advice) +
                       "\n\ncaller   bob of okta, user\nrequest  GET a.test/api/q1\n\nroutes for GET a.test/api/q1\n"
                       "  > read  a.test/api/**\n\nconditions, in the order in which they were asked\n"
                       "  deny: false\n"
                       "    request.country == 'KP'  false  <- decides\n"
                       "      request.country        'DE'\n"
                       "  allow: false\n"
                       "    ('finance' in identity.groups) && (identity.kind == 'user')  false\n"
                       "      'finance' in identity.groups                               false  <- decides\n"
                       "        identity.groups                                          ['sales']\n"
                       "      identity.kind == 'user'                                    not asked\n"
                       "        identity.kind                                            not asked\n");
}

TEST_CASE("explain takes callers by members, files and tokens, and the request by options") {
  const scratch files;
  const auto policy = files.file("policy.jsonc", policy_text);
  const auto decision = [&](std::vector<std::string> more, const std::string& input = "") {
    std::vector<std::string> words{"policy", "explain", "--json", policy};
    words.insert(words.end(), more.begin(), more.end());
    const auto got = sallyport_command(words, input);
    REQUIRE(got.exit == exit_ok);
    const auto told = encoding::parse_json(got.out);
    REQUIRE(told.ok());
    return (*told)["reason"].get<std::string>();
  };
  const std::string url = "https://a.test/api";
  CHECK(decision({url}) == "credential_missing");
  CHECK(decision({url, "--issuer", "okta", "--subject", "a", "--group", "x", "--group", "finance"}) == "ok");
  CHECK(decision({url, "--issuer", "okta", "--subject", "a", "--group", "finance", "--kind", "service"}) ==
        "policy_not_allowed");
  CHECK(decision({url, "--country", "KP", "--issuer", "okta", "--subject", "a"}) == "policy_denied");
  CHECK(decision({"POST " + url}) == "route_not_found");
  CHECK(decision({"https://a.test/team", "--issuer", "okta", "--subject", "a", "--header", "X-Team: red"}) == "ok");
  CHECK(decision({"https://a.test/team", "--issuer", "okta", "--subject", "a"}) == "policy_condition_error");
  const auto identity = files.file("who.json", R"({"issuer": "okta", "subject": "x", "groups": ["finance"]})");
  CHECK(decision({url, "--identity", identity}) == "ok");
  const auto token = unsigned_token(R"({"iss":"https://okta.test","sub":"x","groups":["finance"]})");
  CHECK(decision({url, "--token", "-"}, "Bearer " + token + "\n") == "ok");
}

TEST_CASE("what is wrong with a question is said with its place, and a token never") {
  const scratch files;
  const auto policy = files.file("policy.jsonc", policy_text);
  const std::string url = "https://a.test/api";
  auto got = sallyport_command({"policy", "explain", policy, url, "--issuer", "octa", "--subject", "x"});
  CHECK(got.exit == exit_config);
  CHECK(got.err == "sallyport: the policy has no issuer octa ($.as.issuer); did you mean okta?\n");
  got = sallyport_command({"policy", "explain", policy, url, "--as", "carol"});
  CHECK(got.exit == exit_config);
  CHECK(holds(got.err, "no identity is named carol ($.as)"));
  got = sallyport_command({"policy", "explain", policy, "nonsense"});
  CHECK(got.exit == exit_config);
  CHECK(holds(got.err, "no http or https URL with a host ($.request.url)"));
  const auto token = unsigned_token(R"({"iss":"https://okta.test","sub":"x"})");
  got = sallyport_command({"policy", "explain", policy, url, "--as", token});
  CHECK(got.exit == exit_usage);
  CHECK(holds(got.err, "--token names that"));
  CHECK(!holds(got.err + got.out, token.substr(0, 20)));
  got = sallyport_command({"policy", "explain", policy, url, "--header", "no-colon"});
  CHECK(got.exit == exit_usage);
  CHECK(sallyport_command({"policy", "explain", policy}).exit == exit_usage);
  CHECK(sallyport_command({"policy", "explain", files.path("absent"), url}).exit == exit_unavailable);
  CHECK(sallyport_command({"policy", "explain", files.file("bad.jsonc", "{}"), url}).exit == exit_config);
}

TEST_CASE("colours are for terminals, and whatever a stranger wrote is no code of theirs") {
  const auto loaded = policy::load_policy(policy_text, test_host());
  REQUIRE(loaded.policy);
  const auto read = policy::read_question(
      R"({"as": {"issuer": "okta", "subject": "\u001b[31mx"}, "request": "https://a.test/api"})", {}, *loaded.policy);
  REQUIRE(read.question);
  const auto why = policy::explain(*read.question, *loaded.policy);
  const auto plain = as_text(why, *read.question, false);
  CHECK(!holds(plain, "\033"));
  const auto coloured = as_text(why, *read.question, true);
  CHECK(holds(coloured, "\033[31mdeny\033[0m"));
  CHECK(holds(coloured, "\\u001b[31mx"));
}

TEST_CASE("try says who gets in on each route") {
  const scratch files;
  const auto policy = files.file("policy.jsonc", policy_text);
  files.file("policy.test.jsonc", cases_text);
  auto got = sallyport_command({"policy", "try", policy});
  CHECK(got.exit == exit_ok);
  CHECK(got.out ==
        "route  request                anonymous  alice  bob\n"
        "read   GET a.test/api/any-1   deny       allow  deny\n"
        "team   GET a.test/team        deny       error  error\n"
        "open   GET any-1.test/health  allow      allow  allow\n");
  got = sallyport_command({"policy", "try", policy, "https://a.test/api/x", "--as", "alice", "--as", "bob"});
  CHECK(got.out ==
        "alice  allow  route read\n"
        "bob    deny   policy_not_allowed, route read\n");
  got = sallyport_command({"policy", "try", "--json", policy});
  const auto told = encoding::parse_json(got.out);
  REQUIRE(told.ok());
  CHECK((*told)["rows"].size() == 3);
  CHECK((*told)["rows"][0]["callers"][1]["decision"] == "allow");
  CHECK((*told)["rows"][2]["route"] == "open");
}
