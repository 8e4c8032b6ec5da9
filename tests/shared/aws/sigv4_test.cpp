#include "aws/sigv4.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "encoding/json.hpp"
#include "encoding/percent.hpp"
#include "tests/support/vectors.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using encoding::json;

namespace {

constexpr unix_seconds vector_time = 1440938160;  // 2015-08-30T12:36:00Z

/// The raw request of a vector: its target holds raw spaces and UTF-8, and its field lines may be folded.
signing_request read_request(const std::string& text) {
  signing_request out;
  const auto line_end = text.find('\n');
  const std::string line = text.substr(0, line_end);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  out.method = line.substr(0, first);
  const std::string target = line.substr(first + 1, last - first - 1);
  const auto mark = target.find('?');
  out.path = target.substr(0, mark);
  if (mark != std::string::npos) {
    std::string query = target.substr(mark + 1);
    for (std::size_t at = 0; at < query.size();) {
      const auto end = std::min(query.find('&', at), query.size());
      const auto part = query.substr(at, end - at);
      const auto equals = part.find('=');
      out.query.emplace_back(*encoding::decode_percent(part.substr(0, equals)),
                             equals == std::string::npos ? "" : *encoding::decode_percent(part.substr(equals + 1)));
      at = end + 1;
    }
  }
  std::size_t at = line_end + 1;
  while (at < text.size() && text[at] != '\n') {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto field = text.substr(at, end - at);
    if (field[0] == ' ') {
      out.fields.back().second += field;
    } else {
      out.fields.emplace_back(field.substr(0, field.find(':')), field.substr(field.find(':') + 1));
    }
    at = end + 1;
  }
  if (at < text.size()) out.body = to_bytes(as_bytes(text.substr(at + 1)));
  return out;
}

std::string text(const json& from, std::string_view name) {
  return std::string(encoding::string_member(from, name).value_or(""));
}

void check_case(const json& vector, signature_place place, signer& with) {
  const auto& context = vector["context"];
  const std::string mode = place == signature_place::header ? "header" : "query";
  const auto& given = context["credentials"];
  const credentials who{text(given, "access_key_id"), text(given, "secret_access_key"), text(given, "token")};
  const signing_options options{context["normalize"].get<bool>(), context["sign_body"].get<bool>(),
                                context.value("omit_session_token", false), place,
                                context["expiration_in_seconds"].get<seconds>()};
  const signing_scope scope{text(context, "region"), text(context, "service"), vector_time};
  const auto made = with.sign(read_request(text(vector, "request")), who, scope, options);
  CAPTURE(vector["name"]);
  CAPTURE(mode);
  REQUIRE(made.ok());
  CHECK(made->canonical_request == vector[mode + "_canonical_request"].get<std::string>());
  CHECK(made->string_to_sign == vector[mode + "_string_to_sign"].get<std::string>());
  CHECK(made->signature == vector[mode + "_signature"].get<std::string>());
  const std::string signed_text = text(vector, mode + "_signed_request");
  if (place == signature_place::header) {
    for (const auto& [name, value] : made->fields) CHECK(signed_text.find(value) != std::string::npos);
  } else {
    CHECK(signed_text.find("X-Amz-Signature=" + made->signature) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("signs all 38 published requests in both modes at every stage") {
  const auto text = testing::read_vectors("sigv4/sigv4.json");
  if (!text) return;
  const auto vectors = encoding::parse_json(*text);
  REQUIRE(vectors.ok());
  CHECK(vectors->size() == 38);
  const auto host = openssl::make_host();
  signer with(*host);
  for (const auto& vector : *vectors) {
    check_case(vector, signature_place::header, with);
    check_case(vector, signature_place::query, with);
  }
}

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
