#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/load.hpp"
#include "agent/config/member.hpp"
#include "agent/keys/channel_secret.hpp"
#include "encoding/base64url.hpp"
#include "gate/protocol/assertion.hpp"
#include "jose/jws.hpp"
#include "tests/agent/command.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace sallyport::agent::cli;

namespace {

std::string read(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

unsigned mode_of(const std::string& path) {
  struct stat what {};
  ::stat(path.c_str(), &what);
  return what.st_mode & 0777U;
}

}  // namespace

TEST_CASE("every command has help with an example or its exit codes") {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{},
                                                                                       {"agent"},
                                                                                       {"keys", "generate"},
                                                                                       {"keys", "channel"},
                                                                                       {"keys", "show"},
                                                                                       {"keys", "rotate"},
                                                                                       {"policy", "check"},
                                                                                       {"policy", "digest"},
                                                                                       {"policy", "test"},
                                                                                       {"policy", "explain"},
                                                                                       {"policy", "try"},
                                                                                       {"token", "inspect"},
                                                                                       {"logs"},
                                                                                       {"wake", "reset"},
                                                                                       {"healthcheck"}}) {
    auto arguments = command;
    arguments.push_back("--help");
    const auto got = sallyport_command(arguments);
    CAPTURE(got.out);
    CHECK(got.exit == exit_ok);
    CHECK(got.out.find("Exit codes: 0") != std::string::npos);
  }
}

TEST_CASE("a wrong command line exits with 2 and says what was meant") {
  CHECK(sallyport_command({}).exit == exit_usage);
  const auto typo = sallyport_command({"polcy", "check", "x"});
  CHECK(typo.exit == exit_usage);
  CHECK(typo.err.find("did you mean policy?") != std::string::npos);
  CHECK(sallyport_command({"keys", "generate", "--alg", "none"}).exit == exit_usage);
  CHECK(sallyport_command({"policy", "check"}).exit == exit_usage);
  CHECK(sallyport_command({"agent", "--no-such-option"}).exit == exit_usage);
}

TEST_CASE("version names the program, for people and for machines") {
  CHECK(sallyport_command({"version"}).out.starts_with("sallyport "));
  const auto told = encoding::parse_json(sallyport_command({"version", "--json"}).out);
  REQUIRE(told.ok());
  CHECK((*told)["name"] == "sallyport");
}

TEST_CASE("a key file is made for its owner only, never over another one, and shown without its private parts") {
  const scratch files;
  const std::string path = files.path("keys.json");
  CHECK(sallyport_command({"keys", "generate", "--out", path}).exit == exit_ok);
  CHECK(mode_of(path) == 0600);
  const std::string made = read(path);
  CHECK(sallyport_command({"keys", "generate", "--out", path}).exit == exit_unavailable);
  CHECK(read(path) == made);
  const auto shown = sallyport_command({"keys", "show", "--json", path});
  CHECK(shown.exit == exit_ok);
  CHECK(jose::parse_jwks(shown.out, test_host()).ok());
  const std::string secret = encoding::parse_json(made)->at("keys").at(0).at("d").get<std::string>();
  CHECK(shown.out.find(secret) == std::string::npos);
  CHECK(sallyport_command({"keys", "show", path}).out.find("ES256  signs") != std::string::npos);
  CHECK(sallyport_command({"keys", "show", files.path("absent")}).exit == exit_unavailable);
  CHECK(sallyport_command({"keys", "show", files.file("bad", "{}")}).exit == exit_config);
}

TEST_CASE("a channel secret is printed alone on its line, or made as a file for its owner only") {
  const auto printed = sallyport_command({"keys", "channel"});
  CHECK(printed.exit == exit_ok);
  CHECK(printed.out.size() == 44);
  CHECK(agent::keys::read_channel_secret(printed.out).ok());
  const scratch files;
  const std::string path = files.path("channel.secret");
  const auto written = sallyport_command({"keys", "channel", "--out", path});
  CHECK(written.exit == exit_ok);
  CHECK(written.err == "wrote " + path + " (mode 0600)\n");
  CHECK(mode_of(path) == 0600);
  CHECK(agent::keys::read_channel_secret(read(path)).ok());
  CHECK(sallyport_command({"keys", "channel", "--out", path}).exit == exit_unavailable);
}

