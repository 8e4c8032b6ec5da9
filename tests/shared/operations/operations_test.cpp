#include "operations/operations.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"

namespace sallyport::testing {
namespace {

using encoding::json;

struct world {
  std::unique_ptr<crypto::port> host = openssl::make_host();
  operations::means with{*host};

  json ask(std::string_view request) { return *encoding::parse_json(operations::operate(request, with)); }
};

TEST_CASE("what is no request for an operation is refused") {
  world here;
  CHECK(here.ask("{")["error"] == "json_syntax");
  CHECK(here.ask("{}")["detail"] == "in is missing");
  CHECK(here.ask(R"({"op": "wake", "in": []})")["detail"] == "in is missing");
  CHECK(here.ask(R"({"in": {}})")["detail"] == "no such operation");
  CHECK(here.ask(R"({"op": "wak", "in": {}})")["detail"] == "no such operation");
}

TEST_CASE("every row of the table is an operation that has its say without arguments") {
  world here;
  for (const std::string_view name : {
#define SALLYPORT_OPERATION(name) std::string_view(#name),
#include "operations/operation.def"
#undef SALLYPORT_OPERATION
       }) {
    CAPTURE(name);
    const auto said = here.ask(encoding::canonical_json({{"op", name}, {"in", json::object()}}));
    CHECK(said.is_object());
    CHECK(said.value("detail", "") != "no such operation");
  }
}

TEST_CASE("what asks for the policy says before start that there is none") {
  world here;
  CHECK(here.ask(R"({"op": "catalog", "in": {}})")["error"] == "not_ready");
  CHECK(here.ask(R"({"op": "credential_cookies", "in": {"cookies": ["a=1"]}})")["error"] == "not_ready");
  CHECK(here.ask(R"({"op": "assume_role", "in": {}})")["error"] == "signing_key_missing");
}

}  // namespace
}  // namespace sallyport::testing
