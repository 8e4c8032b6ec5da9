// Mistakes in conditions as people make them who know another language, and the advice that is given: put in the place
// of what was wrong, it loads.
#include <doctest/doctest.h>

#include "policy/load/load.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;

namespace {

struct mistake {
  std::string condition;
  /// What is wrong in it, and what the advice says to write in its place.
  std::string wrong, right;
};

std::string document_allowing(const std::string& condition) {
  const encoding::json text = condition;
  return R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example",)"
         R"("signed_headers":["X-Team","User-Agent","X-Other"]}},"routes":[{"id":"r","host":"a.example","path":"/u/:id",)"
         R"("service":"app","allow":)" +
         text.dump() + "}]}";
}

void check(const mistake& row) {
  CAPTURE(row.condition);
  const auto refused = testing::load(document_allowing(row.condition));
  REQUIRE(refused.problems.size() == 1);
  CAPTURE(describe(refused.problems.front()));
  CHECK(refused.problems.front().advice.find(row.right) != std::string::npos);
  auto mended = row.condition;
  const auto at = mended.find(row.wrong);
  REQUIRE(at != std::string::npos);
  mended.replace(at, row.wrong.size(), row.right);
  CAPTURE(mended);
  const auto loaded = testing::load(document_allowing(mended));
  for (const auto& problem : loaded.problems) MESSAGE(describe(problem));
  CHECK(loaded.policy != nullptr);
}

/// Mistakes of which all is wrong.
void check_whole(std::string_view condition, std::string_view right) {
  check({std::string(condition), std::string(condition), std::string(right)});
}

}  // namespace

TEST_CASE("a comparison of a list with one of its elements is advised as a test of membership") {
  check_whole("identity.groups == 'sre'", "'sre' in identity.groups");
  check_whole("'sre' == identity.groups", "'sre' in identity.groups");
  check_whole("identity.groups != 'sre'", "!('sre' in identity.groups)");
  check_whole("identity.groups.contains('sre')", "'sre' in identity.groups");
  check_whole("identity.groups.includes('sre')", "'sre' in identity.groups");
  check_whole("identity.groups.has('sre')", "'sre' in identity.groups");
  check_whole("identity.groups.exists('sre')", "'sre' in identity.groups");
  check_whole("identity.groups in ['sre', 'dev']", "identity.groups.exists(x, x in ['sre', 'dev'])");
  check_whole("identity.groups in 'sre'", "'sre' in identity.groups");
  check_whole("identity.groups['sre']", "'sre' in identity.groups");
  check_whole("identity.groups.contains(['sre', 'dev'])", "sets.contains(identity.groups, ['sre', 'dev'])");
  check_whole("identity.groups.containsAny(['sre', 'dev'])", "sets.intersects(identity.groups, ['sre', 'dev'])");
  check_whole("contains(identity.groups, 'sre')", "'sre' in identity.groups");
  check_whole("identity.groups.startsWith('team-')", "identity.groups.exists(x, x.startsWith('team-'))");
  check_whole("identity.groups.matches('^team-')", "identity.groups.exists(x, x.matches('^team-'))");
  check_whole("startsWith(identity.groups, 'team-')", "identity.groups.exists(x, x.startsWith('team-'))");
  check_whole("request.query.tab == 'x'", "'x' in request.query.tab");
  check_whole("5 in identity.groups", "'5' in identity.groups");
  check_whole("identity.claims.roles.includes('admin')", "'admin' in identity.claims.roles");
  check_whole("sets.intersects(identity.groups, 'sre')", "sets.intersects(identity.groups, ['sre'])");
  check_whole("hasGroup('sre')", "'admins' in identity.groups");
  check({"identity.groups.some(g, g == 'sre')", "some", "exists"});
  check({"identity.groups.any(g, g == 'sre')", "any", "exists"});
  check({"identity.groups.every(g, g == 'sre')", "every", "all"});
}

