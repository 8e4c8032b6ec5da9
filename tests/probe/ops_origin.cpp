// `origin`: a whole recorded request in, the decision out. ops_edge.cpp has the other end.
//
// in
// * policy, previous_policy: documents; the previous one may be absent.
// * service: which one; default: the policy's first.
// * keys: {"edge": JWK set (public, or private: its public half), "secrets": JWK set}; also edge_keys, secrets.
// * message_b64 (or message): the raw HTTP/1.1 request, head and body, the body without any transfer coding; or
//   head_b64 and body_b64; or request: method, target, host, fields, body, put together as they are.
// * now: as there; skew: seconds; max_signed_body_bytes.
// * seen: list of {nonce, expires}: admitted before.
// * channel_secret_b64: the private key of the agent's end of channels, 32 octets; without it there are none.
// * earlier: requests that came before, in their order; each is `in` but for the members that it has itself.
// out: outcome "admit", method, target, host, fields (for the app), route, request_id, clock_difference, body
// ("none", "signed", "stream"), audit. A refusal is the operation's reason, and out has outcome "refuse", request_id,
// audit, unknown_key. Both have channel (Sallyport-Channel of the response), where there is any; with channel_secret_b64,
// held: how many channels are; with earlier, the reasons of those.
#include "gate/origin/channel_store.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/gate_arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

result<gate::origin_snapshot_ptr> snapshot_argument(const json& in, crypto::port& host) {
  auto made = std::make_shared<gate::origin_snapshot>();
  SALLYPORT_ASSIGN(made->policy, policy_argument(in, "policy", host));
  if (!document_argument(in, "previous_policy").empty()) {
    SALLYPORT_ASSIGN(made->previous, policy_argument(in, "previous_policy", host));
  }
  const auto& services = made->policy->services;
  made->service = text_argument(in, "service", services.empty() ? "" : std::string_view(services.front().name));
  SALLYPORT_ASSIGN(made->edge_keys, public_keys(keys_argument(in, "edge"), host));
  std::string secrets = document_argument(member_or_empty(in, "keys"), "secrets");
  if (secrets.empty()) secrets = document_argument(in, "secrets");
  if (!secrets.empty()) {
    SALLYPORT_ASSIGN(made->secrets, jose::parse_secret_keys(secrets, host));
  }
  return gate::origin_snapshot_ptr(std::move(made));
}

std::string message_argument(const json& in) {
  const std::string whole = bytes_argument(in, "message");
  if (!whole.empty()) return whole;
  const std::string head = bytes_argument(in, "head");
  if (!head.empty()) return head + bytes_argument(in, "body");
  const json& request = member_or_empty(in, "request");
  std::string text =
      text_argument(request, "method", "GET") + " " + bytes_argument(request, "target") + " HTTP/1.1\r\n";
  if (request.contains("host")) text += "Host: " + text_argument(request, "host") + "\r\n";
  for (const auto& [name, value] : fields_argument(request))
    text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n" + bytes_argument(request, "body");
}

void remember_seen(const json& in, gate::replay_set& seen, seconds skew, unix_milliseconds now) {
  const auto* list = encoding::find_member(in, "seen");
  if (list == nullptr || !list->is_array()) return;
  for (const auto& each : *list) {
    const auto key = gate::make_replay_key(text_argument(each, "nonce"));
    const auto expires = integer_argument(each, "expires", to_seconds(now) + 30) + skew;
    (void)seen.admit(key, expires, to_seconds(now));
  }
}

std::optional<bad_arguments> mistake_in_origin(const json& in) {
  return find_mistake(in, {{"policy", shapes::any, true},
                           {"message_b64", shapes::base64},
                           {"head_b64", shapes::base64},
                           {"body_b64", shapes::base64},
                           {"now", shapes::number},
                           {"skew", shapes::number},
                           {"channel_secret_b64", shapes::base64},
                           {"max_signed_body_bytes", shapes::number}});
}

