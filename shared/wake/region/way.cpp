#include "wake/region/way.hpp"

#include <algorithm>

#include "encoding/json_members.hpp"

namespace sallyport::region {
namespace {

using encoding::count_member;
using encoding::json;
using encoding::list_member;
using encoding::number_member;

peer_state& of(way_state& state, peer to) {
  return state.peers[static_cast<std::size_t>(to)];
}

unix_milliseconds pause_after(std::uint32_t failures, const way_settings& with) {
  const auto doubled = std::min<std::uint32_t>(failures, 20) - 1;
  return std::min(with.again_first << doubled, with.again_most);
}

/// The first from `first` on that may be asked.
void ask_from(way_step& next, peer first, unix_milliseconds now, const way_settings& with) {
  for (const auto to : {peer::region, peer::stand_in}) {
    auto& one = of(next.state, to);
    if (to < first || (one.down > 0 && one.again_at > now)) continue;
    // Those who come meanwhile do not wait for this one's answer.
    if (one.down > 0) one.again_at = now + 2 * with.patience + with.again_first;
    next.action = way_action::ask;
    next.turn = {to, 0};
    return;
  }
  next.action = way_action::down;
}

void on(way_step& next, const way_ask&, unix_milliseconds now, const way_settings& with) {
  ask_from(next, peer::region, now, with);
}

void on(way_step& next, const way_answered& what, unix_milliseconds, const way_settings&) {
  of(next.state, what.turn.to) = {};
  next.state.ask_ms = what.ask_ms;
}

void on(way_step& next, const way_failed& what, unix_milliseconds now, const way_settings& with) {
  if (what.overloaded) {
    next.action = way_action::put_off;
    next.ask_ms = next.state.ask_ms > 0 ? next.state.ask_ms : with.overloaded;
    return;
  }
  if (what.turn.failed == 0) {
    next.action = way_action::ask;
    next.turn = {what.turn.to, 1};
    return;
  }
  auto& one = of(next.state, what.turn.to);
  one.down = std::min<std::uint32_t>(one.down + 1, 1'000);
  one.again_at = now + pause_after(one.down, with);
  if (what.turn.to == peer::region) return ask_from(next, peer::stand_in, now, with);
  next.action = way_action::down;
}

}  // namespace

way_step way_next(way_state state, const way_event& what, unix_milliseconds now, const way_settings& with) {
  way_step next;
  next.state = state;
  std::visit([&](const auto& each) { on(next, each, now, with); }, what);
  return next;
}

json to_json(const way_state& state) {
  json peers = json::array();
  for (const auto& each : state.peers)
    peers.push_back(json::object({{"down", each.down}, {"again_at", each.again_at}}));
  return {{"peers", std::move(peers)}, {"ask_ms", state.ask_ms}};
}

way_state way_state_from(const json& from) {
  way_state out;
  const auto peers = list_member(from, "peers");
  for (std::size_t i = 0; i < std::min(peers.size(), out.peers.size()); ++i)
    out.peers[i] = {count_member(peers[i], "down"), number_member(peers[i], "again_at")};
  out.ask_ms = std::clamp<unix_milliseconds>(number_member(from, "ask_ms"), 0, 60'000);
  return out;
}

json to_json(const way_turn& turn) {
  return {{"to", turn.to == peer::region ? "region" : "stand_in"}, {"failed", turn.failed}};
}

way_turn way_turn_from(const json& from) {
  return {encoding::text_member(from, "to") == "stand_in" ? peer::stand_in : peer::region,
          count_member(from, "failed")};
}

}  // namespace sallyport::region
