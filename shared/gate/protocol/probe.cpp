#include "gate/protocol/probe.hpp"

#include "encoding/json.hpp"

namespace sallyport::gate {
namespace {

using encoding::json;

constexpr std::int64_t status_version = 1;
constexpr std::size_t max_status_text = 2048;
constexpr std::size_t max_status_policies = 8;

bool is_probe_claim(std::string_view name) {
  constexpr std::string_view claims[] = {"iss", "aud", "route", "pol", "jti", "iat", "exp", "idp", "sub", "kind"};
  for (const auto each : claims) {
    if (each == name) return true;
  }
  return false;
}

bool read_short_text(const json& from, std::string_view name, std::string& to) {
  const auto text = encoding::string_member(from, name);
  if (!text || text->size() > max_status_text) return false;
  to = *text;
  return true;
}

bool read_whole_number(const json& from, std::string_view name, std::uint64_t& to) {
  constexpr std::int64_t most = std::int64_t{1} << 53;
  const auto number = encoding::integer_member(from, name);
  if (!number || *number < 0 || *number > most) return false;
  to = static_cast<std::uint64_t>(*number);
  return true;
}

bool read_policies(const json& from, std::vector<std::string>& to) {
  const auto* list = encoding::find_member(from, "policy");
  if (list == nullptr || !list->is_array() || list->size() > max_status_policies) return false;
  for (const auto& each : *list) {
    if (!each.is_string()) return false;
    to.push_back(each.get<std::string>());
  }
  return true;
}

/// Whether it says ready if, and only if, it names no reason against it.
bool read_why(const json& from, agent_status& to) {
  const auto* ready = encoding::find_member(from, "ready");
  if (ready == nullptr || !ready->is_boolean() || !read_short_text(from, "why", to.why)) return false;
  const bool known = to.why.empty() || to.why == "stopping" || to.why == "policy" || to.why == "app";
  return known && ready->get<bool>() == to.why.empty();
}

}  // namespace

std::string write_probe_assertion(const assertion& what) {
  return encoding::canonical_json(json{{"iss", what.issuer},
                                       {"aud", what.audience},
                                       {"route", std::string(probe_route)},
                                       {"pol", what.policy_digest},
                                       {"jti", what.id},
                                       {"iat", what.issued_at},
                                       {"exp", what.expires},
                                       {"idp", std::string(probe_party)},
                                       {"sub", std::string(probe_party)},
                                       {"kind", std::string(probe_kind)}});
}

result<assertion> read_probe_assertion(std::string_view payload) {
  const auto wrong = [](std::string_view what) { return failure(reason::assertion_invalid, std::string(what)); };
  const auto claims = encoding::parse_json(payload, {std::size_t{8} << 10, 4});
  if (!claims.ok() || !claims->is_object()) return wrong("the payload is not a JSON object");
  for (const auto& [name, value] : claims->items()) {
    if (!is_probe_claim(name)) return wrong("a probe has no claim of that name");
  }
  const auto is = [&](std::string_view name, std::string_view value) {
    return encoding::string_member(*claims, name) == value;
  };
  if (!is("kind", probe_kind) || !is("route", probe_route)) return wrong("no probe: its kind or route is another");
  if (!is("idp", probe_party) || !is("sub", probe_party)) return wrong("idp or sub");
  assertion what;
  const bool texts = read_short_text(*claims, "iss", what.issuer) && read_short_text(*claims, "aud", what.audience) &&
                     read_short_text(*claims, "pol", what.policy_digest) && read_short_text(*claims, "jti", what.id);
  if (!texts || what.id.empty()) return wrong("iss, aud, pol or jti");
  const auto issued_at = encoding::integer_member(*claims, "iat");
  const auto expires = encoding::integer_member(*claims, "exp");
  if (!issued_at || !expires || *issued_at < 0 || *expires < 0) return wrong("iat or exp");
  what.route = probe_route;
  what.issued_at = *issued_at;
  what.expires = *expires;
  return what;
}

std::string write_status(const agent_status& what) {
  return encoding::canonical_json(json{{"v", status_version},
                                       {"id", what.id},
                                       {"task", what.task},
                                       {"ready", what.ready()},
                                       {"why", what.why},
                                       {"in_flight", what.in_flight},
                                       {"upgraded", what.upgraded},
                                       {"idle_ms", what.idle_ms},
                                       {"policy", what.policies},
                                       {"agent", what.agent},
                                       {"up_ms", what.up_ms}});
}

std::optional<agent_status> read_status(std::string_view body) {
  if (body.size() > max_status_bytes) return std::nullopt;
  const auto said = encoding::parse_json(body, {max_status_bytes, 8});
  if (!said.ok() || !said->is_object() || encoding::integer_member(*said, "v") != status_version) return std::nullopt;
  agent_status out;
  const bool texts = read_short_text(*said, "id", out.id) && read_short_text(*said, "task", out.task) &&
                     read_short_text(*said, "agent", out.agent);
  const bool numbers = read_whole_number(*said, "in_flight", out.in_flight) &&
                       read_whole_number(*said, "upgraded", out.upgraded) &&
                       read_whole_number(*said, "idle_ms", out.idle_ms) && read_whole_number(*said, "up_ms", out.up_ms);
  if (!texts || !numbers || !read_why(*said, out) || !read_policies(*said, out.policies)) return std::nullopt;
  return out;
}

}  // namespace sallyport::gate