TEST_CASE("a key gets no name that a signature cannot carry") {
  for (const std::string kid : {"\xFF", "caf\xC3\xA9", "a\"b", "a\\b", "a\nb"}) {
    CAPTURE(kid);
    const auto got = sallyport_command({"keys", "generate", "--kid", kid});
    CHECK(got.exit == exit_usage);
    CHECK(got.out.empty());
    CHECK(got.err.find("printable ASCII") != std::string::npos);
  }
  CHECK(sallyport_command({"keys", "generate", "--kid", "edge 2/a"}).exit == exit_ok);
  const auto channel = sallyport_command({"keys", "generate", "--kid", "ch1.x"});
  CHECK(channel.exit == exit_usage);
  CHECK(channel.err.find("cannot begin with ch1.") != std::string::npos);
}

TEST_CASE("a file may have a name that is not UTF-8") {
  const scratch files;
  const auto got = sallyport_command({"policy", "check", "--json", files.file("\xFF.jsonc", "{}")});
  CHECK(got.exit == exit_check_failed);
  CHECK(encoding::parse_json(got.out)->at("ok") == false);
}

TEST_CASE("a policy is checked as both ends would load it") {
  const scratch files;
  const std::string good = files.file("policy.jsonc", test_policy_text());
  auto got = sallyport_command({"policy", "check", good});
  CHECK(got.exit == exit_ok);
  CHECK(got.out.find("6 routes") != std::string::npos);
  CHECK(sallyport_command({"policy", "digest", good}).out == test_policy_digest() + "\n");
  CHECK(sallyport_command({"policy", "digest", "-"}, std::string(test_policy_text())).out ==
        test_policy_digest() + "\n");
  const std::string bad = files.file("bad.jsonc", "{\n  \"name\": \"x\",\n  \"rutes\": []\n}");
  got = sallyport_command({"policy", "check", bad});
  CHECK(got.exit == exit_check_failed);
  CHECK(got.err.find("bad.jsonc:3:3:") != std::string::npos);
  got = sallyport_command({"policy", "check", "--json", bad});
  const auto told = encoding::parse_json(got.out);
  REQUIRE(told.ok());
  CHECK((*told)["ok"] == false);
  CHECK((*told)["problems"].size() >= 1);
  CHECK(sallyport_command({"policy", "digest", bad}).exit == exit_config);
  CHECK(sallyport_command({"policy", "check", files.path("absent")}).exit == exit_unavailable);
}

TEST_CASE("keys that stand in the policy are shown by their issuer") {
  const scratch files;
  const std::string policy = files.file(
      "policy.jsonc",
      R"({"edge":{"issuer":"https://edge.test"},"issuers":{"idp":{"issuer":"i","audiences":["a"],"jwks":{"keys":[)"
      R"({"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}}},"routes":[]})");
  const auto got = sallyport_command({"policy", "check", policy});
  CHECK(got.exit == exit_ok);
  CHECK(got.out.find("\nissuer idp: 1 key in the policy; none are fetched\n") != std::string::npos);
  const auto told = encoding::parse_json(sallyport_command({"policy", "check", "--json", policy}).out);
  REQUIRE(told.ok());
  CHECK((*told)["static_keys"] == encoding::json{{"idp", {"k1"}}});
}

TEST_CASE("what a policy may not mean is warned of, and fails only where that is asked for") {
  const scratch files;
  const std::string text =
      R"({"edge":{"issuer":"https://edge.test"},"services":{"app":{"origin":"https://o.test"}},"routes":[
    {"id":"g","host":"a.test","path":"/admin/**","methods":["GET"],"service":"app","allow":"'x' in identity.groups"},
    {"id":"o","host":"a.test","path":"/**","service":"app","anonymous":true,"allow":"true"}]})";
  const std::string policy = files.file("policy.jsonc", text);
  auto got = sallyport_command({"policy", "check", policy});
  CHECK(got.exit == exit_ok);
  CHECK(got.out.find("2 routes") != std::string::npos);
  CHECK(got.err.find("policy.jsonc:2:5: warning: route g guards /admin/** for GET; POST, PUT, PATCH") !=
        std::string::npos);
  CHECK(sallyport_command({"policy", "check", "--strict", policy}).exit == exit_check_failed);
  got = sallyport_command({"policy", "check", "--json", policy});
  CHECK(got.exit == exit_ok);
  const auto told = encoding::parse_json(got.out);
  REQUIRE(told.ok());
  CHECK((*told)["ok"] == true);
  REQUIRE((*told)["warnings"].size() == 1);
  CHECK((*told)["warnings"][0]["rule"] == "guard-methods");
  CHECK((*told)["warnings"][0]["line"] == 2);
  CHECK((*told)["warnings"][0]["path"] == "$.routes[0]");
  const std::string quiet = files.file("quiet.jsonc", test_policy_text());
  got = sallyport_command({"policy", "check", "--strict", quiet});
  CHECK(got.exit == exit_ok);
  CHECK(got.err == "");
}

