#include "aws/sigv4.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"

using namespace sallyport;
using namespace sallyport::aws;

TEST_CASE("refuses a request without host and a time without a date") {
  const auto host = openssl::make_host();
  signer with(*host);
  const credentials who{"AKIDEXAMPLE", "secret", ""};
  const signing_request bare{"GET", "/", {}, {}, {}};
  const signing_request whole{"GET", "/", {}, {{"Host", "a"}}, {}};
  CHECK(with.sign(bare, who, {"r", "s", 0}, {}).why() == reason::sigv4_invalid_request);
  CHECK(with.sign(whole, who, {"r", "s", -1}, {}).why() == reason::sigv4_invalid_request);
  CHECK(with.sign(whole, who, {"r", "s", 253402300800}, {}).why() == reason::sigv4_invalid_request);
  CHECK(with.sign(whole, who, {"r", "s", 0}, {}).ok());
}

TEST_CASE("a derived key serves its own day, region, service and access key only") {
  const auto host = openssl::make_host();
  signer with(*host);
  const signing_request request{"GET", "/", {}, {{"Host", "a"}}, {}};
  const auto signature = [&](const credentials& who, const signing_scope& scope) {
    signer fresh(*host);
    const auto cached = with.sign(request, who, scope, {});
    const auto alone = fresh.sign(request, who, scope, {});
    CHECK(cached->signature == alone->signature);
    return cached->signature;
  };
  const credentials who{"A", "one", ""};
  for (int round = 0; round < 2; ++round) {
    for (int day = 0; day < 20; ++day) signature(who, {"r", "s", day * 86400});
    signature(who, {"other", "s", 0});
    signature(who, {"r", "other", 0});
    signature({"B", "two", ""}, {"r", "s", 0});
  }
}

TEST_CASE("a stale signature in the request is replaced, not signed") {
  const auto host = openssl::make_host();
  signer with(*host);
  const signing_request request{"GET", "/", {}, {{"Host", "a"}, {"X-Amz-Date", "old"}, {"authorization", "old"}}, {}};
  const auto made = with.sign(request, {"A", "s", "token"}, {"r", "s", 0}, {});
  REQUIRE(made.ok());
  CHECK(made->signed_headers == "host;x-amz-date;x-amz-security-token");
  CHECK(made->canonical_request.find("old") == std::string::npos);
}

TEST_CASE("what the caller says stands for the body is what is signed and sent") {
  const auto host = openssl::make_host();
  signer with(*host);
  const signing_request request{"PUT", "/", {}, {{"Host", "a"}}, to_bytes(as_bytes("body"))};
  const auto content = [&](std::string payload) {
    signing_options options;
    options.sign_body = true;
    options.payload = std::move(payload);
    return with.sign(request, {"A", "s", "token"}, {"r", "vpc-lattice-svcs", 0}, options);
  };
  const std::string hash = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";  // of "body"
  const auto own = content("");
  CHECK(own->signature == content(hash)->signature);
  const auto uncovered = content(std::string(unsigned_payload));
  CHECK(uncovered->canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
  CHECK(uncovered->fields[1] == name_value{"X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"});
  CHECK(uncovered->signature != own->signature);
  for (const char* wrong : {"unsigned", "230D8358", "x\nhost:b"}) {
    CHECK(content(wrong).why() == reason::sigv4_invalid_request);
  }
}
