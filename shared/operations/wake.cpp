// Steps of a machine that wakes. Its state is a text that the host keeps and never reads, beside a view that it may.
#include <optional>

#include "encoding/base64url.hpp"
#include "gate/edge/probe.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"
#include "wake/json.hpp"
#include "wake/keeping.hpp"
#include "wake/told.hpp"

namespace sallyport::operations {
namespace {

/// The text that a step gave before, or what it holds. What is neither is a machine that never took a step.
aws::wake_state state_of(const json& in) {
  const json* given = find_member(in, "state");
  if (given == nullptr) return {};
  const auto read = given->is_string() ? encoding::parse_json(text_member(in, "state")) : result<json>(*given);
  auto state = read.ok() ? aws::wake_state_from(*read) : std::nullopt;
  return state ? std::move(*state) : aws::wake_state();
}

aws::wake_settings settings_of(const json& in) {
  const json* given = find_member(in, "settings");
  return given != nullptr ? aws::wake_settings_from(*given) : aws::wake_settings();
}

std::uint32_t jitter_of(const json& in) {
  return static_cast<std::uint32_t>(number_member(in, "jitter") & 0x3FF);
}

json view_of(const aws::wake_state& state) {
  json out = {{"phase", name_of(state.phase)},
              {"alarm", state.alarm},
              {"probe_at", state.probing.at},
              {"call_until", state.in_flight == aws::wake_call::none ? 0 : state.in_flight_until}};
  if (state.phase != aws::wake_phase::failed) return out;
  out["reason"] = name_of(state.why);
  out["detail"] = state.detail;
  return out;
}

aws::probe_result result_of(const gate::probe_reading& read) {
  switch (read.meaning) {
    case gate::probe_meaning::told: return read.status.ready() ? aws::probe_result::ready : aws::probe_result::unready;
    case gate::probe_meaning::too_old: return aws::probe_result::too_old;
    case gate::probe_meaning::refused:
    case gate::probe_meaning::nothing: return aws::probe_result::nothing;
  }
  __builtin_trap();
}

aws::probed read_response(const json& event, const json& response) {
  const gate::probe_response came{static_cast<int>(number_member(response, "status") & 0x3FF),
                                  text_member(response, "content_type"), truth_member(response, "from_agent"),
                                  text_member(response, "body")};
  const auto read = gate::read_probe(came, text_member(event, "id"));
  aws::probed out;
  out.said = result_of(read);
  out.heard = true;
  out.task_arn = read.status.task;
  out.why = read.status.why;
  out.in_flight = static_cast<std::int64_t>(read.status.in_flight);
  out.idle_ms = static_cast<unix_milliseconds>(read.status.idle_ms);
  out.up_ms = static_cast<unix_milliseconds>(read.status.up_ms);
  out.detail = read.detail;
  if (out.said == aws::probe_result::ready) out.detail = "ready";
  if (out.said == aws::probe_result::unready) out.detail = "not ready: " + out.why;
  return out;
}

/// What came of a probe, as the machine knows it.
aws::probed probed_of(const json& event) {
  aws::probed out;
  const json* response = find_member(event, "response");
  if (response != nullptr && response->is_object()) {
    out = read_response(event, *response);
  } else {
    out.detail = "no response: " + aws::printable(text_member(event, "failed"), 200);
    if (truth_member(event, "broken")) out.said = aws::probe_result::broken;
    if (truth_member(event, "unsendable")) out.said = aws::probe_result::unsendable;
  }
  out.number = static_cast<std::uint32_t>(number_member(event, "number") & 0xFFFFFFFF);
  return out;
}

std::optional<aws::wake_event> event_of(const json& happened) {
  if (text_member(happened, "kind") == "probed") return probed_of(happened);
  return aws::wake_event_from(happened);
}

}  // namespace

json probe_request(const json& in, means& with) {
  if (with.edge == nullptr) return error(reason::not_ready);
  const auto entropy = encoding::decode_base64(text_member(in, "entropy_b64"));
  if (!entropy.ok()) return error(entropy.error());
  const auto made = with.edge->probe(text_member(in, "service"), number_member(in, "now"), *entropy);
  if (!made.ok()) return error(made.error());
  return {{"id", made->id}, {"path", std::string(gate::agent_path)}, {"fields", pairs_to_json(made->fields)}};
}

json wake(const json& in, means&) {
  const json* happened = find_member(in, "event");
  const auto event = happened != nullptr ? event_of(*happened) : std::nullopt;
  if (!event) return error({reason::internal, "no such event"});
  const auto settings = settings_of(in);
  const auto now = number_member(in, "now");
  const auto jitter = jitter_of(in);
  const auto before = state_of(in);
  auto next = aws::wake_next(before, *event, now, settings, jitter);
  const bool kept = aws::keep(before, next.state, settings);
  const auto* request = std::get_if<aws::allowed_request>(&*event);
  const aws::asking who{request != nullptr ? std::string_view(request->caller) : std::string_view(), jitter};
  const bool refused = next.effects.answer == aws::wake_answer::refused;
  return {{"state", encoding::canonical_json(aws::to_json(next.state))},
          {"keep", kept},
          {"before", name_of(before.phase)},
          {"view", view_of(next.state)},
          {"effects", aws::to_json(next)},
          {"told", refused ? aws::told_over_budget(next.state, now, settings, who)
                           : aws::told_of(next.state, now, settings, who)}};
}

json wake_told(const json& in, means&) {
  return aws::told_of(state_of(in), number_member(in, "now"), settings_of(in), {{}, jitter_of(in)});
}

json wake_seen(const json& in, means&) {
  auto told = aws::told_without_waking(state_of(in), number_member(in, "now"), settings_of(in), {{}, jitter_of(in)});
  const auto document = encoding::canonical_json(aws::state_document(told));
  return {{"told", std::move(told)}, {"document", document}};
}

}  // namespace sallyport::operations
