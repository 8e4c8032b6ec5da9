#include "tests/shared/policy/support.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/openssl/host.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

constexpr std::string_view head = R"({"edge":{"issuer":"https://edge.example"})";
constexpr std::string_view app = R"("app":{"origin":"https://app.example")";
constexpr std::string_view issuers = R"("issuers":{"okta":{"issuer":"https://okta.example","audiences":["a"]}})";
constexpr std::string_view jobs =
    R"("jobs":{"export":{"ecs":{"region":"eu-west-1","cluster":"c","task_definition":"e:1","container":"e"}}})";

}  // namespace

policy::load_result load(std::string_view text) {
  const auto host = openssl::make_host();
  return policy::load_policy(exact_text(text).view(), *host);
}

policy::policy_ptr must_load(std::string_view text) {
  auto loaded = load(text);
  for (const auto& problem : loaded.problems) MESSAGE(policy::describe(problem));
  REQUIRE(loaded.policy != nullptr);
  return loaded.policy;
}

std::string document_with_routes(std::string_view routes) {
  std::string text(head);
  return text.append(",")
             .append(issuers)
             .append(R"(,"services":{)")
             .append(app)
             .append("}},")
             .append(jobs)
             .append(R"(,"routes":)")
             .append(routes) +
         "}";
}

std::string document_with_route(std::string_view members) {
  const std::string route = R"([{"id":"r","host":"a.example","path":"/**","service":"app",)";
  return document_with_routes(route + std::string(members) + "}]");
}

std::string document_with_service(std::string_view members) {
  std::string text(head);
  text.append(",").append(issuers).append(R"(,"services":{)").append(app).append("},").append(members).append("}");
  return text + R"(,"routes":[{"id":"r","host":"a.example","path":"/u/:id","service":"app","allow":"true"}]})";
}

std::string document_with_issuer(std::string_view members) {
  std::string text(head);
  return text.append(R"(,"issuers":{"idp":{)").append(members) + R"(}},"routes":[]})";
}

std::string fixture(std::string_view name) {
  const auto folder = std::filesystem::path(__FILE__).parent_path() / "../../fixtures/policy";
  std::ifstream file(folder / std::string(name), std::ios::binary);
  REQUIRE_MESSAGE(file.good(), std::string(name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace sallyport::testing