TEST_CASE("a machine gets JSON when a command fails as well") {
  const scratch files;
  const std::string absent = files.path("absent");
  const std::string keys = files.file("keys.json", edge_keys().es256_file);
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"policy", "check", "--json", absent},
           {"policy", "digest", "--json", absent},
           {"keys", "show", "--json", absent},
           {"keys", "show", "--json", files.file("bad.json", "{}")},
           {"keys", "rotate", "--json", absent, "--jwks-url", "http://127.0.0.1:9/"},
           {"keys", "rotate", "--json", keys, "--jwks-url", "http://127.0.0.1:9/"},
           {"keys", "rotate", "--json", keys, "--jwks-url", "ftp://x"},
           {"token", "inspect", "--json", "no token"},
           {"token", "inspect", "--json", "--jwks", absent, "eyJhbGciOiJFUzI1NiJ9.e30.AA"},
           {"healthcheck", "--json", "--address", "127.0.0.1:9"},
           {"healthcheck", "--json", "--address", "nowhere"},
           {"healthcheck", "--json", "--config", absent}}) {
    CAPTURE(command[0] + " " + command[1] + " " + command.back());
    const auto got = sallyport_command(command);
    CHECK(got.exit != exit_ok);
    CHECK(got.err.starts_with("sallyport: "));
    const auto told = encoding::parse_json(got.out);
    REQUIRE(told.ok());
    CHECK((*told)["ok"] == false);
    CHECK_FALSE((*told)["message"].get<std::string>().empty());
  }
}

TEST_CASE("a command whose output cannot be written has not done what was asked") {
  class : public std::streambuf {
  } full;
  const redirected out(std::cout, &full);
  std::ostringstream err;
  const redirected complaints(std::cerr, err.rdbuf());
  std::string words[] = {"sallyport", "keys", "generate"};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data()};
  CHECK(run(3, argv) == exit_unavailable);
  CHECK(err.str().find("standard output cannot be written") != std::string::npos);
}

