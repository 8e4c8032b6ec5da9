#include "agent/reader/joiner.hpp"

#include <algorithm>
#include <utility>

#include "encoding/json_members.hpp"

namespace sallyport::agent::reader {

namespace {

using encoding::text_member;

bool is_denied(const json& decision) {
  return text_member(decision, "decision") == "deny";
}

/// The first of each kind counts: an input may hold a line twice.
void put(request_records& of, json record) {
  const auto type = text_member(record, "type");
  auto& end = text_member(record, "end") == "edge" ? of.edge : of.origin;
  if (type == "attempt") return of.attempts.push_back(std::move(record));
  json& place = type == "decision" ? end.decision : end.outcome;
  if (place.is_null()) place = std::move(record);
}

}  // namespace

void joiner::take(json record, std::int64_t now) {
  const std::string id(text_member(record, "id"));
  (text_member(record, "end") == "edge" ? has_edge_ : has_origin_) = true;
  request_records& request = find(id);
  request.heard_at = now;
  put(request, std::move(record));
  if (!settings_.stream) return release_from_front();
  if (state_of(request) == state::over) release(id);
  while (open_.size() > settings_.max_open) release_from_front();
}

void joiner::pass(json record) {
  if (settings_.stream || order_.empty()) return other_(record);
  order_.push_back({"", std::move(record)});
  release_from_front();
}

request_records& joiner::find(const std::string& id) {
  const auto [found, is_new] = open_.try_emplace(id);
  if (!is_new) return found->second;
  found->second.id = id;
  // Ids that are over stay in the middle while an older request is open.
  if (order_.size() > 2 * settings_.max_open) std::erase_if(order_, [&](const auto& each) { return is_past(each); });
  order_.push_back({id, nullptr});
  return found->second;
}

joiner::state joiner::state_of(const request_records& request) const {
  const end_records& edge = request.edge;
  const end_records& origin = request.origin;
  if (is_denied(edge.decision)) return state::over;
  const bool edge_ends = !edge.outcome.is_null();
  const bool origin_ends = !origin.outcome.is_null() || is_denied(origin.decision);
  if (edge_ends && origin_ends) return state::over;
  if (edge_ends && text_member(edge.outcome, "how") != "handed_on") return state::over;
  if (origin_ends || (edge_ends && origin.empty())) return state::waits_for_the_other_end;
  return state::under_way;
}

std::int64_t joiner::patience() const {
  return has_edge_ && has_origin_ ? settings_.patience_ms : settings_.patience_ms / 10;
}

void joiner::release(const std::string& id) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  over_(found->second);
  open_.erase(found);
  while (!order_.empty() && is_past(order_.front())) order_.pop_front();
}

// From files: as far as nothing is open, and further where there are too many.
void joiner::release_from_front() {
  while (!order_.empty()) {
    const std::string id = order_.front().id;
    if (id.empty()) other_(order_.front().other);
    if (id.empty() || is_past(order_.front())) {
      order_.pop_front();
      continue;
    }
    if (!is_full() && (settings_.stream || state_of(open_.at(id)) != state::over)) return;
    release(id);
  }
}

bool joiner::is_full() const {
  const std::size_t held = settings_.stream ? open_.size() : std::max(open_.size(), order_.size() / 2);
  return held > settings_.max_open;
}

void joiner::settle(std::int64_t now) {
  std::vector<std::string> due;
  for (const auto& [id, other] : order_) {
    const auto found = open_.find(id);
    if (found == open_.end() || state_of(found->second) != state::waits_for_the_other_end) continue;
    if (now - found->second.heard_at >= patience()) due.push_back(id);
  }
  for (const auto& id : due) release(id);
}

std::optional<std::int64_t> joiner::next_settlement(std::int64_t now) const {
  std::optional<std::int64_t> next;
  for (const auto& [id, request] : open_) {
    if (state_of(request) != state::waits_for_the_other_end) continue;
    const std::int64_t left = std::max<std::int64_t>(0, request.heard_at + patience() - now);
    next = std::min(next.value_or(left), left);
  }
  return next;
}

void joiner::finish() {
  for (const auto& [id, other] : std::exchange(order_, {})) {
    if (id.empty()) other_(other);
    release(id);
  }
}

}  // namespace sallyport::agent::reader
