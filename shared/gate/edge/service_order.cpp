#include "gate/edge/service_order.hpp"

#include "caching/stored_answer.hpp"
#include "encoding/percent.hpp"

namespace sallyport::gate {

using encoding::json;

std::optional<service_path> parse_service_path(std::string_view path) {
  constexpr std::string_view services_path = "/.sallyport/services/", reset = "/reset";
  if (!path.starts_with(services_path)) return std::nullopt;
  path.remove_prefix(services_path.size());
  service_path named{path, path.ends_with(reset)};
  if (named.reset) named.service.remove_suffix(reset.size());
  if (named.service.empty() || named.service.find('/') != std::string_view::npos) return std::nullopt;
  return named;
}

result<std::string> read_question(std::string_view query) {
  constexpr std::string_view name = "for=";
  const auto mistake = failure(reason::framing_target_form, "the query must be for=<path and query>, percent-encoded");
  if (!query.starts_with(name) || query.find('&') != std::string_view::npos) return mistake;
  auto target = encoding::decode_percent(query.substr(name.size()));
  if (!target.ok()) return mistake;
  return std::move(*target);
}

std::string_view name_of(service_order::action what) {
  switch (what) {
    case service_order::action::look: return "look";
    case service_order::action::reset: return "reset";
  }
  __builtin_trap();
}

json to_json(const service_order& order, std::string_view audit) {
  json out = {{"do", std::string(name_of(order.what))},
              {"service", std::string(order.service)},
              {"request_id", order.request_id},
              {"caller", order.caller},
              {"audit", std::string(audit)}};
  if (!order.refusal_fields.empty()) out["refusal_fields"] = fields_to_json(order.refusal_fields);
  return out;
}

}  // namespace sallyport::gate
