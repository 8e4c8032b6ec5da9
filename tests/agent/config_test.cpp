#include <doctest/doctest.h>

#include <filesystem>

#include "agent/config/file.hpp"
#include "agent/config/load.hpp"
#include "agent/config/member.hpp"
#include "tests/agent/stage.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::agent::config;
using sallyport::testing::scratch;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view smallest = R"({ "service": "reports", "policy": { "file": "policy.jsonc" } })";

load_result load_json(std::string_view text, const environment& variables = {}) {
  const sallyport::testing::exact_text exact(text);
  return load_text("/etc/sallyport/agent.jsonc", exact.view(), variables);
}

std::string only_problem(const load_result& loaded) {
  if (loaded.problems.size() != 1) return "(" + std::to_string(loaded.problems.size()) + " problems)";
  return describe(loaded.problems.front());
}

}  // namespace

TEST_CASE("a file of secrets that others can read or write is refused") {
  scratch files;
  const std::string path = files.file("secret", "s");
  struct sample {
    unsigned mode;
    bool fine;
  };
  for (const sample& each : {sample{0600, true}, sample{0400, true}, sample{0640, true}, sample{0440, true},
                             sample{0644, false}, sample{0604, false}, sample{0602, false}, sample{0601, false},
                             sample{0660, false}, sample{0620, false}, sample{0666, false}, sample{0777, false}}) {
    CAPTURE(each.mode);
    std::filesystem::permissions(path, std::filesystem::perms(each.mode));
    CHECK(read_secret_file(path, 10).ok() == each.fine);
    CHECK(read_file(path, 10).ok());
    CHECK(anyone_may_write(path) == ((each.mode & 2U) != 0));
  }
}

TEST_CASE("words are one of those that the member lists") {
  const auto read = [](std::string_view word) {
    return load_text(
        "", "{\"service\":\"s\",\"policy\":{\"file\":\"p\"},\"upstream\":{\"reuse\":\"" + std::string(word) + "\"}}",
        {});
  };
  CHECK(read("safe").values.upstream.reuse == reuse::safe);
  CHECK(read("same_subject").values.upstream.reuse == reuse::same_subject);
  CHECK(read("never").values.upstream.reuse == reuse::never);
  const auto wrong = read("always");
  REQUIRE(wrong.problems.size() == 1);
  CHECK(wrong.problems.front().advice == "Write a word (safe, same_subject or never).");
}

TEST_CASE("two members are enough, and paths in the file are relative to it") {
  const auto loaded = load_json(smallest);
  CHECK(loaded.problems.empty());
  CHECK(loaded.warnings.empty());
  CHECK(loaded.values.service == "reports");
  CHECK(loaded.values.policy.file == "/etc/sallyport/policy.jsonc");
  CHECK(loaded.values.audit_output == "stdout");
  CHECK(loaded.values.admin_listen.host == "127.0.0.1");
}

TEST_CASE("every member can be set in a file and by the environment, and the environment wins") {
  const settings defaults;
  for (const member& each : all_members()) {
    CAPTURE(each.path);
    const std::string name = environment_name(each);
    CHECK(name.starts_with("SALLYPORT_"));
    const std::string value = each.kind == kind::count             ? "17"
                              : each.kind == kind::size            ? "2KiB"
                              : each.kind == kind::address         ? "127.0.0.1:4711"
                              : each.path == "skew"                ? "7s"
                              : each.path == "policy.previous_for" ? "7m"
                              : each.kind == kind::duration        ? "7ms"
                              : each.path == "edge.jwks_url"       ? "https://edge.test/keys"
                              : each.path == "upstream.reuse"      ? "never"
                              : each.path == "upstream.ready"      ? "GET /healthz"
                              : each.path == "core_dumps"          ? "on"
                                                                   : "/some/where";
    if (each.path == "timeouts.linger" || each.path == "audit.output") continue;
    settings changed;
    CHECK(each.set(changed, value));
    CHECK(each.show(changed) != each.show(defaults));
    const auto loaded = load_json(smallest, {{name, value}});
    if (each.kind != kind::secret) CHECK(each.show(loaded.values) == value);
  }
  const auto both = load_json(R"({ "service": "a", "threads": 3, "policy": { "file": "p" } })",
                              {{"SALLYPORT_SERVICE", "b"}, {"SALLYPORT_POLICY_FILE", "q.jsonc"}});
  CHECK(both.values.service == "b");
  CHECK(both.values.threads == 3);
  CHECK(both.values.policy.file == "q.jsonc");
}