TEST_CASE("functions of other languages are advised as CEL's") {
  check_whole("startsWith(identity.subject, 'x')", "identity.subject.startsWith('x')");
  check_whole("startsWith(identity.claims.ref, 'x')", "identity.claims.ref.startsWith('x')");
  check_whole("startswith(identity.subject, 'x')", "identity.subject.startsWith('x')");
  check_whole("identity.subject.startswith('x')", "identity.subject.startsWith('x')");
  check_whole("identity.subject.hasPrefix('x')", "identity.subject.startsWith('x')");
  check_whole("strings.HasPrefix(identity.subject, 'x')", "identity.subject.startsWith('x')");
  check_whole("regex.match('^x', identity.subject)", "identity.subject.matches('^x')");
  check_whole("re_match('^x', identity.subject)", "identity.subject.matches('^x')");
  check_whole("net.cidr_contains('10.0.0.0/8', request.ip)", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("inIPRange(request.ip, '10.0.0.0/8')", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("'10.0.0.0/8'.containsIP(request.ip)", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("request.ip in cidr('10.0.0.0/8')", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("request.ip == cidr('10.0.0.0/8')", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("request.ip == ip('10.0.0.1')", "ip(request.ip) == ip('10.0.0.1')");
  check_whole("cidr('10.0.0.0/8').contains(request.ip)", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("request.ip.inRange('10.0.0.0/8')", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("string.contains(identity.subject, 'x')", "identity.subject.contains('x')");
  check({"request.headers.get('x-team') == 'a'", "request.headers.get('x-team')", "request.headers['x-team']"});
  check_whole("identity.authenticated", "identity.kind != 'anonymous'");
  check({"route.tier == 'gold'", "route.tier", "route.labels.tier"});
  check_whole("request.ip.isLoopback()", "ip(request.ip).isLoopback()");
  check({"len(identity.groups) > 0", "len(identity.groups)", "size(identity.groups)"});
  check({"count(identity.groups) > 0", "count(identity.groups)", "size(identity.groups)"});
  check({"identity.groups.length > 0", "identity.groups.length", "size(identity.groups)"});
  check({"identity.groups.length() > 0", "identity.groups.length()", "size(identity.groups)"});
  check(
      {"identity.email.toLowerCase() == 'a@b.example'", "identity.email.toLowerCase()", "identity.email.lowerAscii()"});
  check({"lower(identity.email) == 'a@b.example'", "lower(identity.email)", "identity.email.lowerAscii()"});
  check_whole("identity.groups.isEmpty()", "size(identity.groups) == 0");
  check_whole("not(identity.email_verified)", "!(identity.email_verified)");
  check_whole("defined(identity.email)", "has(identity.email)");
  check_whole("exists(identity.email)", "has(identity.email)");
  check({"now() > identity.expires", "now()", "request.time"});
  check({"identity.subject.string() == '5'", "identity.subject.string()", "string(identity.subject)"});
  check_whole("string(request.asn).contains(5)", "string(request.asn).contains(string(5))");
  check_whole("request.asn.startsWith('13')", "string(request.asn).startsWith('13')");
  check_whole("identity.email.endsWith(['@a.example', '@b.example'])",
              "['@a.example', '@b.example'].exists(x, identity.email.endsWith(x))");
  check_whole("request.query.contains('debug')", "'debug' in request.query");
  check_whole("identity.claims.has('tier')", "'tier' in identity.claims");
  check({"max(request.asn, 5) == 5", "max(request.asn, 5)", "math.greatest(request.asn, 5)"});
}

TEST_CASE("has() of what is no field is advised as what asks the same") {
  check_whole("has(identity.claims['https://acme.example/tier'])", "'https://acme.example/tier' in identity.claims");
  check_whole("has(request.headers['x-team'])", "'x-team' in request.headers");
  check_whole("has(identity.claims.org-id)", "'org-id' in identity.claims");
  check_whole("has(identity.email == 'a@b.example')", "has(identity.email) && identity.email == 'a@b.example'");
  check_whole("has('sre' in identity.groups)", "'sre' in identity.groups");
  check_whole("has(identity.groups[0])", "size(identity.groups) > 0");
  check_whole("has('identity.email')", "has(identity.email)");
}

TEST_CASE("names with signs of their own are advised in brackets") {
  check({"identity.claims.org-id == 'x'", "identity.claims.org-id", "identity.claims['org-id']"});
  check({"request.headers.x-team == 'x'", "request.headers.x-team", "request.headers['x-team']"});
  check(
      {"identity.claims.cognito:groups == 'x'", "identity.claims.cognito:groups", "identity.claims['cognito:groups']"});
  check({"identity.claims.https://acme.example/tier == 'x'", "identity.claims.https://acme.example/tier",
         "identity.claims['https://acme.example/tier']"});
  check({"identity.claims.'org-id' == 'x'", "identity.claims.'org-id'", "identity.claims['org-id']"});
  check({"identity.claims[tier] == 'x'", "tier", "'tier'"});
  check({"identity.claims[email] == 'x'", "email", "'email'"});
  check({"identity['email'] == 'x'", "identity['email']", "identity.email"});
  check({"my-team in identity.groups", "my-team", "'my-team'"});
  check({"identity.email == alice@acme.example", "alice@acme.example", "'alice@acme.example'"});
  check({"sre in identity.groups", "sre", "'sre'"});
}

TEST_CASE("operators of other languages are advised as CEL's") {
  check({"request.method = 'GET'", "=", "=="});
  check({"request.method === 'GET'", "===", "=="});
  check({"request.method !== 'GET'", "!==", "!="});
  check({"request.method <> 'GET'", "<>", "!="});
  check({"request.asn =< 5", "=<", "<="});
  check({"request.asn => 5", "=>", ">="});
  check({"request.method := 'GET'", ":=", "=="});
  check({"true & false", "&", "&&"});
  check({"true | false", "|", "||"});
  check({"true and false", "and", "&&"});
  check({"true AND false", "AND", "&&"});
  check({"true or false", "or", "||"});
  check({"(true) OR false", "OR", "||"});
  check({"request.method is 'GET'", "is", "=="});
  check({"request.method eq 'GET'", " eq ", " == "});
  check({"'a' IN identity.groups", "IN", "in"});
  check({"not true", "not ", "!"});
  check({"NOT true", "NOT ", "!"});
  check({"identity.email_verified == True", "True", "true"});
  check({"True", "True", "true"});
  check({"FALSE", "FALSE", "false"});
}

TEST_CASE("operators without a word for word replacement get an example of their kind") {
  const auto says = [](std::string_view condition, std::string_view part) {
    CAPTURE(condition);
    const auto refused = testing::load(document_allowing(std::string(condition)));
    REQUIRE(refused.problems.size() == 1);
    CAPTURE(describe(refused.problems.front()));
    CHECK(refused.problems.front().advice.find(part) != std::string::npos);
  };
  says("request.path =~ '^/a'", "x.matches('^…$')");
  says("request.path ~ '^/a'", "x.matches('^…$')");
  says("request.path !~ '^/a'", "!x.matches('^…$')");
  says("request.path ~* '^/a'", "(?i)");
  says("request.path matches '^/a'", "x.matches('^…$')");
  says("request.path startsWith '/a'", "x.startsWith('…')");
  says("identity.groups contains 'sre'", "'a' in x");
  says("request.path like '/a%'", "x.matches('^…$')");
  says("'a' not in identity.groups", "!(a in b)");
  says("request.method is not 'GET'", "!=");
  says("if true then false else true", "test ? this : that");
  says("true ? false", "test ? this : that");
  says("identity.email ?? 'x'", "has(a.b) ? a.b : 'otherwise'");
  says("some g in identity.groups", "list.exists(x, x == 'a')");
  says("identity.groups[_] == 'sre'", "'a' in list");
  says("identity.groups.exists(g => g == 'sre')", "list.exists(x, x == 'a')");
  says("for g in identity.groups: g", "list.exists(x, x == 'a')");
  says("let x = 5", "cel.bind(name, value, expression)");
  says("return true", "one expression");
  says("allow { true }", "one expression without braces");
  says("!'sre' in identity.groups", "!('sre' in x)");
  says("has identity.email", "has(a.b)");
  says("identity.email exists", "has(a.b)");
  says("identity->email == 'x'", "a.b");
  says("identity.groups.0 == 'x'", "x[0]");
  says("/* comment */ true", "comments start with //");
  says("allow if true", "one expression");
  says("'x'.in(identity.groups)", "'a' in x");
  says("8 <= request.asn <= 18", "a <= b && b <= c");
  says("ip(request.ip) >= ip('10.0.0.0')", "containsIP");
  says("request.method ! = 'GET'", "!=");
  says("true;", "drop it");
  says("has('email')", "has(x.email)");
  says("# nothing\ntrue", "comments start with //");
  says("$identity.email == 'x'", "no $ in front");
  says("identity.subject == 'O'Brien'", "\\'");
  says("request.path == /^a/", "x.matches('^…$')");
  says("request.path == *.html", "x.endsWith('…')");
  says("", "true or false");
  says("true &&", "what follows '&&' is missing");
  says("(true", "close the bracket");
  says("true)", "drop it");
  says("'open", "end it with the quote");
  says("request.path == `/a`", "needs quotes");
  says("'sre', 'dev' in identity.groups", "join conditions");
  says("request.method in 'GET', 'POST'", "join conditions");
}

TEST_CASE("fields and names that are not there are advised as the nearest that are") {
  check({"'sre' in identity.group", "identity.group", "identity.groups"});
  check({"identity.repository == 'x'", "identity.repository", "identity.claims.repository"});
  check({"identity.claim.tier == 'x'", "identity.claim", "identity.claims"});
  check({"identity.emial == 'x'", "identity.emial", "identity.email"});
  check({"identity.sub == 'x'", "identity.sub", "identity.subject"});
  check({"user == 'x'", "user", "identity.subject"});
  check({"email == 'x'", "email", "identity.email"});
  check({"'sre' in groups", "groups", "identity.groups"});
  check({"claims.tier == 'x'", "claims", "identity.claims"});
  check({"jwt.tier == 'x'", "jwt", "identity.claims"});
  check({"req.method == 'GET'", "req", "request"});
  check({"method == 'GET'", "method", "request.method"});
  check({"remote_addr == '192.0.2.1'", "remote_addr", "request.ip"});
  check({"request.remote_ip == '192.0.2.1'", "request.remote_ip", "request.ip"});
  check({"request.url == '/a'", "request.url", "request.path"});
  check({"request.url.path == '/a'", "request.url.path", "request.path"});
  check({"request.user_agent == 'x'", "request.user_agent", "request.headers['user-agent']"});
  check({"request.time.hour < 18", "request.time.hour", "request.time.getHours()"});
  check({"identity.email.domain == 'a.example'", "identity.email.domain == 'a.example'",
         "identity.email.endsWith('@acme.example')"});
  check({"route.name == 'r'", "route.name", "route.id"});
  const auto refused = testing::load(document_allowing("identity.zzz == 'x'"));
  CHECK(refused.problems.front().advice.find("issuer, subject, kind, email, email_verified, groups, claims, expires") !=
        std::string::npos);
}

TEST_CASE("values of the wrong type are advised as they are written") {
  check({"request.asn == '13335'", "'13335'", "13335"});
  check({"request.params.id == 5", "5", "'5'"});
  check({"identity.email_verified == 'true'", "'true'", "true"});
  check({"request.time > '2030-01-31T00:00:00Z'", "'2030-01-31T00:00:00Z'", "timestamp('2030-01-31T00:00:00Z')"});
  check({"request.time < '2030-01-31'", "'2030-01-31'", "timestamp('2030-01-31T00:00:00Z')"});
  check({"identity.expires > 1790000000", "1790000000", "timestamp(1790000000)"});
  check_whole("request.time < 18", "request.time.getHours() < 18");
  check({"identity.expires - request.time > 300", "300", "duration('300s')"});
  check({"identity.expires - request.time > '5m'", "'5m'", "duration('5m')"});
  check_whole("identity.email == null", "!has(identity.email)");
  check_whole("identity.email != null", "has(identity.email)");
  check_whole("!identity.email", "!has(identity.email)");
  check_whole("!identity.groups", "size(identity.groups) == 0");
  check_whole("identity.email", "has(identity.email)");
  check_whole("identity.groups", "size(identity.groups) > 0");
  check({"identity.email && true", "identity.email", "has(identity.email)"});
  check_whole("identity.email in 'a@b.example'", "identity.email in ['a@b.example']");
  check_whole("'@b.example' in identity.email", "identity.email.endsWith('@b.example')");
  check_whole("'/admin/' in request.path", "request.path.contains('/admin/')");
  check_whole("request.ip in '10.0.0.0/8'", "cidr('10.0.0.0/8').containsIP(request.ip)");
  check_whole("'email' in identity", "has(identity.email)");
  check_whole("'true'", "true");
  check({"request.path + 5 == '/a5'", "5", "'5'"});
  check({"identity.email[0] == 'a'", "identity.email[0]", "identity.email.charAt(0)"});
  check_whole("request.asn", "request.asn != 0");
  check_whole("request.query.page > 5", "int(request.query.page[0]) > 5");
  check({"int(request.query.page) > 5", "int(request.query.page)", "int(request.query.page[0])"});
  check({"duration(300) > duration('1m')", "duration(300)", "duration('300s')"});
  check({"duration('5 minutes') > duration('1m')", "duration('5 minutes')", "duration('1h30m')"});
  check({"timestamp('tomorrow') > request.time", "timestamp('tomorrow')", "timestamp('2030-01-31T00:00:00Z')"});
  check_whole("identity.expires.before(request.time)", "identity.expires < request.time");
  check_whole("identity.anonymous", "identity.kind == 'anonymous'");
  check({"self.email == 'x'", "self", "identity"});
  check({"request.asn in ['13335', '5']", "['13335', '5']", "[13335, 5]"});
  check({"request.country in 'CH, DE'", "'CH, DE'", "['CH', 'DE']"});
  check({"identity.email_verified == 1", "1", "true"});
  check_whole("identity.groups.first() == 'sre'", "identity.groups.first().value() == 'sre'");
}

TEST_CASE("headers that conditions cannot read say why, and what to read") {
  check({"request.headers['X-Team'] == 'a'", "request.headers['X-Team']", "request.headers['x-team']"});
  check({"request.headers['Host'] == 'a'", "request.headers['Host']", "request.host"});
  check({"request.headers['x-forwarded-for'] == 'a'", "request.headers['x-forwarded-for']", "request.ip"});
  check({"request.headers['X-Forwarded-Host'] == 'a'", "request.headers['X-Forwarded-Host']", "request.host"});
  check({"request.headers['x-original-uri'] == 'a'", "request.headers['x-original-uri']", "request.path"});
  check(
      {"request.headers['x-auth-request-email'] == 'a'", "request.headers['x-auth-request-email']", "identity.email"});
  check({"request.headers['x-forwarded-user'] == 'a'", "request.headers['x-forwarded-user']", "identity.subject"});
  check({"request.headers.authorization == 'a'", "request.headers.authorization", "identity.claims.sub"});
  check({"request.headers['Cookie'] == 'a'", "request.headers['Cookie']", "identity.claims.sub"});
  const auto advice = [](std::string_view condition) {
    return testing::load(document_allowing(std::string(condition))).problems.front().advice;
  };
  CHECK(advice("request.headers['x-new'] == 'a'") == "add \"x-new\" to signed_headers of service app");
  CHECK(advice("request.headers['X-New'] == 'a'") ==
        "add \"x-new\" to signed_headers of service app, and write request.headers['x-new']");
}

TEST_CASE("characters that only look like those of CEL are named, with what to write") {
  const auto refused = [](std::string_view condition) {
    return describe(testing::load(document_allowing(std::string(condition))).problems.front());
  };
  CHECK(refused("\u2018sre\u2019 in identity.groups").find("U+2018 (a curly quote)") != std::string::npos);
  check({"\u2018sre' in identity.groups", "\u2018", "'"});
  check({"identity.subject ==\u00a0'a'", "\u00a0", " "});
  check({"identity\u200b.subject == 'a'", "\u200b", ""});
  check({"request.asn \u2265 5", "\u2265", ">="});
  check({"request.asn \u2260 5", "\u2260", "!="});
  check({"id\u0435ntity.subject == 'a'", "\u0435", "e"});
  CHECK(refused("request.asn \uff1e 5").find("U+FF1E (a full-width character), expected") != std::string::npos);
}
