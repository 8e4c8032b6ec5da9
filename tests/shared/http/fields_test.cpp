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

// By who sets or believes it: load balancers and CDNs, platforms, identity proxies, meshes, frameworks, servers.
constexpr std::string_view trusted_names[] = {
    "Proxy",
    "X-WebAuth-User",
    "X-WEBAUTH-EMAIL",
    "X-Authenticated-User",
    "X-Authentik-Username",
    "X-Pomerium-Claim-Email",
    "X-Vouch-User",
    "Tailscale-User-Login",
    "X-Tailscale-User",
    "X-Consumer-Username",
    "X-Credential-Identifier",
    "X-Userinfo",
    "OIDC_CLAIM_sub",
    "OIDC-Access-Token",
    "Shib-Session-Id",
    "SM_USER",
    "iv-user",
    "OAM_REMOTE_USER",
    "X-Auth-User",
    "X-Auth-Roles",
    "X-SSO-User",
    "Impersonate-User",
    "Impersonate-Extra-Scopes",
    "X-Istio-Attributes",
    "l5d-client-id",
    "X-Jwt-Claim-Sub",
    "X-ARR-ClientCert",
    "X-ARR-SSL",
    "X-Azure-ClientIP",
    "X-Azure-FDID",
    "X-FD-HealthProbe",
    "X-MS-TOKEN-AAD-ID-TOKEN",
    "X-WAWS-Unencoded-URL",
    "Disguised-Host",
    "X-AppService-Proto",
    "X-Appengine-User-Ip",
    "X-AppEngine-Cron",
    "X-Endpoint-API-UserInfo",
    "X-Apigateway-Api-Userinfo",
    "X-Amzn-Mtls-Clientcert",
    "X-Amzn-Request-Context",
    "X-Amzn-Lattice-Identity",
    "CloudFront-Viewer-Address",
    "X-ApiGateway-Event",
    "Fastly-SSL",
    "Akamai-Origin-Hop",
    "X-Akamai-Edgescape",
    "Fly-Client-IP",
    "X-Heroku-Dynos",
    "X-Vercel-Forwarded-For",
    "X-Vercel-IP-Country",
    "X-NF-Client-Connection-IP",
    "DO-Connecting-IP",
    "Incap-Client-IP",
    "X-Sucuri-ClientIP",
    "Cf-Cert-Presented",
    "X-Middleware-Subrequest",
    "X-Middleware-Rewrite",
    "X-Invoke-Path",
    "X-Matched-Path",
    "X-Now-Route-Matches",
    "X-Prerender-Revalidate",
    "X-React-Router-Spa-Mode",
    "X-Astro-Path",
    "X-Accel-Mapping",
    "X-Accel-Redirect",
    "X-Sendfile-Type",
    "X-Sendfile",
    "X-Scheme",
    "X-Url-Scheme",
    "Front-End-Https",
    "X-HTTPS",
    "Script-Name",
    "Path-Info",
    "X-Script-Name",
    "X-ProxyUser-Ip",
    "X-Proxy-User",
    "WL-Proxy-Client-IP",
    "WL-Proxy-SSL",
    "$WSRU",
    "$WSCC",
    "X-Http-Verb",
    "Method-Override",
    "X-Http-Method-Verb",
    "X-Originating-IP",
    "X-True-Client-IP",
    "X-Forward-For",
    "X-SSL-Cert",
    "SSL-Protocol",
    "X-TLS-Client-Cert",
    "X-ProxiedEntitiesChain",
    "X-JFrog-Override-Base-Url",
    "X-Ingress-Path",
    "X-Override-Url",
    "X-Spiffe-Id",
    "X-Weblogic-Force-Jvmid",
};

TEST_CASE("what apps take for the word of a proxy of theirs is no client's to say, however it is spelled") {
  for (const auto name : trusted_names) {
    CAPTURE(name);
    CHECK(classify(name) == field_class::trusted);
    const std::vector<field> fields = {{name, "1"}};
    CHECK_FALSE(http::may_pass(fields, fields[0], false));
    std::string cgi(name);
    for (char& c : cgi) {
      if (c == '-') c = '_';
    }
    CHECK(classify(cgi) == field_class::trusted);
  }
}

TEST_CASE("a name is not trusted for its likeness to one that is") {
  for (const std::string_view name : {"Prox",
                                      "X-Proxied",
                                      "X-Web-Auth",
                                      "X-Auth-Token",
                                      "X-Auth-Key",
                                      "X-Api-Key",
                                      "X-Authentication",
                                      "X-Requested-With",
                                      "X-Request-Id",
                                      "X-Csrf-Token",
                                      "X-Middleware-Prefetch",
                                      "X-Nextjs-Data",
                                      "Next-Router-State-Tree",
                                      "Next-Action",
                                      "X-Amz-Date",
                                      "X-Amz-Security-Token",
                                      "X-Amzn-Trace-Id",
                                      "X-Ms-Client-Request-Id",
                                      "X-Goog-Api-Key",
                                      "X-Vercel-Signature",
                                      "X-Hub-Signature-256",
                                      "X-Github-Event",
                                      "Stripe-Signature",
                                      "X-Cloud-Trace-Context",
                                      "Traceparent",
                                      "X-B3-Traceid",
                                      "X-Tenant",
                                      "X-User",
                                      "X-Client-Version",
                                      "X-",
                                      "X",
                                      "$",
                                      "-",
                                      "Range",
                                      "Origin"}) {
    CAPTURE(name);
    CHECK(classify(name) == field_class::ordinary);
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
