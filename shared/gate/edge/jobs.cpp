// The part of an exchange that leads to a job.
#include "gate/edge/cors.hpp"
#include "gate/edge/exchange.hpp"
#include "gate/edge/job_order.hpp"

namespace sallyport::gate {

edge_exchange::ending edge_exchange::jobs_endpoint() {
  const auto path = head_->target.path();
  if (question_ || !is_jobs_path(path)) return std::nullopt;
  // Who is not known learns nothing, not even whether there is such a job.
  if (auto over = authenticate()) return over;
  const auto named = parse_jobs_path(*held_.policy, path);
  if (!named.ok()) return refused(named.error());
  auto order = order_query(*named, request_, {caller_->who, head_->ip}, id_, held_.host);
  if (!order.ok()) return refused(order.error());
  order->may_inspect = named->job != nullptr && inspects(*named->job);
  return std::move(*order);
}

bool edge_exchange::inspects(const policy::job& job) const {
  for (const auto& route : held_.policy->routes) {
    if (route.job != &job) continue;
    policy::route_match any;
    any.route = &route;
    return policy::may_inspect(any, caller_->who, facts());
  }
  return false;
}

edge_exchange::outcome edge_exchange::run_job() {
  if (request_.method != "POST") return refused(failure(reason::route_not_found, "a job is run by POST"));
  if (request_.body.is == edge_body::state::unread) {
    return need{need::body{max_job_body(), refusal_fields(match_.route, request_.fields)}};
  }
  auto order = order_run(*match_.route->job, request_, {caller_->who, head_->ip}, match_.route->id, id_, held_.host);
  if (!order.ok()) return refused(order.error());
  order->refusal_fields = refusal_fields(match_.route, request_.fields);
  return std::move(*order);
}

}  // namespace sallyport::gate
