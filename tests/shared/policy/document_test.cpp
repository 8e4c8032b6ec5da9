// The typed document, its canonical form and digest.
#include "policy/document.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "policy/evaluate.hpp"
#include "policy/match.hpp"
#include "regex/regex.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;

TEST_CASE("every member arrives typed") {
  const auto policy = testing::must_load(testing::fixture("everything.jsonc"));
  CHECK(policy->name == "everything");
  CHECK(policy->edge.issuer == "https://edge.acme.example/gate");
  CHECK(policy->edge.assertion_ttl == 60);

  const auto& corp = policy->issuers.at(0);
  CHECK(corp.url == "https://login.acme.example/");
  CHECK(corp.audiences == std::vector<std::string>{"api://acme", "api://other"});
  CHECK(corp.from.size() == 3);
  CHECK(corp.from[0].name == "x-corp-token");
  CHECK(corp.max_lifetime == 43200);
  CHECK(corp.required.size() == 3);

  const auto* reports = find_service(*policy, "reports");
  REQUIRE(reports != nullptr);
  CHECK(reports->signature == crypto::algorithm::eddsa);
  CHECK(reports->signed_headers == std::vector<std::string>{"x-team", "content-type"});
  CHECK(reports->headers.size() == 4);
  CHECK(reports->require.size() == 2);
  REQUIRE(reports->strip.size() == 2);
  CHECK(reports->strip[0].name == "x-acme-role");
  CHECK_FALSE(reports->strip[0].is_prefix);
  CHECK(reports->strip[1].name == "x-acme-admin-");
  CHECK(reports->strip[1].is_prefix);
  CHECK(reports->mtls_certificate == "REPORTS_CERT");

  const auto* billing = find_service(*policy, "billing");
  REQUIRE(billing->ecs.has_value());
  CHECK(billing->ecs->port == 8443);
  CHECK(billing->ecs->wake->min == 2);
  CHECK(billing->ecs->wake->idle_stop == 900);
  REQUIRE(billing->sigv4.has_value());
  CHECK(billing->sigv4->service == "execute-api");
  CHECK(billing->sigv4->region == "us-west-2");
  CHECK(billing->sigv4->role == "arn:aws:iam::123456789012:role/sallyport-invoke");
  CHECK(billing->sigv4->resource == "arn:aws:execute-api:us-west-2:123456789012:a1b2c3d4e5/prod/*");
  CHECK(billing->signature == crypto::algorithm::hs256);
  CHECK(billing->headers.empty());

  const auto& job = policy->jobs.at(0);
  CHECK(job.timeout == 900);
  CHECK(job.inspect != nullptr);
  REQUIRE(job.input.size() == 2);
  CHECK(job.input[1].name == "MONTH");
  CHECK(job.input[1].required);
  CHECK(job.input[1].accepts->found_in("2024-10"));
  CHECK_FALSE(job.input[1].accepts->found_in("x2024-10"));
  CHECK_FALSE(job.input[1].accepts->found_in("2024-10\n"));
  CHECK_FALSE(job.input[0].accepts->found_in("csvx"));
  CHECK(job.input[0].default_value == "csv");

  const auto* route = find_route(*policy, "report");
  REQUIRE(route != nullptr);
  CHECK(route->service == reports);
  CHECK(route->anonymous);
  CHECK(route->body.signed_bytes == 65536);
  CHECK(route->assertion_ttl == 120);
  CHECK(find_route(*policy, "upload")->body.how == body_rule::mode::stream);
  CHECK(find_route(*policy, "upload")->assertion_ttl == 60);
  CHECK(find_route(*policy, "run")->job == &job);
  CHECK(find_route(*policy, "none") == nullptr);
}

TEST_CASE("a service without a signature member signs with ECDSA, and a body is signed up to 1 MiB") {
  const auto policy = testing::must_load(testing::document_with_route(R"("allow":"true")"));
  CHECK(policy->services[0].signature == crypto::algorithm::es256);
  CHECK(policy->routes[0].body.how == body_rule::mode::signed_body);
  CHECK(policy->routes[0].body.signed_bytes == 1048576);
  CHECK(policy->routes[0].assertion_ttl == 30);
}

TEST_CASE("the canonical form has no comments, no white space and sorted members, and the digest is its SHA-256") {
  const auto policy =
      testing::must_load("// a comment\n{ \"routes\": [ ],\n \"edge\": {\"issuer\":\"https://e.example\"} /* x */ }");
  CHECK(policy->canonical == R"({"edge":{"issuer":"https://e.example"},"routes":[]})");
  // printf '%s' '{"edge":{"issuer":"https://e.example"},"routes":[]}' | openssl dgst -sha256 -binary | basenc
  // --base64url | tr -d =
  CHECK(policy->digest == "aG3MNEl8R4dgPDpqaVsGb5jYtiWs2UI23qeedGQqj1o");
}

TEST_CASE("the digest depends on meaning only, and on all of it") {
  const auto digest = [](std::string_view text) { return testing::must_load(text)->digest; };
  const auto plain = digest(R"({"edge":{"issuer":"https://e.example"},"routes":[]})");
  CHECK(plain.size() == 43);
  CHECK(digest("{\"routes\":[],\n\n\"edge\":{\"issuer\":\"https:\\u002f/e.example\"}}") == plain);
  CHECK(digest(R"({"edge":{"issuer":"https://e.example"},"routes":[],"name":"x"})") != plain);
  const auto with_number = [&](std::string_view number) {
    return digest(testing::document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"required":{"t":)" +
                                                std::string(number) + "}"));
  };
  CHECK(with_number("281674916028284928") != with_number("281674916028284930"));
  CHECK(with_number("9007199254740992") != with_number("9007199254740993"));
  CHECK(with_number("18446744073709551614") != with_number("18446744073709551615"));
  CHECK(with_number("1000") == with_number("1e3"));
  CHECK(digest(R"({"edge":{"issuer":"https://e.example"},"routes":[],"$schema":"x"})") != plain);
}

TEST_CASE("threads share one policy") {
  const auto policy = testing::must_load(testing::fixture("acme.jsonc"));
  identity who;
  who.kind = identity_kind::user;
  who.groups = {"finance"};
  request_facts facts;
  const auto run = [&](int* allowed) {
    for (int i = 0; i < 2000; ++i) {
      const auto match = match_route(*policy, "GET", "reports.acme.example", "/api/x");
      if (decide(*policy, match, who, facts).allowed()) ++*allowed;
    }
  };
  int one = 0;
  int two = 0;
  std::thread first(run, &one);
  std::thread second(run, &two);
  first.join();
  second.join();
  CHECK(one == 2000);
  CHECK(two == 2000);
}
