#include "audit/record.hpp"

#include "audit/members.hpp"

namespace sallyport::audit {
namespace {

void write_caller_and_request(members& to, const record& what) {
  to.text("assertion", what.assertion);
  to.number("clock_difference", what.clock_difference);
  to.text("country", what.country);
  to.text("decision", what.why == reason::ok ? "allow" : "deny");
  to.text("detail", what.detail);
  to.text("end", what.end == end::edge ? "edge" : "origin");
  to.text("grant_kid", what.grant_kid);
  to.text("host", what.host);
  to.text("id", what.id);
  to.text("ip", what.ip);
  to.text("issuer", what.issuer);
  to.text("keyid", what.keyid);
  to.text("kind", what.kind);
  to.text("method", what.method);
  to.text("path", what.path);
}

void write_decision(members& to, const record& what) {
  to.text("policy", what.policy);
  to.text("reason", name_of(what.why));
  to.number("reason_number", static_cast<std::int64_t>(what.why));
  to.text("route", what.route);
  to.text("service", what.service);
  to.text("severity", name_of(describe(what.why).severity));
  to.text("shadow", what.shadow ? name_of(*what.shadow) : std::string_view());
  to.text("sig", what.sig);
  to.text("subject", what.subject);
  to.number("time", what.time);
  to.text("type", "decision");
  to.number("v", record_version);
}

}  // namespace

std::string line(const record& what) {
  std::string text;
  text.reserve(640);
  members to(text);
  write_caller_and_request(to, what);
  write_decision(to, what);
  text.front() = '{';
  text += '}';
  return text;
}

}  // namespace sallyport::audit
