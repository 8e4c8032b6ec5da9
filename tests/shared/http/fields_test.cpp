#include "http/fields.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace sallyport::testing {
namespace {

using http::classify;
using http::field;
using http::field_class;

struct classified {
  std::string_view name;
  field_class kind;
};

constexpr std::array names = {
    classified{"Accept", field_class::ordinary},
    classified{"Cookie", field_class::ordinary},
    classified{"Authorization", field_class::ordinary},
    classified{"X-Sallyport", field_class::ordinary},
    classified{"Sallyports", field_class::ordinary},
    classified{"1st", field_class::ordinary},
    classified{"Sallyport-Assertion", field_class::sallyport},
    classified{"sallyport-anything", field_class::sallyport},
    classified{"SALLYPORT_SUBJECT", field_class::sallyport},
    classified{"Sallyport", field_class::sallyport},
    classified{"Sallyport.Subject", field_class::sallyport},
    classified{"sallyport!groups", field_class::sallyport},
    classified{"Sallyport~", field_class::sallyport},
    classified{"X.Forwarded-For", field_class::forwarding},
    classified{"Forwarded", field_class::forwarding},
    classified{"X-Forwarded-For", field_class::forwarding},
    classified{"x_forwarded_proto", field_class::forwarding},
    classified{"X-Forwarded", field_class::forwarding},
    classified{"X-Forward", field_class::ordinary},
    classified{"X-Real-IP", field_class::forwarding},
    classified{"True-Client-IP", field_class::forwarding},
    classified{"CF-Connecting-IP", field_class::forwarding},
    classified{"CF-Access-Client-Secret", field_class::forwarding},
    classified{"CF-Access-Client-Id", field_class::forwarding},
    classified{"CF-Access-Jwt-Assertion", field_class::ordinary},
    classified{"X-Original-URL", field_class::forwarding},
    classified{"X-Rewrite-URL", field_class::forwarding},
    classified{"X-HTTP-Method-Override", field_class::forwarding},
    classified{"X-Amzn-Oidc-Data", field_class::forwarding},
    classified{"Client-Cert", field_class::forwarding},
    classified{"Client-Cert-Chain", field_class::forwarding},
    classified{"X-SSL-Client-Verify", field_class::forwarding},
    classified{"SSL_CLIENT_S_DN", field_class::forwarding},
    classified{"X-MS-CLIENT-PRINCIPAL", field_class::forwarding},
    classified{"X-MS-CLIENT-PRINCIPAL-NAME", field_class::forwarding},
    classified{"Client-Certificate", field_class::ordinary},
    classified{"Connection", field_class::hop_by_hop},
    classified{"Keep-Alive", field_class::hop_by_hop},
    classified{"Proxy-Authorization", field_class::hop_by_hop},
    classified{"Proxy-Connection", field_class::hop_by_hop},
    classified{"TE", field_class::hop_by_hop},
    classified{"Trailer", field_class::hop_by_hop},
    classified{"Upgrade", field_class::hop_by_hop},
    classified{"HTTP2-Settings", field_class::hop_by_hop},
    classified{"Host", field_class::framing},
    classified{"Content-Length", field_class::framing},
    classified{"Transfer-Encoding", field_class::framing},
    classified{"Content-Type", field_class::ordinary},
    classified{"Signature", field_class::signature},
    classified{"Signature-Input", field_class::signature},
    classified{"Content-Digest", field_class::digest},
};

TEST_CASE("knows the class of a field in any case and in every spelling that maps to the same variable") {
  for (const auto& each : names) {
    CAPTURE(each.name);
    CHECK(classify(each.name) == each.kind);
  }
}

TEST_CASE("only a name of other characters than letters, digits and hyphens collides, and only with a protected one") {
  CHECK(http::collides("sallyport_subject"));
  CHECK(http::collides("Sallyport.Subject"));
  CHECK(http::collides("x!forwarded-for"));
  CHECK(http::collides("Content_Length"));
  CHECK_FALSE(http::collides("Sallyport-Subject"));
  CHECK_FALSE(http::collides("my_field"));
  CHECK_FALSE(http::collides("my.field"));
}

TEST_CASE("fields that Connection names do not pass, those it may not name are unaffected") {
  const std::vector<field> fields = {{"Connection", "close, X-Hop"},
                                     {"connection", "sallyport-assertion"},
                                     {"X-Hop", "1"},
                                     {"X_Hop", "1"},
                                     {"X-End", "1"},
                                     {"Sallyport-Assertion", "j"}};
  const bool named = http::has_connection_names(fields);
  CHECK(named);
  const auto passes = [&](std::size_t i) { return http::may_pass(fields, fields[i], named); };
  CHECK_FALSE(passes(0));
  CHECK_FALSE(passes(2));
  CHECK_FALSE(passes(3));
  CHECK(passes(4));
  CHECK_FALSE(passes(5));
  // What this hop reads is found as ever: Connection took nothing away.
  CHECK(http::single_field(fields, "sallyport-assertion") == "j");
}

TEST_CASE("the usual Connection options name no field") {
  CHECK_FALSE(http::has_connection_names(std::vector<field>{{"Connection", "keep-alive, Upgrade"}}));
  CHECK_FALSE(http::has_connection_names(std::vector<field>{{"Accept", "x"}}));
}

TEST_CASE("finds, counts and joins fields in any case") {
  const std::vector<field> fields = {{"Accept", "a"}, {"ACCEPT", "b"}, {"Host", "h"}};
  CHECK(http::find_field(fields, "accept")->value == "a");
  CHECK(http::find_field(fields, "via") == nullptr);
  CHECK(http::count_fields(fields, "accept") == 2);
  CHECK(http::combined_field(fields, "accept") == "a, b");
  CHECK_FALSE(http::combined_field(fields, "via").has_value());
  CHECK_FALSE(http::single_field(fields, "accept").has_value());
  CHECK(http::single_field(fields, "host") == "h");
}

TEST_CASE("reads lists with empty members") {
  CHECK(http::list_contains(" ,a,, Close ,", "close"));
  CHECK_FALSE(http::list_contains("closed, not-close", "close"));
  CHECK_FALSE(http::list_contains("", "close"));
}

}  // namespace
}  // namespace sallyport::testing
