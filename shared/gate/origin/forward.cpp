#include "gate/origin/forward.hpp"

#include "gate/protocol/signed_headers.hpp"
#include "http/fields.hpp"
#include "policy/header_map.hpp"

namespace sallyport::gate {
namespace {

// Set by the agent out of what is signed, whatever came in.
void add_own_fields(const opened& request, admitted& made) {
  made.fields.push_back({"Sallyport-Assertion", request.assertion_text});
  made.fields.push_back({"Sallyport-Request-Id", request.context.id});
  if (!request.context.ip.empty()) made.fields.push_back({"X-Forwarded-For", request.context.ip});
  made.fields.push_back({"X-Forwarded-Proto", request.context.proto});
  made.fields.push_back({"X-Forwarded-Host", request.context.host});
  if (request.body_checked) made.fields.push_back({"Content-Digest", request.digest_text});
}

void add_mapped_fields(const policy::route_match& match, const policy::request_facts& facts,
                       const policy::identity& who, admitted& made) {
  made.mapped = policy::app_headers(match, who, facts);
  for (const auto& each : made.mapped) made.fields.push_back({each.name, each.value});
}

}  // namespace

std::vector<http::field> passing_fields(std::span<const http::field> fields, const policy::service& to) {
  std::vector<http::field> kept;
  kept.reserve(fields.size());
  const bool connection_names = http::has_connection_names(fields);
  for (const auto& each : fields) {
    if (imitates_covered(to, each.name) || policy::is_stripped_header(to, each.name)) continue;
    const bool named = connection_names && !is_covered(to, each.name);
    if (http::may_pass(fields, each, named) && !http::name_equals(each.name, "expect")) kept.push_back(each);
  }
  return kept;
}

policy::request_facts facts_of(const opened& request, std::span<const http::field> fields) {
  policy::request_facts facts;
  facts.method = request.head.method;
  facts.host = request.context.host;
  facts.path = request.target.path;
  facts.query = request.target.query;
  facts.headers = fields;
  facts.ip = request.context.ip;
  facts.country = request.context.country;
  facts.asn = request.context.asn;
  facts.time = request.context.time;
  facts.id = request.context.id;
  return facts;
}

admitted make_admitted(const opened& request, const policy::route_match& match, const policy::request_facts& facts,
                       std::span<const http::field> fields) {
  admitted made;
  made.method = request.head.method;
  made.target = request.head.target;
  made.host = request.context.host;
  made.request_id = request.context.id;
  made.route = match.route->id;
  made.assertion = request.assertion;
  made.clock_difference = request.clock_difference.value_or(0);
  made.snapshot = request.snapshot;
  made.fields.reserve(fields.size() + 12);
  for (const auto& each : fields) {
    if (!policy::is_mapped_header(*match.route->service, each.name)) made.fields.push_back(each);
  }
  add_own_fields(request, made);
  add_mapped_fields(match, facts, request.assertion->content.who, made);
  return made;
}

}  // namespace sallyport::gate
