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
// out: outcome "admit", method, target, host, fields (for the app), route, request_id, clock_difference, body
// ("none", "signed", "stream"), audit. A refusal is the operation's reason, and out has outcome "refuse", request_id,
// audit, unknown_key.
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
                           {"max_signed_body_bytes", shapes::number}});
}

}  // namespace

outcome run_origin(const json& in, crypto::port& host) {
  if (const auto wrong = mistake_in_origin(in)) return *wrong;
  const auto snapshot = snapshot_argument(in, host);
  if (!snapshot.ok()) return answer{snapshot.why(), json::object()};
  const unix_milliseconds now = time_argument(in, "now", 0);
  gate::origin_limits limits;
  limits.skew = integer_argument(in, "skew", limits.skew);
  limits.max_signed_body_bytes =
      static_cast<std::size_t>(integer_argument(in, "max_signed_body_bytes", std::int64_t{1} << 20));
  const auto usable = gate::check_snapshot(**snapshot, limits);
  if (!usable.ok()) return answer{usable.why(), json::object()};
  gate::replay_set seen;
  remember_seen(in, seen, limits.skew, now);
  return run_message({*snapshot, limits, now}, message_argument(in), seen, host);
}

}  // namespace sallyport::probe
