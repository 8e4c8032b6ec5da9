#include "gate/edge/exchange.hpp"

#include "audit/record.hpp"
#include "encoding/base64url.hpp"
#include "gate/edge/caller.hpp"
#include "gate/edge/cors.hpp"
#include "gate/edge/visit.hpp"
#include "gate/protocol/probe.hpp"
#include "gate/protocol/signed_headers.hpp"
#include "http/method.hpp"
#include "policy/header_map.hpp"
#include "policy/match.hpp"

namespace sallyport::gate {
namespace {

// The origin takes 64 KiB; the signature and a grant come on top, and hops on the way there add fields of their own.
constexpr std::size_t max_unsigned_bytes = std::size_t{60} << 10;

result<void> check_size(const forward& made) {
  std::size_t size = made.target.size() + made.origin.size();
  for (const auto& each : made.fields) size += each.name.size() + each.value.size() + 4;
  return size > max_unsigned_bytes ? result<void>(reason::framing_head_too_large) : result<void>();
}

std::string random_text(bytes_view entropy, std::size_t which) {
  return encoding::encode_base64url(entropy.subspan(which * 16, 16));
}

}  // namespace

edge_exchange::edge_exchange(edge::state& held, const edge_request& request, unix_milliseconds now, bytes_view entropy)
    : held_(held), request_(request), now_(now), entropy_(entropy) {}

edge_outcome edge_exchange::run() {
  edge_outcome result{decide(), {}, {}};
  result.audit = audit_line(result.what);
  result.refresh = std::move(refresh_);
  return result;
}

edge_exchange::outcome edge_exchange::decide() {
  if (entropy_.size() < edge_entropy_bytes) return refused(failure(reason::internal, "too little entropy"));
  id_ = random_text(entropy_, 0);
  if (auto over = read_head()) return std::move(*over);
  if (auto over = own_endpoint()) return std::move(*over);
  if (auto over = services_endpoint()) return std::move(*over);
  if (auto over = find_route()) return std::move(*over);
  if (auto over = jobs_endpoint()) return std::move(*over);
  if (auto over = authenticate()) return std::move(*over);
  if (auto over = evaluate()) return std::move(*over);
  if (question_) return tell_state();
  if (match_.route->job != nullptr) return run_job();
  if (auto over = plan_body()) return std::move(*over);
  return sign();
}

edge_exchange::ending edge_exchange::read_head() {
  const edge_head_limits limits{held_.limits.max_fields, held_.limits.max_head_bytes,
                                policy::allowed_forms(*held_.policy)};
  auto head = read_edge_head(request_, held_.callers.places(), limits, storage_);
  if (!head.ok()) return refused(head.error());
  head_ = std::move(*head);
  return std::nullopt;
}

edge_exchange::ending edge_exchange::own_endpoint() {
  auto found = held_.own.find(request_, head_->target.path());
  return found ? ending(std::move(*found)) : std::nullopt;
}

// A path that two readers read differently is refused before anybody is asked who they are.
edge_exchange::ending edge_exchange::find_route() {
  // Between edge and agents only: nobody else is told more of it than that, whoever asks.
  if (head_->target.path() == agent_path) return refused(failure(reason::route_not_found));
  match_ = policy::match_route(*held_.policy, request_.method, request_.host, head_->target.path());
  if (match_.why == reason::ok) return std::nullopt;
  return refused(failure(match_.why, policy::describe(match_)));
}

edge_exchange::ending edge_exchange::authenticate() {
  const auto found = held_.callers.places().find(request_.fields);
  if (!found.ok()) return refused(found.error());
  if (!found->has_value()) {
    if (!match_ || !match_.route->anonymous) {
      return refused(failure(reason::credential_missing, held_.callers.places().describe()));
    }
    caller_ = held_.callers.anonymous();
    return std::nullopt;
  }
  auto verdict = held_.callers.authenticate(**found, now_, refresh_);
  if (auto* keys = std::get_if<key_request>(&verdict)) return need{need::keys{std::move(*keys)}};
  if (auto* why = std::get_if<failure>(&verdict)) return refused(std::move(*why));
  caller_ = std::move(*std::get_if<verified_token_ptr>(&verdict));
  return std::nullopt;
}

policy::request_facts edge_exchange::facts() const {
  policy::request_facts facts;
  facts.method = request_.method;
  facts.host = request_.host;
  facts.path = head_->target.path();
  facts.query = head_->target.query();
  facts.headers = head_->fields;
  facts.ip = head_->ip;
  facts.country = head_->country;
  facts.asn = request_.asn;
  facts.time = now_;
  facts.id = id_;
  return facts;
}

edge_exchange::ending edge_exchange::evaluate() {
  decision_ = policy::decide(*held_.policy, match_, caller_->who, facts());
  if (!decision_.allowed()) return refused(failure(decision_.why, decision_.detail));
  if (match_.route->service == nullptr) return std::nullopt;
  const auto room = policy::check_app_headers(service(), caller_->who);
  return room.ok() ? std::nullopt : ending(refused(room.error()));
}

edge_exchange::ending edge_exchange::plan_body() {
  if (is_body_empty()) return std::nullopt;
  const policy::body_rule& rule = match_.route->body;
  if (must_be_read()) return need{need::body{rule.signed_bytes, refusal_fields(match_.route, request_.fields)}};
  const bool read = request_.body.is == edge_body::state::read;
  body_.plan = read ? forward::body_plan::bytes : forward::body_plan::stream;
  body_.length = read ? request_.body.content.size() : head_->content_length;
  const bool covered =
      read && rule.how == policy::body_rule::mode::signed_body && request_.body.content.size() <= rule.signed_bytes;
  body_.coverage = covered ? body_coverage::covered : body_coverage::stream;
  return std::nullopt;
}

// No body and an empty one are the same request.
bool edge_exchange::is_body_empty() const {
  switch (request_.body.is) {
    case edge_body::state::none: return true;
    case edge_body::state::read: return request_.body.content.empty();
    case edge_body::state::unread: return head_->content_length == std::uint64_t{0};
    case edge_body::state::too_large: return false;
  }
  return false;
}

bool edge_exchange::must_be_read() const {
  if (match_.route->body.how == policy::body_rule::mode::stream) return false;
  if (request_.body.is != edge_body::state::unread) return false;
  return !head_->content_length || *head_->content_length <= match_.route->body.signed_bytes;
}

edge_exchange::outcome edge_exchange::sign() {
  auto made = make_forward();
  if (!made.ok()) return refused(made.error());
  return std::move(*made);
}

result<forward> edge_exchange::make_forward() {
  const assertion_order order{caller_.get(), match_.route, body_.coverage};
  SALLYPORT_ASSIGN(assertion_, held_.mint.assertion_for(order, to_seconds(now_), random_text(entropy_, 2)));
  forward made;
  made.service = service().name;
  made.origin = service().origin;
  made.body = body_.plan;
  made.content_length = body_.length;
  made.repeatable = http::is_idempotent(request_.method) && body_.plan != forward::body_plan::stream;
  made.wakes = is_visit(request_, *match_.route);
  made.timeout = match_.route->timeout;
  if (service().ecs || service().sigv4) {
    made.caller = encoding::canonical_json(describe_caller({caller_->who, head_->ip}, match_.route->id, held_.host));
  }
  made.cache = plan_cache();
  made.caller_tag = caller_tag({caller_->who, head_->ip});
  made.refusal_fields = refusal_fields(match_.route, request_.fields);
  made.fields = std::move(head_->fields);
  std::erase_if(made.fields, [&](const http::field& each) {
    return imitates_covered(service(), each.name) || policy::is_stripped_header(service(), each.name);
  });
  const std::string context_text = make_context(made.fields);
  made.storage = std::move(storage_);
  made.target = made.storage.copy(head_->target.text);
  made.request_id = made.storage.copy(id_);
  const auto assertion = made.storage.copy(assertion_->compact);
  const auto context = made.storage.copy(context_text);
  order_signature(made, assertion, context);
  SALLYPORT_TRY(check_size(made));
  return made;
}

std::optional<cache_plan> edge_exchange::plan_cache() const {
  const cache_subject what{request_.method, request_.scheme, request_.host,  head_->target.text, head_->target.path(),
                           head_->fields,   head_->ip,       head_->country, request_.asn};
  return gate::plan_cache(*held_.policy, *match_.route, caller_->who, what, held_.callers.places(), held_.host);
}

std::string edge_exchange::make_context(std::span<const http::field> sent) const {
  request_context context;
  context.id = id_;
  context.time = now_;
  context.host = request_.host;
  context.proto = request_.scheme;
  context.ip = head_->ip;
  context.country = head_->country;
  context.asn = request_.asn;
  context.headers = signed_header_digest(service(), sent, held_.host);
  context.authority = authority_digest(service(), sent, held_.host);
  return write_context(context);
}

void edge_exchange::order_signature(forward& to, std::string_view assertion, std::string_view context) const {
  auto& order = to.to_sign;
  order.service = to.service;
  order.method = to.storage.copy(request_.method);
  order.path = to.storage.copy(head_->target.path());
  order.query = to.storage.copy(head_->target.query());
  order.assertion = assertion;
  order.context = context;
  if (head_->content_type) order.content_type = to.storage.copy(*head_->content_type);
  if (body_.length) order.content_length = to.storage.copy(std::to_string(*body_.length));
  order.nonce = to.storage.copy(random_text(entropy_, 1));
  order.created = to_seconds(now_);
  order.body = body_as_sent();
  to.fields.push_back({"Sallyport-Assertion", assertion});
  to.fields.push_back({"Sallyport-Context", context});
  if (body_.plan != forward::body_plan::bytes || body_.coverage != body_coverage::covered) return;
  order.content_digest = to.storage.copy(http::content_digest_field(held_.host, request_.body.content));
  to.fields.push_back({"Content-Digest", order.content_digest});
}

channel::request_body edge_exchange::body_as_sent() const {
  switch (body_.plan) {
    case forward::body_plan::none: return channel::request_body::none;
    case forward::body_plan::stream: return channel::request_body::streams;
    case forward::body_plan::bytes: break;
  }
  const bool small = request_.body.content.size() <= channel::max_probe_body_bytes;
  return small ? channel::request_body::small : channel::request_body::held;
}

edge_exchange::outcome edge_exchange::refused(failure why) {
  const auto* to = match_ ? match_.route->service : nullptr;
  // A path that is read in two ways is no route's, but the page that asked for it is.
  const auto* asked = match_ ? match_.route : match_.by_bytes;
  return refuse{why.why, std::move(why.detail), id_, to != nullptr ? to->resource_metadata : std::string_view(),
                refusal_fields(asked, request_.fields)};
}

std::string edge_exchange::audit_line(const outcome& what) const {
  const auto* no = std::get_if<refuse>(&what);
  const bool yes = std::get_if<forward>(&what) != nullptr || std::get_if<job_order>(&what) != nullptr ||
                   std::get_if<service_order>(&what) != nullptr;
  if (no == nullptr && !yes) return {};
  audit::record entry;
  entry.end = audit::end::edge;
  entry.time = now_;
  entry.why = no != nullptr ? no->why : reason::ok;
  if (no != nullptr) entry.detail = no->detail;
  entry.id = id_;
  entry.method = question_ ? question_->method : request_.method;
  entry.host = request_.host;
  entry.path = question_ ? question_->path
               : head_   ? head_->target.path()
                         : request_.target.substr(0, request_.target.find('?'));
  entry.policy = held_.policy->digest;
  if (head_) entry.ip = head_->ip, entry.country = head_->country;
  if (caller_) {
    entry.issuer = caller_->who.issuer;
    entry.subject = caller_->who.subject;
    entry.kind = policy::name_of(caller_->who.kind);
  }
  if (caller_ && match_) {
    entry.route = match_.route->id;
    if (match_.route->service != nullptr) entry.service = match_.route->service->name;
  }
  if (assertion_) entry.assertion = assertion_->id;
  entry.shadow = decision_.shadow;
  return audit::line(entry);
}

}  // namespace sallyport::gate
