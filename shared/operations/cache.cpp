// The cache of the edge. `with_exchange` reads what its operations have in common.
#include "gate/edge/cache_exchange.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"

namespace sallyport::operations {
namespace {

using namespace gate;

cache_places places_of(const json& in) {
  return {view(in, "identity"), view(in, "shared"), view(in, "invalidated"), truth(in, "varied")};
}

/// `fields` is where the views of the answer lie.
cache_arrival arrival_of(const json& in, std::vector<http::field>& fields) {
  fields = fields_from(find_member(in, "answer_fields"));
  return {{static_cast<int>(number(in, "status") % 1000), fields, number(in, "requested"), number(in, "received")},
          view(in, "fwd")};
}

template <class F>
json with_exchange(const json& in, means& with, F&& then) {
  const auto* given = find_member(in, "plan");
  const auto plan = given != nullptr ? cache_plan_from(*given) : std::nullopt;
  if (!plan) return error({reason::internal, "no plan"});
  const auto request = fields_from(find_member(in, "fields"));
  return then(cache_exchange(*plan, view(in, "method"), request, with.host));
}

}  // namespace

json cache_lookup(const json& in, means& with) {
  return with_exchange(
      in, with, [&](const cache_exchange& exchange) { return exchange.look_up(places_of(in), number(in, "now")); });
}

json cache_stale(const json& in, means& with) {
  return with_exchange(in, with, [&](const cache_exchange& exchange) {
    return exchange.stand_in(view(in, "stored"), view(in, "fwd"), number(in, "fwd_status"), number(in, "now"));
  });
}

json cache_store(const json& in, means& with) {
  return with_exchange(in, with, [&](const cache_exchange& exchange) {
    std::vector<http::field> fields;
    return exchange.store(arrival_of(in, fields));
  });
}

json cache_freshen(const json& in, means& with) {
  return with_exchange(in, with, [&](const cache_exchange& exchange) {
    std::vector<http::field> fields;
    return exchange.freshen(view(in, "stored"), arrival_of(in, fields), number(in, "now"));
  });
}

// RFC 9111 section 4.4: what failed changed nothing.
json cache_invalidate(const json& in, means&) {
  const auto status = number(in, "status");
  if (status < 200 || status >= 400) return json::object();
  return {{"text", write_invalidated(number(in, "now"))}, {"keep", http::longest_kept}};
}

}  // namespace sallyport::operations
