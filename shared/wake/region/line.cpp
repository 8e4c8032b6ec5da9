#include "wake/region/line.hpp"

#include <algorithm>
#include <tuple>

namespace sallyport::region {
namespace {

bool goes_before(const in_line& one, const in_line& other) {
  return std::tie(one.how, one.turn, one.since, one.id) < std::tie(other.how, other.turn, other.since, other.id);
}

}  // namespace

std::size_t line::enter(waiter one) {
  const team_key key{one.at.how, one.team};
  auto& team = teams_[key];
  const auto now_served = served_[static_cast<std::size_t>(one.at.how)];
  one.at.turn = team.waiting == 0 ? now_served : std::max(now_served, team.last);
  one.at.id = next_id_++;
  const bool is_late = team.waiting > 0 && one.at.since < team.newest;
  team.last = one.at.turn + std::max<std::uint32_t>(one.at.launches, 1);
  team.newest = std::max(team.newest, one.at.since);
  ++team.waiting;
  const auto id = one.at.id;
  all_.insert(std::upper_bound(all_.begin(), all_.end(), one.at, goes_before), one.at);
  by_place_.emplace(one.place, id);
  waiters_.emplace(id, std::move(one));
  if (is_late) order_team(key);
  return position_of(waiters_.find(id)->second.at);
}

std::optional<std::size_t> line::find(std::string_view place, std::string_view attempt) const {
  const auto known = by_place_.find(place);
  if (known == by_place_.end()) return std::nullopt;
  const auto& one = waiters_.find(known->second)->second;
  if (one.attempt != attempt) return std::nullopt;
  return position_of(one.at);
}

void line::leave(std::string_view place) {
  if (const auto known = by_place_.find(place); known != by_place_.end()) remove(known->second);
}

void line::serve(std::string_view place) {
  const auto known = by_place_.find(place);
  if (known == by_place_.end()) return;
  const auto& at = waiters_.find(known->second)->second.at;
  auto& served = served_[static_cast<std::size_t>(at.how)];
  served = std::max(served, at.turn);
  remove(known->second);
}

void line::asked(std::size_t position, unix_milliseconds again_at, unix_milliseconds dropped_at) {
  auto& at = all_[position];
  at.asks_at = again_at;
  at.dropped_at = dropped_at;
  waiters_.find(at.id)->second.at = at;
}

void line::drop_silent(unix_milliseconds now) {
  std::vector<std::uint64_t> silent;
  for (const auto& each : all_) {
    if (each.dropped_at <= now) silent.push_back(each.id);
  }
  for (const auto id : silent) remove(id);
}

std::size_t line::begin_of(urgency how) const {
  const auto first =
      std::partition_point(all_.begin(), all_.end(), [&](const in_line& each) { return each.how < how; });
  return static_cast<std::size_t>(first - all_.begin());
}

std::size_t line::stops_before(const in_line& one) const {
  const auto first = all_.begin() + static_cast<std::ptrdiff_t>(begin_of(urgency::stop));
  return static_cast<std::size_t>(std::count_if(first, all_.end(), [&](const in_line& each) {
    return std::tie(each.since, each.id) < std::tie(one.since, one.id);
  }));
}

std::size_t line::stops_since(unix_milliseconds before) const {
  const auto first = all_.begin() + static_cast<std::ptrdiff_t>(begin_of(urgency::stop));
  return static_cast<std::size_t>(
      std::count_if(first, all_.end(), [&](const in_line& each) { return each.since <= before; }));
}

std::size_t line::position_of(const in_line& one) const {
  return static_cast<std::size_t>(std::lower_bound(all_.begin(), all_.end(), one, goes_before) - all_.begin());
}

void line::remove(std::uint64_t id) {
  const auto known = waiters_.find(id);
  const auto& one = known->second;
  all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(position_of(one.at)));
  const auto team = teams_.find({one.at.how, one.team});
  if (--team->second.waiting == 0) teams_.erase(team);
  by_place_.erase(by_place_.find(one.place));
  waiters_.erase(known);
}

/// Within its team, who has waited longer has the earlier turn, in whichever order they came back to a new Region.
void line::order_team(const team_key& team) {
  std::vector<std::uint64_t> turns;
  std::vector<waiter*> members;
  for (auto& each : all_) {
    auto& one = waiters_.find(each.id)->second;
    if (each.how != team.first || one.team != team.second) continue;
    turns.push_back(each.turn);
    members.push_back(&one);
  }
  std::sort(members.begin(), members.end(), [](const waiter* one, const waiter* other) {
    return std::tie(one->at.since, one->at.id) < std::tie(other->at.since, other->at.id);
  });
  std::map<std::uint64_t, std::uint64_t> turn_of;
  for (std::size_t i = 0; i < members.size(); ++i) {
    members[i]->at.turn = turns[i];
    turn_of[members[i]->at.id] = turns[i];
  }
  for (auto& each : all_) {
    if (const auto found = turn_of.find(each.id); found != turn_of.end()) each.turn = found->second;
  }
  std::sort(all_.begin(), all_.end(), goes_before);
}

}  // namespace sallyport::region
