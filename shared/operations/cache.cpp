// The cache of the edge. `with_exchange` reads what its operations have in common.
#include "gate/edge/cache_exchange.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"

namespace sallyport::operations {
namespace {

using namespace gate;

cache_places places_of(const json& in) {
  return {text_member(in, "identity"), text_member(in, "shared"), text_member(in, "invalidated"),
          truth_member(in, "varied")};
}

/// `fields` is where the views of the answer lie.
cache_arrival arrival_of(const json& in, std::vector<http::field>& fields) {
  fields = fields_from(find_member(in, "answer_fields"));
  return {{static_cast<int>(number_member(in, "status") % 1000), fields, number_member(in, "requested"),
           number_member(in, "received")},
          text_member(in, "fwd")};
}

template <class F>
json with_exchange(const json& in, means& with, F&& then) {
  const auto* given = find_member(in, "plan");
  const auto plan = given != nullptr ? cache_plan_from(*given) : std::nullopt;
  if (!plan) return error({reason::internal, "no plan"});
  const auto request = fields_from(find_member(in, "fields"));
  return then(cache_exchange(*plan, text_member(in, "method"), request, with.host));
}

}  // namespace

json cache_lookup(const json& in, means& with) {
  return with_exchange(in, with, [&](const cache_exchange& exchange) {
    return exchange.look_up(places_of(in), number_member(in, "now"));
  });
}

json cache_stale(const json& in, means& with) {
  return with_exchange(in, with, [&](const cache_exchange& exchange) {
    return exchange.stand_in(text_member(in, "stored"), text_member(in, "fwd"), number_member(in, "fwd_status"),
                             number_member(in, "now"));
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
    return exchange.freshen(text_member(in, "stored"), arrival_of(in, fields), number_member(in, "now"));
  });
}

// RFC 9111 section 4.4: what failed changed nothing.
json cache_invalidate(const json& in, means&) {
  const auto status = number_member(in, "status");
  if (status < 200 || status >= 400) return json::object();
  return {{"text", write_invalidated(number_member(in, "now"))}, {"keep", http::longest_kept}};
}

}  // namespace sallyport::operations
