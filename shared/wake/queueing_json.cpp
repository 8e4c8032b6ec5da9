#include "wake/queueing_json.hpp"

#include <algorithm>

#include "aws/json.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::aws {
namespace {

using encoding::count_member;
using encoding::find_member;
using encoding::json;
using encoding::number_member;
using encoding::text_member;
using encoding::truth_member;

json heard_to_json(const heard_in_line& from) {
  return {{"asked_at", from.asked_at}, {"ask_at", from.ask_at},         {"position", from.position},
          {"eta_at", from.eta_at},     {"watched_at", from.watched_at}, {"as_start", from.as_start}};
}

/// Also after a step from it, it can be written and read.
std::int64_t bounded_member(const json& from, std::string_view name) {
  constexpr std::int64_t most = std::int64_t{1} << 50;
  return std::clamp<std::int64_t>(number_member(from, name), 0, most);
}

heard_in_line heard_from(const json& from) {
  heard_in_line out;
  out.asked_at = bounded_member(from, "asked_at");
  out.ask_at = bounded_member(from, "ask_at");
  out.position = std::clamp<std::int64_t>(number_member(from, "position", -1), -1, 1'000'000);
  out.eta_at = bounded_member(from, "eta_at");
  out.watched_at = bounded_member(from, "watched_at");
  out.as_start = truth_member(from, "as_start");
  return out;
}

/// A text outside, since a Region compares it as one.
std::int64_t attempt_from(const json& from) {
  std::int64_t out = 0;
  for (const char each : text_member(from, "attempt")) {
    if (each < '0' || each > '9' || out > 1'000'000'000'000'000) return 0;
    out = out * 10 + (each - '0');
  }
  return out;
}

facts_told facts_told_from(const json& from) {
  facts_told out;
  const json* service = find_member(from, "service");
  if (service != nullptr && service->is_object()) out.service = service_answer_from(*service);
  for (const auto& each : encoding::list_member(from, "tasks")) out.tasks.push_back(task_from(each));
  out.missing = encoding::texts_member(from, "missing");
  out.asked_ms_ago = number_member(from, "asked_ms_ago");
  out.denied = truth_member(from, "denied");
  out.of_service = truth_member(from, "of_service");
  return out;
}

}  // namespace

json to_json(const admission& from) {
  return {{"what", static_cast<std::int64_t>(from.what)},
          {"attempt", from.attempt},
          {"spent", from.spent},
          {"since", from.since},
          {"raise_since", from.raise_since},
          {"left_at", from.left_at},
          {"grant", from.grant},
          {"go_at", from.go_at},
          {"valid_until", from.valid_until},
          {"sent", from.sent},
          {"alone", from.alone},
          {"throttles", from.throttles},
          {"own_until", from.own_until},
          {"unanswered", from.unanswered},
          {"heard", heard_to_json(from.heard)}};
}

admission admission_from(const json& from) {
  admission out;
  out.what = encoding::enumerator_member(from, "what", errand::stop).value_or(errand::none);
  out.attempt = bounded_member(from, "attempt");
  out.spent = bounded_member(from, "spent");
  out.since = bounded_member(from, "since");
  out.raise_since = bounded_member(from, "raise_since");
  out.left_at = bounded_member(from, "left_at");
  out.grant = text_member(from, "grant");
  out.go_at = bounded_member(from, "go_at");
  out.valid_until = bounded_member(from, "valid_until");
  out.sent = truth_member(from, "sent");
  out.alone = truth_member(from, "alone");
  out.throttles = std::min(count_member(from, "throttles"), 16U);
  out.own_until = bounded_member(from, "own_until");
  out.unanswered = count_member(from, "unanswered");
  if (const json* heard = find_member(from, "heard")) out.heard = heard_from(*heard);
  return out;
}

void add_for_region(json& out, const wake_effects& effects) {
  if (effects.admit) {
    const auto& asked = *effects.admit;
    out["admit"] = {{"op", name_of(asked.what)},
                    {"n", asked.n},
                    {"class", name_of(asked.how)},
                    {"waited_ms", asked.waited_ms},
                    {"attempt", std::to_string(asked.attempt)}};
  }
  for (const auto& each : effects.reports)
    out["reports"].push_back(json::object({{"grant", each.grant}, {"outcome", name_of(each.how)}}));
  for (const auto& each : effects.watches) {
    json watch = {{"for", name_of(each.how)}, {"tasks", each.tasks}};
    if (each.soon) watch["soon"] = true;
    out["watches"].push_back(std::move(watch));
  }
}

std::optional<wake_event> region_word_from(const json& from) {
  const auto kind = text_member(from, "kind");
  const auto attempt = attempt_from(from);
  if (kind == "go" && !text_member(from, "grant").empty())
    return granted{attempt, std::string(text_member(from, "grant")), number_member(from, "in_ms"),
                   number_member(from, "valid_ms")};
  if (kind == "queued") {
    const auto position = std::max<std::int64_t>(number_member(from, "position"), 0);
    return put_in_line{attempt, position, number_member(from, "eta_ms"), number_member(from, "ask_ms")};
  }
  if (kind == "full") return put_in_line{attempt, -1, 0, number_member(from, "ask_ms")};
  if (kind == "down") return region_down{attempt};
  if (kind == "facts") return facts_told_from(from);
  return std::nullopt;
}

}  // namespace sallyport::aws
