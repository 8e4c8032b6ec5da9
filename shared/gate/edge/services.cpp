// The part of an exchange that tells or resets the state of a service.
#include "gate/edge/caller.hpp"
#include "gate/edge/cors.hpp"
#include "gate/edge/exchange.hpp"
#include "gate/edge/service_order.hpp"
#include "gate/edge/site.hpp"

namespace sallyport::gate {

edge_exchange::ending edge_exchange::services_endpoint() {
  const auto named = parse_service_path(head_->target.path());
  if (!named) return std::nullopt;
  if (named->reset && request_.method == "POST") return reset(named->service);
  const bool looks = request_.method == "GET" || request_.method == "HEAD";
  return looks && !named->reset ? ask_for(named->service) : std::nullopt;
}

/// From here on, the request that it asks about is decided; it has no body.
edge_exchange::ending edge_exchange::ask_for(std::string_view service) {
  const auto target = read_question(head_->target.query());
  if (!target.ok()) return refused(target.error());
  question_ = {storage_.copy(service), request_.method, storage_.copy(head_->target.path())};
  request_.method = "GET";
  request_.target = storage_.copy(*target);
  request_.body = {};
  return read_head();
}

edge_exchange::outcome edge_exchange::tell_state() {
  const auto* to = match_.route->service;
  if (to == nullptr || to->name != question_->service || !to->ecs || !to->ecs->wake) {
    return refused(failure(reason::route_not_found, "the target leads to no service of that name that wakes"));
  }
  return order_of(service_order::action::look, *to);
}

edge_exchange::outcome edge_exchange::reset(std::string_view service) {
  // Who does not operate it learns nothing, not even whether there is such a service.
  if (auto over = authenticate()) return std::move(*over);
  if (const auto own = check_site(request_); !own.ok()) return refused(own.error());
  const auto* to = policy::find_service(*held_.policy, service);
  if (to == nullptr || !to->ecs || !to->ecs->wake)
    return refused(failure(reason::policy_not_allowed, "no service of that name wakes"));
  if (!operates(*to)) return refused(failure(reason::policy_not_allowed, "operators of service " + to->name));
  return order_of(service_order::action::reset, *to);
}

service_order edge_exchange::order_of(service_order::action what, const policy::service& to) const {
  service_order order;
  order.what = what;
  order.service = to.name;
  order.request_id = id_;
  order.caller =
      describe_caller({caller_->who, head_->ip}, match_ ? std::string_view(match_.route->id) : "", held_.host);
  order.refusal_fields = refusal_fields(match_.route, request_.fields);
  return order;
}

bool edge_exchange::operates(const policy::service& to) const {
  for (const auto& route : held_.policy->routes) {
    if (route.service != &to) continue;
    policy::route_match any;
    any.route = &route;
    return policy::may_operate(any, caller_->who, facts());
  }
  return false;
}

}  // namespace sallyport::gate
