#include "aws/sts.hpp"

#include <doctest/doctest.h>

#include "aws/xml.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using sallyport::testing::exact_text;

namespace {

constexpr std::string_view good_xml =
    R"(<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>sallyport:billing</SubjectFromWebIdentityToken>
    <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/gate/alice</Arn><AssumedRoleId>AROA:alice</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <SessionToken>tok/en==&amp;</SessionToken><SecretAccessKey>sec/ret</SecretAccessKey>
      <Expiration>2026-01-31T12:34:56Z</Expiration><AccessKeyId>ASIAEXAMPLE</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>ad4156e9</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>)";

constexpr std::string_view good_json =
    R"({"AssumeRoleWithWebIdentityResponse":{"AssumeRoleWithWebIdentityResult":{"AssumedRoleUser":{"Arn":"arn:x"},)"
    R"("Credentials":{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"sec/ret","SessionToken":"tok","Expiration":1.769862896E9}}}})";

const temporary_credentials* success(const answer<temporary_credentials>& of) {
  return std::get_if<temporary_credentials>(&of);
}

error_kind refused(std::uint16_t status, std::string_view body) {
  const auto read = read_assume_role({status, {}, exact_text(body).view()});
  const auto* error = std::get_if<service_error>(&read);
  REQUIRE(error != nullptr);
  return error->kind;
}

}  // namespace

TEST_CASE("reads credentials from XML and from JSON") {
  const auto from_xml = read_assume_role({200, {}, exact_text(good_xml).view()});
  REQUIRE(success(from_xml) != nullptr);
  CHECK(success(from_xml)->keys.access_key_id == "ASIAEXAMPLE");
  CHECK(success(from_xml)->keys.session_token == "tok/en==&");
  CHECK(success(from_xml)->expires == 1769862896);
  CHECK(success(from_xml)->assumed_role_arn == "arn:aws:sts::123456789012:assumed-role/gate/alice");
  const auto from_json = read_assume_role({200, {}, exact_text(good_json).view()});
  REQUIRE(success(from_json) != nullptr);
  CHECK(success(from_json)->expires == 1769862896);
}

TEST_CASE("a success cut off anywhere is unreadable, never half a set of credentials") {
  for (std::string_view whole : {good_xml, good_json}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      CHECK(refused(200, whole.substr(0, length)) == error_kind::unreadable);
    }
  }
}

TEST_CASE("refusals are told apart by their code") {
  const auto xml = [](std::string_view code) {
    return "<ErrorResponse><Error><Type>Sender</Type><Code>" + std::string(code) +
           "</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>";
  };
  CHECK(refused(400, xml("IDPCommunicationError")) == error_kind::transient);
  CHECK(refused(400, xml("InvalidIdentityToken")) == error_kind::transient);
  CHECK(refused(403, xml("AccessDenied")) == error_kind::access_denied);
  CHECK(refused(400, xml("ExpiredTokenException")) == error_kind::credentials_expired);
  CHECK(refused(400, xml("MalformedPolicyDocument")) == error_kind::invalid_request);
  CHECK(refused(400, xml("PackedPolicyTooLarge")) == error_kind::session_too_large);
  CHECK(refused(503, "<html>") == error_kind::transient);
  CHECK(refused(400, R"({"Error":{"Code":"Throttling","Message":"m"},"RequestId":"r"})") == error_kind::throttled);
}

TEST_CASE("the call is an unsigned form that asks for JSON") {
  const auto made =
      build_assume_role({"eu-west-1", "arn:aws:iam::123456789012:role/gate", "alice", "a.b.c", "{\"x\":1}", 900});
  CHECK(made.host == "sts.eu-west-1.amazonaws.com");
  CHECK(made.body ==
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fgate"
        "&RoleSessionName=alice&WebIdentityToken=a.b.c&Policy=%7B%22x%22%3A1%7D&DurationSeconds=900");
  for (const auto& [name, value] : made.fields) CHECK(name != "X-Amz-Security-Token");
}

TEST_CASE("XML that can surprise its readers is refused") {
  const auto why = [](std::string_view text) { return parse_xml(exact_text(text).view()).why(); };
  CHECK(why("<a><b>1</b></a>") == reason::ok);
  CHECK(why("<?xml version=\"1.0\"?>\n<a x='1'/>") == reason::ok);
  CHECK(why("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>") == reason::aws_response_invalid);
  CHECK(why("<a>&e;</a>") == reason::aws_response_invalid);
  CHECK(why("<a><![CDATA[x]]></a>") == reason::aws_response_invalid);
  CHECK(why("<a><b></a></b>") == reason::aws_response_invalid);
  CHECK(why("<a/><b/>") == reason::aws_response_invalid);
  CHECK(why("") == reason::aws_response_invalid);
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "<a>";
  CHECK(why(deep) == reason::aws_response_invalid);
}
