#include "operations/cache.hpp"

#include "gate/edge/cache_exchange.hpp"

namespace sallyport::gate {
namespace {

using encoding::find_member;
using encoding::json;

constexpr encoding::json_limits request_limits{std::size_t{1} << 20, 8};

json error(const failure& what) {
  return {{"error", name_of(what.why)}, {"detail", what.detail}};
}

std::string_view text(const json& from, std::string_view name) {
  return encoding::string_member(from, name).value_or("");
}

std::int64_t number(const json& from, std::string_view name) {
  return encoding::integer_member(from, name).value_or(0);
}

bool truth(const json& from, std::string_view name) {
  const auto* member = find_member(from, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

cache_places places_of(const json& in) {
  return {text(in, "identity"), text(in, "shared"), text(in, "invalidated"), truth(in, "varied")};
}

/// `fields` is where the views of the answer lie.
cache_arrival arrival_of(const json& in, std::vector<http::field>& fields) {
  fields = fields_from(find_member(in, "answer_fields"));
  return {{static_cast<int>(number(in, "status") % 1000), fields, number(in, "requested"), number(in, "received")},
          text(in, "fwd")};
}

// RFC 9111 section 4.4: what failed changed nothing.
json invalidate(const json& in) {
  const auto status = number(in, "status");
  if (status < 200 || status >= 400) return json::object();
  return {{"text", write_invalidated(number(in, "now"))}, {"keep", http::longest_kept}};
}

json dispatch(std::string_view op, const json& in, crypto::port& host) {
  if (op == "invalidate") return invalidate(in);
  const auto* given = find_member(in, "plan");
  const auto plan = given != nullptr ? cache_plan_from(*given) : std::nullopt;
  if (!plan) return error({reason::internal, "no plan"});
  const auto request = fields_from(find_member(in, "fields"));
  const cache_exchange exchange(*plan, text(in, "method"), request, host);
  std::vector<http::field> fields;
  if (op == "lookup") return exchange.look_up(places_of(in), number(in, "now"));
  if (op == "stale") {
    return exchange.stand_in(text(in, "stored"), text(in, "fwd"), number(in, "fwd_status"), number(in, "now"));
  }
  if (op == "store") return exchange.store(arrival_of(in, fields));
  if (op == "freshen") return exchange.freshen(text(in, "stored"), arrival_of(in, fields), number(in, "now"));
  return error({reason::internal, "no such operation"});
}

}  // namespace

std::string cache_operations::run(std::string_view request) const {
  const auto parsed = encoding::parse_json(request, request_limits);
  if (!parsed.ok()) return encoding::canonical_json(error(parsed.error()));
  const auto* in = find_member(*parsed, "in");
  if (in == nullptr || !in->is_object()) return encoding::canonical_json(error({reason::internal, "in is missing"}));
  return encoding::canonical_json(dispatch(text(*parsed, "op"), *in, host_));
}

}  // namespace sallyport::gate