/// A request before the one that is asked about.
struct earlier_request {
  json in;
  /// It met what that one meets.
  bool has_same_snapshot = true;
};

bool is_about_snapshot(const json& given) {
  constexpr std::string_view names[] = {"policy", "previous_policy", "service", "keys", "edge_keys", "secrets"};
  return std::any_of(std::begin(names), std::end(names), [&](auto name) { return given.contains(name); });
}

std::variant<std::vector<earlier_request>, bad_arguments> earlier_argument(const json& in) {
  std::vector<earlier_request> out;
  const auto* list = encoding::find_member(in, "earlier");
  if (list == nullptr || list->is_null()) return out;
  const bad_arguments no_list{"earlier is not a list of objects"};
  if (!list->is_array()) return no_list;
  for (const auto& each : *list) {
    if (!each.is_object()) return no_list;
    json whole = in;
    whole.erase("earlier");
    whole.update(each);
    if (auto wrong = mistake_in_origin(whole)) return *wrong;
    out.push_back({std::move(whole), !is_about_snapshot(each)});
  }
  return out;
}

/// What an agent holds from one request to the next.
struct agent_memory {
  gate::channel_identity_ptr self;
  gate::channel_memory channels{64};
  gate::replay_set seen;
};

result<gate::channel_identity_ptr> identity_argument(const json& in, crypto::port& host) {
  if (!base64_argument(in, "channel_secret_b64")) return gate::channel_identity_ptr();
  SALLYPORT_ASSIGN(const auto own, channel::make_pair(host, scalar_argument(in, "channel_secret_b64")));
  return gate::channel_identity_ptr(std::make_shared<const gate::channel_identity>(host, own));
}

gate::origin_limits limits_argument(const json& in) {
  gate::origin_limits limits;
  limits.skew = integer_argument(in, "skew", limits.skew);
  limits.max_signed_body_bytes =
      static_cast<std::size_t>(integer_argument(in, "max_signed_body_bytes", std::int64_t{1} << 20));
  return limits;
}

answer run_at(agent_memory& agent, const gate::origin_snapshot_ptr& snapshot, const json& in, crypto::port& host) {
  const auto limits = limits_argument(in);
  const auto usable = gate::check_snapshot(*snapshot, limits);
  if (!usable.ok()) return {usable.why(), json::object()};
  const origin_run with{snapshot, limits, time_argument(in, "now", 0), {agent.self.get(), &agent.channels}};
  return run_message(with, message_argument(in), agent.seen, host);
}

json run_earlier(agent_memory& agent, const gate::origin_snapshot_ptr& snapshot,
                 const std::vector<earlier_request>& requests, crypto::port& host) {
  json reasons = json::array();
  for (const auto& each : requests) {
    const auto met = each.has_same_snapshot ? snapshot : snapshot_argument(each.in, host);
    const reason why = met.ok() ? run_at(agent, *met, each.in, host).why : met.why();
    reasons.push_back(std::string(name_of(why)));
  }
  return reasons;
}

}  // namespace

outcome run_origin(const json& in, crypto::port& host) {
  if (const auto wrong = mistake_in_origin(in)) return *wrong;
  const auto earlier = earlier_argument(in);
  if (const auto* wrong = std::get_if<bad_arguments>(&earlier)) return *wrong;
  const auto snapshot = snapshot_argument(in, host);
  if (!snapshot.ok()) return answer{snapshot.why(), json::object()};
  auto self = identity_argument(in, host);
  if (!self.ok()) return answer{self.why(), json::object()};
  agent_memory agent;
  agent.self = std::move(*self);
  remember_seen(in, agent.seen, limits_argument(in).skew, time_argument(in, "now", 0));
  const json reasons = run_earlier(agent, *snapshot, *std::get_if<std::vector<earlier_request>>(&earlier), host);
  auto said = run_at(agent, *snapshot, in, host);
  if (agent.self != nullptr) said.out["held"] = agent.channels.size();
  if (!reasons.empty()) said.out["earlier"] = reasons;
  return said;
}

}  // namespace sallyport::probe