TEST_CASE("bytes that are no text end no command") {
  const scratch files;
  CHECK(sallyport_command({"policy", "check", "--json", files.file("\xff", "{}")}).exit == exit_check_failed);
  CHECK(sallyport_command({"keys", "generate", "--kid", "\xff"}).exit == exit_usage);
  CHECK(sallyport_command({"keys", "generate", "--kid", std::string(257, 'k')}).exit == exit_usage);
  const app other(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe"));
  const auto got =
      sallyport_command({"healthcheck", "--json", "--address", "127.0.0.1:" + std::to_string(other.port())});
  CHECK(got.exit == exit_ok);
  CHECK(encoding::parse_json(got.out).ok());
}

TEST_CASE("a rotation says by its exit code whether to wait, and what to mend otherwise") {
  const scratch files;
  const std::string path = files.file("keys.json", edge_keys().es256_file);
  const auto rotate = [](const std::string& file, const std::string& url) {
    return sallyport_command({"keys", "rotate", file, "--jwks-url", url});
  };
  const app edge(always(ok_answer(edge_keys().jwks)));
  const std::string url = "http://127.0.0.1:" + std::to_string(edge.port()) + "/jwks.json";
  const auto absent = rotate(files.path("absent"), url);
  CHECK(absent.exit == exit_unavailable);
  CHECK(absent.err.find(files.path("absent")) != std::string::npos);
  CHECK(rotate(path, "http://127.0.0.1:9/").exit == exit_unavailable);
  CHECK(rotate(path, "http://edge.test/").exit == exit_usage);
  CHECK(rotate(files.file("bad.json", "{"), url).exit == exit_config);
  CHECK(rotate(path, url).exit == exit_ok);
  // The edge does not have what the first step added.
  CHECK(rotate(path, url).exit == exit_check_failed);
  CHECK(mode_of(path) == 0600);
}

TEST_CASE("healthcheck does not ask the default address when the configured one cannot be told") {
  const scratch files;
  CHECK(sallyport_command({"healthcheck", "--config", files.path("absent")}).exit == exit_config);
  const auto got =
      sallyport_command({"healthcheck", "--config", files.file("bad.jsonc", R"({"admin": {"listen": "here"}})")});
  CHECK(got.exit == exit_config);
  CHECK(got.err.find("admin.listen") != std::string::npos);
}

TEST_CASE("healthcheck asks the running agent") {
  stage s(always(ok_answer("hello")));
  const std::string address = "127.0.0.1:" + std::to_string(s.agent().admin_port());
  CHECK(sallyport_command({"healthcheck", "--address", address}).exit == exit_ok);
  CHECK(sallyport_command({"healthcheck", "--live", "--address", address}).exit == exit_ok);
  s.agent().stop();
  const auto got = sallyport_command({"healthcheck", "--address", address});
  CHECK(got.exit == exit_check_failed);
  CHECK(got.err.find("shutting_down") != std::string::npos);
  s.audit();
  CHECK(sallyport_command({"healthcheck", "--address", address}).exit == exit_unavailable);
  CHECK(sallyport_command({"healthcheck", "--address", "nowhere"}).exit == exit_usage);
}

TEST_CASE("agent --check validates all that a start would, and prints what holds") {
  const scratch files;
  const std::string policy = files.file("policy.jsonc", test_policy_text());
  const std::string jwks = files.file("jwks.json", edge_keys().jwks);
  const auto config = [&](std::string_view more) {
    return files.file(
        "agent.jsonc",
        "{ // a comment\n \"service\": \"es\", \"policy\": { \"file\": \"policy.jsonc\" }" + std::string(more) + "}");
  };
  auto got = sallyport_command({"agent", "--check", "--config", config("")});
  CHECK(got.exit == exit_ok);
  CHECK(got.out.find("\"file\": \"" + policy + "\"") != std::string::npos);
  got = sallyport_command({"agent", "--check", "--config", config(", \"servise\": 1")});
  CHECK(got.exit == exit_config);
  CHECK(got.err.find("agent.jsonc:2:57: servise: there is no such member. Did you mean service?") != std::string::npos);
  got = sallyport_command({"agent", "--check", "--config", config(", \"edge\": { \"jwks_file\": \"policy.jsonc\" }")});
  CHECK(got.exit == exit_config);
  CHECK(got.err.find(policy) != std::string::npos);
  for (const char* output : {"absent/audit.jsonl", "."}) {
    CAPTURE(output);
    got = sallyport_command(
        {"agent", "--check", "--config", config(", \"audit\": { \"output\": \"" + std::string(output) + "\" }")});
    CHECK(got.exit == exit_config);
    CHECK(got.err.find("audit.output: ") != std::string::npos);
  }
  CHECK(sallyport_command({"agent", "--check", "--config", config(R"(, "audit": { "output": "audit.jsonl" })")}).exit ==
        exit_ok);
  CHECK(mode_of(files.path("audit.jsonl")) == 0);
  files.file("agent.jsonc", R"({ "service": "nobody", "policy": { "file": "policy.jsonc" } })");
  got = sallyport_command({"agent", "--check", "--config", files.path("agent.jsonc")});
  CHECK(got.exit == exit_config);
  CHECK(got.err.find("no service nobody") != std::string::npos);
  files.file("agent.jsonc", R"({ "service": "mac", "policy": { "file": "policy.jsonc" } })");
  got = sallyport_command({"agent", "--check", "--config", files.path("agent.jsonc")});
  CHECK(got.exit == exit_config);
  CHECK(got.err.find("signing_key_missing") != std::string::npos);
  files.file("policy.jsonc", "{\n \"name\": 1 }");
  got = sallyport_command({"agent", "--config", config("")});
  CHECK(got.exit == exit_config);
  CHECK(got.err.find("policy.jsonc:2:") != std::string::npos);
  CHECK(sallyport_command({"agent", "--config", files.path("absent")}).exit == exit_config);
}

TEST_CASE("the reference in the documentation has every member as the program has it") {
  const std::string page = read(SALLYPORT_SOURCE_DIR "/docs/reference/agent.md");
  REQUIRE_FALSE(page.empty());
  CHECK(page.find(agent::config::reference()) != std::string::npos);
}
