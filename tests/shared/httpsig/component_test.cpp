// Component identifiers that RFC 9421 section 2 forbids, and values that cannot be put into a base.
#include "httpsig/component.hpp"

#include <doctest/doctest.h>

#include <array>

#include "httpsig/signature.hpp"

namespace sallyport::testing {
namespace {

using namespace httpsig;

const std::string request_text =
    "GET /p?a=1&b=2&b=3&%ff=4&e= HTTP/1.1\r\nHost: A.Example:443\r\nX-Dict: a=1, b=2, a=3\r\nX-List: c, d, c\r\n"
    "X-Text: two words\r\nX-Byte: caf\xC3\xA9\r\nPriority: u=1\r\n\r\n";
const std::string response_text = "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n";

struct component_case {
  const char* identifier;
  bool of_response;
  const char* outcome;
};

constexpr std::array cases = {
    // values
    component_case{"\"@authority\"", false, "=a.example"},
    component_case{"\"@target-uri\"", false, "=https://a.example/p?a=1&b=2&b=3&%ff=4&e="},
    component_case{"\"@query-param\";name=\"e\"", false, "="},
    component_case{"\"x-dict\";key=\"a\"", false, "=3"},
    component_case{"\"x-dict\";sf;key=\"a\"", false, "=3"},
    component_case{"\"priority\";sf", false, "=u=1"},
    component_case{"\"@method\";req", true, "=GET"},
    component_case{"\"priority\";req;sf", true, "=u=1"},
    component_case{"\"@status\"", true, "=200"},
    // refusals
    component_case{"\"@unknown\"", false, "httpsig_component_invalid"},
    component_case{"\"@signature-params\"", false, "httpsig_component_invalid"},
    component_case{"\"@status\"", false, "httpsig_component_invalid"},
    component_case{"\"@method\"", true, "httpsig_component_invalid"},
    component_case{"\"@method\";req", false, "httpsig_component_invalid"},
    component_case{"\"@status\";req", true, "httpsig_component_invalid"},
    component_case{"\"@method\";sf", false, "httpsig_component_invalid"},
    component_case{"\"@method\";tr", false, "httpsig_component_invalid"},
    component_case{"\"@path\";name=\"a\"", false, "httpsig_component_invalid"},
    component_case{"\"@query-param\"", false, "httpsig_component_invalid"},
    component_case{"\"@query-param\";name=a", false, "httpsig_component_invalid"},
    component_case{"\"@query-param\";name=\"x\"", false, "httpsig_component_missing"},
    component_case{"\"@query-param\";name=\"b\"", false, "httpsig_component_value"},
    component_case{"\"@query-param\";name=\"%FF\"", false, "=4"},
    component_case{"\"X-List\"", false, "httpsig_component_invalid"},
    component_case{"\"x list\"", false, "httpsig_component_invalid"},
    component_case{"\"\"", false, "httpsig_component_invalid"},
    component_case{"x-list", false, "httpsig_component_invalid"},
    component_case{"\"x-list\";unknown", false, "httpsig_component_invalid"},
    component_case{"\"x-list\";sf=?0", false, "httpsig_component_invalid"},
    component_case{"\"x-list\";name=\"a\"", false, "httpsig_component_invalid"},
    component_case{"\"x-dict\";key=a", false, "httpsig_component_invalid"},
    component_case{"\"x-dict\";bs;sf", false, "httpsig_component_invalid"},
    component_case{"\"x-dict\";bs;key=\"a\"", false, "httpsig_component_invalid"},
    component_case{"\"x-dict\";key=\"z\"", false, "httpsig_component_missing"},
    component_case{"\"x-absent\"", false, "httpsig_component_missing"},
    component_case{"\"x-list\";tr", false, "httpsig_component_missing"},
    component_case{"\"x-text\";sf", false, "httpsig_component_value"},
    component_case{"\"x-text\";key=\"a\"", false, "httpsig_component_value"},
    // As a dictionary "c, d", as a list "c, d, c": nobody can tell.
    component_case{"\"x-list\";sf", false, "httpsig_component_value"},
};

TEST_CASE("gives or refuses each component as RFC 9421 section 2 says") {
  const auto request = parse_message(request_text);
  const auto response = parse_message(response_text);
  REQUIRE(request.ok());
  REQUIRE(response.ok());
  for (const auto& each : cases) {
    CAPTURE(each.identifier);
    const auto identifier = encoding::sf::parse_item(each.identifier);
    REQUIRE(identifier.ok());
    const signing_context context =
        each.of_response ? signing_context{&*response, &*request} : signing_context{&*request, nullptr};
    const auto value = component_value(*identifier, context);
    CHECK((value.ok() ? "=" + *value : std::string(name_of(value.why()))) == each.outcome);
  }
}

std::string authority_of(std::string_view host_lines) {
  const auto request = parse_message("GET / HTTP/1.1\r\n" + std::string(host_lines) + "\r\n");
  REQUIRE(request.ok());
  const auto identifier = encoding::sf::parse_item("\"@authority\"");
  const auto value = component_value(*identifier, {&*request, nullptr});
  return value.ok() ? *value : std::string(name_of(value.why()));
}

TEST_CASE("@authority has no port that the scheme implies") {
  CHECK(authority_of("Host: A.Example:443\r\n") == "a.example");
  CHECK(authority_of("Host: a.example:\r\n") == "a.example");
  CHECK(authority_of("Host: [2001:DB8::1]:\r\n") == "[2001:db8::1]");
  CHECK(authority_of("Host: [2001:db8::443]\r\n") == "[2001:db8::443]");
  CHECK(authority_of("Host: a.example:80\r\n") == "a.example:80");
  CHECK(authority_of("Host: a.example:8443\r\n") == "a.example:8443");
}

TEST_CASE("a request with several hosts has no @authority") {
  CHECK(authority_of("Host: a.example\r\nHost: b.example\r\n") == "httpsig_component_missing");
  CHECK(authority_of("Host: a.example\r\nHost: a.example\r\n") == "httpsig_component_missing");
  CHECK(authority_of("") == "httpsig_component_missing");
}

TEST_CASE("a component of the request needs the request at hand") {
  const auto response = parse_message(response_text);
  const auto identifier = encoding::sf::parse_item("\"@method\";req");
  CHECK(component_value(*identifier, {&*response, nullptr}).why() == reason::httpsig_component_missing);
}

reason base_reason(const char* input) {
  const auto request = parse_message(request_text);
  const auto list = encoding::sf::parse_inner_list(input);
  REQUIRE(list.ok());
  return signature_base(*list, {&*request, nullptr}).why();
}

TEST_CASE("a component is covered once, whatever the order of its parameters") {
  CHECK(base_reason("(\"@method\" \"@method\")") == reason::httpsig_component_invalid);
  CHECK(base_reason("(\"x-dict\";sf;key=\"a\" \"x-dict\";key=\"a\";sf)") == reason::httpsig_component_invalid);
  CHECK(base_reason("(\"x-dict\";key=\"a\" \"x-dict\";key=\"b\")") == reason::ok);
}

TEST_CASE("a signature covers at most as many components as bound its cost") {
  const auto covering = [](std::size_t count) {
    std::string input = "(";
    for (std::size_t i = 0; i < count; ++i) input += "\"@method\";p" + std::to_string(i) + " ";
    return input + ")";
  };
  const auto outcome = [&](std::size_t count) {
    const auto request = parse_message(request_text);
    const auto list = encoding::sf::parse_inner_list(covering(count));
    REQUIRE(list.ok());
    const auto base = signature_base(*list, {&*request, nullptr});
    return base.ok() ? std::string() : base.error().detail;
  };
  CHECK(outcome(max_components) == "component parameter p0 is unknown or of another type");
  CHECK(outcome(max_components + 1) == "more than 256 components");
}

TEST_CASE("signature parameters have their types") {
  CHECK(base_reason("();created=1.5") == reason::httpsig_parameter_invalid);
  CHECK(base_reason("();created=\"1\"") == reason::httpsig_parameter_invalid);
  CHECK(base_reason("();alg=ed25519") == reason::httpsig_parameter_invalid);
  CHECK(base_reason("();tag") == reason::httpsig_parameter_invalid);
  CHECK(base_reason("();unknown=1") == reason::ok);
}

TEST_CASE("a value outside ASCII cannot be put into a base unless it is wrapped") {
  CHECK(base_reason("(\"x-byte\")") == reason::httpsig_component_value);
  CHECK(base_reason("(\"x-byte\";bs)") == reason::ok);
}

}  // namespace
}  // namespace sallyport::testing