TEST_CASE("the environment alone is enough") {
  const auto loaded = load("", {{"SALLYPORT_SERVICE", "a"}, {"SALLYPORT_POLICY_FILE", "p.jsonc"}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.values.policy.file == "p.jsonc");
}

TEST_CASE("what is wrong is said with file, line, column, member and advice") {
  CHECK(only_problem(load_json("{\n  \"service\": \"a\",\n  \"lisen\": \"x:1\" }")) ==
        "/etc/sallyport/agent.jsonc:3:3: lisen: there is no such member. Did you mean listen?");
  CHECK(only_problem(load_json("{ \"limits\": { \"max_head\": 1 } }")) ==
        "/etc/sallyport/agent.jsonc:1:15: limits.max_head: there is no such member. sallyport agent --members lists "
        "them all.");
  CHECK(only_problem(load_json("{\n\"timeouts\": { \"head\": 10 } }")) ==
        "/etc/sallyport/agent.jsonc:2:23: timeouts.head: not a value that this member can have. Write a duration, like "
        "\"250ms\", \"30s\" or \"5m\" (1ms to 1h).");
  CHECK(only_problem(load_json("{ \"limits\": 3 }")) ==
        "/etc/sallyport/agent.jsonc:1:13: limits: not an object. Write its members between { and }.");
  CHECK(only_problem(load_json("[]")).find("the configuration is not an object") != std::string::npos);
  CHECK(only_problem(load_json("{ \"service\": \"a\",\n }")).starts_with("/etc/sallyport/agent.jsonc:2:"));
  CHECK(only_problem(load_json("{ \"service\": \"a\",\n \"service\": \"b\" }"))
            .starts_with("/etc/sallyport/agent.jsonc:2:"));
  CHECK(only_problem(load_json(smallest, {{"SALLYPORT_THREADS", "many"}})) ==
        "environment: SALLYPORT_THREADS: not a value that this variable can have. Write a whole number (0 to 1024).");
  CHECK(only_problem(load("/does/not/exist", {})) ==
        "/does/not/exist: cannot read it: No such file or directory. Name a readable file with --config.");
}

TEST_CASE("what is missing or contradicts itself is refused") {
  CHECK(load_json("{}").problems.size() == 2);
  const auto with = [](std::string_view more) {
    return load_json("{ \"service\": \"a\", \"policy\": { \"file\": \"p\" }, " + std::string(more) + " }");
  };
  CHECK(with(R"("edge": { "jwks_url": "https://e.test/k", "jwks_file": "k" })").problems.size() == 1);
  CHECK(with(R"("edge": { "jwks_url": "http://e.test/k" })").problems.size() == 1);
  CHECK(with(R"("edge": { "jwks_url": "http://127.0.0.1:1/k" })").problems.empty());
  CHECK(with(R"("skew": "61s")").problems.size() == 1);
  CHECK(with(R"("skew": "1500ms")").problems.size() == 1);
  CHECK(with(R"("upstream": { "address": "127.0.0.1:0" })").problems.size() == 1);
  CHECK(with(R"("limits": { "max_head_bytes": -1 })").problems.size() == 1);
  CHECK(with(R"("limits": { "max_fields": "100" })").problems.size() == 1);
  CHECK(with(R"("admin": { "listen": "0.0.0.0:9090" })").warnings.size() == 1);
}

TEST_CASE("a secret is not taken from the file, and never shown") {
  const auto in_file = load_json(R"({ "service": "a", "policy": { "file": "p" }, "hmac": { "secret": "{}" } })");
  CHECK(only_problem(in_file).find("SALLYPORT_HMAC_SECRET") != std::string::npos);
  const auto loaded = load_json(smallest, {{"SALLYPORT_HMAC_SECRET", "top secret"}});
  CHECK(loaded.values.hmac.secret == "top secret");
  CHECK(write(loaded.values).find("top secret") == std::string::npos);
}

TEST_CASE("a misspelled variable is a warning, one of another program is not") {
  CHECK(load_json(smallest, {{"SALLYPORT_VECTORS", "x"}}).warnings.empty());
  const auto loaded = load_json(smallest, {{"SALLYPORT_TREADS", "2"}});
  CHECK(loaded.problems.empty());
  REQUIRE(loaded.warnings.size() == 1);
  CHECK(describe(loaded.warnings.front()).find("Did you mean SALLYPORT_THREADS?") != std::string::npos);
}

TEST_CASE("what --check prints loads again as the same configuration") {
  const auto first = load_json(smallest, {{"SALLYPORT_TIMEOUTS_HEAD", "1500ms"},
                                          {"SALLYPORT_LIMITS_MAX_BODY_BYTES", "12345"},
                                          {"SALLYPORT_AUDIT_OUTPUT", "/var/log/audit.jsonl"},
                                          {"SALLYPORT_LISTEN", "[::1]:8443"}});
  REQUIRE(first.problems.empty());
  const std::string printed = write(first.values);
  const auto second = load_json(printed);
  for (const auto& each : second.problems) FAIL_CHECK(describe(each));
  CHECK(write(second.values) == printed);
}

TEST_CASE("addresses are a host and a port") {
  const auto text = [](std::string_view from) {
    const auto parsed = parse_address(from);
    return parsed ? to_text(*parsed) : std::string("(none)");
  };
  CHECK(text("127.0.0.1:8080") == "127.0.0.1:8080");
  CHECK(text("[::1]:8080") == "[::1]:8080");
  CHECK(text("app.internal:80") == "app.internal:80");
  CHECK(text("http://127.0.0.1:8080/") == "127.0.0.1:8080");
  for (const char* bad : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "a:70000", "a:-1", "::1:80", "a b:80",
                          "https://a:80", "a:80/path", "[::1]", "a:8 0"}) {
    CAPTURE(bad);
    CHECK(text(bad) == "(none)");
  }
}

TEST_CASE("a problem or warning names its source, and ends its sentence once") {
  const auto wide = load_text("", "{}",
                              {{"SALLYPORT_ADMIN_LISTEN", "0.0.0.0:9090"},
                               {"SALLYPORT_SERVICE", "reports"},
                               {"SALLYPORT_POLICY_FILE", "policy.jsonc"}});
  REQUIRE(wide.warnings.size() == 1);
  CHECK(describe(wide.warnings.front()).starts_with("environment: admin.listen: not on the loopback interface. "));
  const std::string garbled = only_problem(load_json("{\"service\": \"\xff\"}"));
  CHECK(garbled.find("..") == std::string::npos);
}
