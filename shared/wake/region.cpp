#include "wake/region.hpp"

#include <algorithm>

namespace sallyport::region {
namespace {

/// What a call takes of two buckets together, or neither.
struct cost {
  bucket_name primary = bucket_name::update_service;
  micro_tokens calls = 0, launches = 0;
};

cost cost_of(operation what, urgency how, std::uint32_t n) {
  const auto many = static_cast<micro_tokens>(n) * whole_token;
  switch (what) {
    case operation::update: return {bucket_name::update_service, whole_token, how == urgency::stop ? 0 : many};
    case operation::run: return {bucket_name::run_stop, many, many};
    case operation::stop: return {bucket_name::run_stop, many, 0};
    case operation::read: return {bucket_name::describe_services, whole_token, 0};
  }
  __builtin_trap();
}

std::size_t line_of(operation what) {
  switch (what) {
    case operation::update: return 0;
    case operation::run:
    case operation::stop: return 1;
    case operation::read: return 2;
  }
  __builtin_trap();
}

bucket_name bucket_of(look_kind kind) {
  return kind == look_kind::services ? bucket_name::describe_services : bucket_name::describe_tasks;
}

/// What a class leaves to those before it, in quarters of the burst.
std::int64_t quarters_left(urgency how) {
  switch (how) {
    case urgency::lost:
    case urgency::waited_for:
    case urgency::also: return 0;
    case urgency::predicted: return 1;
    case urgency::stop: return 2;
  }
  __builtin_trap();
}

class step final : token_source {
 public:
  step(region_state state, unix_milliseconds now, const region_settings& with)
      : state_(std::move(state)), now_(now), with_(with), most_(allowances_of(with)) {
    for (std::size_t i = 0; i < bucket_count; ++i) fill(state_.buckets[i], most_[i], with.pace, now);
  }

  region_outcome take_result() && {
    if (sweeps_) effects_.calls = state_.looks.sweep(now_, *this, with_.look);
    effects_.alarm = next_alarm();
    return {std::move(state_), std::move(effects_)};
  }

  void on(const admit& asked);
  void on(const report& told);
  void on(const region::watch& what);
  void on(const look_answer& told);
  void on(const untold& what) { state_.looks.untold(what.place); }
  void on(const present& told);
  void on(const remove_place& asked);
  void on(const alarm_rang&);

 private:
  bool take(look_kind kind) override;
  bucket& of(bucket_name which) { return state_.buckets[static_cast<std::size_t>(which)]; }
  const allowance& most(bucket_name which) const { return most_[static_cast<std::size_t>(which)]; }
  void slow_down(bucket_name which);
  bool repeat(const admit& asked);
  void serve(const admit& asked, unix_milliseconds wait);
  void keep_waiting(line& in, std::size_t position, unix_milliseconds wait);
  cost cost_for(const admit& asked) const;
  bool stops_first() const;
  std::size_t aged_turns(std::size_t which) const;
  bool is_aged(const line& in, const in_line& one, std::size_t turns) const;
  unix_milliseconds wait_of(std::size_t which, std::size_t position, const cost& own);
  unix_milliseconds due(const cost& need, std::int64_t quarters);
  cost sum_before(const line& in, std::size_t first, std::size_t position, const cost& own) const;
  unix_milliseconds next_alarm() const;

  region_state state_;
  region_effects effects_;
  unix_milliseconds now_;
  const region_settings& with_;
  allowances most_;
  bool sweeps_ = false;
};

bool step::take(look_kind kind) {
  auto& from = of(bucket_of(kind));
  if (due_in(from, whole_token, 0) > 0) return false;
  region::take(from, whole_token);
  return true;
}

void step::slow_down(bucket_name which) {
  slow(of(which), most(which), with_.pace, now_);
  effects_.keep = true;
}

void step::on(const admit& asked) {
  note_policy(state_.index, asked.policy, now_, with_.removal);
  if (repeat(asked)) return;
  const auto which = line_of(asked.what);
  auto& in = state_.lines[which];
  auto position = in.find(asked.place, asked.attempt);
  if (!position) {
    in.leave(asked.place);
    std::size_t waiting = 0;
    for (const auto& each : state_.lines) waiting += each.size();
    if (waiting >= with_.waiting_most) {
      effects_.answer = full{with_.ask_most};
      return;
    }
    waiter one{asked.place, asked.attempt, asked.team.empty() ? asked.place : asked.team, {}};
    const auto need = cost_for(asked);
    one.at.how = asked.how;
    one.at.since = now_ - std::max<unix_milliseconds>(asked.waited_ms, 0);
    one.at.launches = static_cast<std::uint32_t>(need.launches / whole_token);
    one.at.calls = static_cast<std::uint32_t>(need.calls / whole_token);
    one.at.asks_at = one.at.dropped_at = now_;
    position = in.enter(std::move(one));
  }
  const auto wait = wait_of(which, *position, cost_for(asked));
  if (wait <= with_.go_within) return serve(asked, wait);
  keep_waiting(in, *position, wait);
}

/// Never more than can be there at once.
cost step::cost_for(const admit& asked) const {
  auto need = cost_of(asked.what, asked.how, asked.n);
  need.calls = std::min(need.calls, most(need.primary).burst);
  need.launches = std::min(need.launches, most(bucket_name::launches).burst);
  return need;
}

/// The attempt holds a grant.
bool step::repeat(const admit& asked) {
  const auto held = state_.grants.find({asked.place, line_of(asked.what)});
  if (held == state_.grants.end() || held->second.attempt != asked.attempt || held->second.until <= now_) return false;
  effects_.answer = go{held->second.id, std::max<unix_milliseconds>(held->second.due - now_, 0), with_.valid};
  return true;
}

void step::serve(const admit& asked, unix_milliseconds wait) {
  const auto which = line_of(asked.what);
  auto& in = state_.lines[which];
  const auto need = cost_for(asked);
  const auto& one = in.all()[*in.find(asked.place, asked.attempt)];
  auto& since_aged = state_.since_aged[which];
  const bool aged = is_aged(in, one, aged_turns(which));
  const auto spent = static_cast<std::uint32_t>(need.calls / whole_token);
  since_aged =
      aged ? since_aged - std::min(since_aged, with_.aged_share) : std::min(since_aged + spent, 10 * with_.aged_share);
  in.serve(asked.place);
  region::take(of(need.primary), need.calls);
  if (need.launches > 0) region::take(of(bucket_name::launches), need.launches);
  const auto id = std::to_string(state_.began) + "." + std::to_string(++state_.grants_given);
  state_.grants[{asked.place, which}] = {
      id, asked.attempt, need.primary, need.calls, need.launches, now_ + wait, now_ + wait + with_.valid, false};
  effects_.answer = go{id, wait, with_.valid};
}

void step::keep_waiting(line& in, std::size_t position, unix_milliseconds wait) {
  const auto ask = std::clamp(wait / 2, with_.ask_least, with_.ask_most);
  in.asked(position, now_ + ask, now_ + 2 * ask + with_.go_within);
  effects_.answer = queued{position, wait, ask};
}

/// They free what starts lack.
bool step::stops_first() const {
  return state_.no_capacity_at > 0 && now_ - state_.no_capacity_at < with_.capacity_for;
}

/// How many aged stops may go before everybody.
std::size_t step::aged_turns(std::size_t which) const {
  return state_.since_aged[which] / std::max(with_.aged_share, 1U);
}

bool step::is_aged(const line& in, const in_line& one, std::size_t turns) const {
  if (turns == 0 || one.how != urgency::stop || now_ - one.since < with_.aged_after) return false;
  return in.stops_before(one) < turns;
}

unix_milliseconds step::wait_of(std::size_t which, std::size_t position, const cost& own) {
  const auto& in = state_.lines[which];
  const auto& one = in.all()[position];
  const bool is_stop = one.how == urgency::stop;
  const auto stops = in.begin_of(urgency::stop);
  const auto turns = aged_turns(which);
  if (is_aged(in, one, turns)) return due(own, 0);
  cost need = sum_before(in, is_stop && stops_first() ? stops : 0, position, own);
  if (is_stop) return due(need, stops_first() ? 0 : quarters_left(one.how));
  const auto aged = turns == 0 ? 0 : std::min(turns, in.stops_since(now_ - with_.aged_after));
  const auto first = stops_first() ? in.size() - stops : aged;
  need.calls += static_cast<micro_tokens>(first) * whole_token;
  return due(need, quarters_left(one.how));
}

unix_milliseconds step::due(const cost& need, std::int64_t quarters) {
  const auto calls = due_in(of(need.primary), need.calls, most(need.primary).burst * quarters / 4);
  if (need.launches == 0) return calls;
  const auto& launches = most(bucket_name::launches);
  return std::max(calls, due_in(of(bucket_name::launches), need.launches, launches.burst * quarters / 4));
}

/// Exact as far as it can matter for a grant; further behind, as if all were alike.
cost step::sum_before(const line& in, std::size_t first, std::size_t position, const cost& own) const {
  constexpr std::size_t exact = 512;
  cost sum = own;
  const auto until = std::min(position, first + exact);
  for (std::size_t i = first; i < until; ++i) {
    const auto& each = in.all()[i];
    if (each.asks_at + with_.go_within < now_) continue;
    sum.calls += static_cast<micro_tokens>(each.calls) * whole_token;
    if (own.launches > 0) sum.launches += static_cast<micro_tokens>(each.launches) * whole_token;
  }
  if (position <= until) return sum;
  const auto rest = static_cast<micro_tokens>(position - until);
  sum.calls += rest * own.calls;
  sum.launches += rest * own.launches;
  return sum;
}

void step::on(const report& told) {
  note_policy(state_.index, told.policy, now_, with_.removal);
  const auto held = std::find_if(state_.grants.begin(), state_.grants.end(),
                                 [&](const auto& each) { return each.second.id == told.grant; });
  if (held == state_.grants.end() || held->second.reported) return;
  auto& one = held->second;
  one.reported = true;
  if (told.how == outcome::throttled) slow_down(one.bucket);
  if (told.how == outcome::capacity) state_.no_capacity_at = now_;
  if (told.how != outcome::unused || one.until <= now_) return;
  give_back(of(one.bucket), most(one.bucket), one.calls);
  give_back(of(bucket_name::launches), most(bucket_name::launches), one.launches);
  state_.grants.erase(held);
}

void step::on(const region::watch& what) {
  sweeps_ = true;
  note_policy(state_.index, what.policy, now_, with_.removal);
  if (!with_.look.borrowed || what.how != watch_kind::check) {
    state_.looks.watch(what, now_, with_.look);
    return;
  }
  effects_.told.push_back({what.place, std::nullopt, {}, {}, 0, true, true});
}

void step::on(const look_answer& told) {
  sweeps_ = true;
  const auto kind = state_.looks.kind_of(told.id);
  if (kind && told.refused == look_refusal::throttled) slow_down(bucket_of(*kind));
  effects_.told = state_.looks.on(told, now_, with_.look);
}

void step::on(const present& told) {
  note_policy(state_.index, told.policy, now_, with_.removal);
  if (note_present(state_.index, told.place, told.ours, now_, with_.removal)) effects_.keep = true;
}

void step::on(const remove_place& asked) {
  note_policy(state_.index, asked.policy, now_, with_.removal);
  const auto may = may_remove(state_.index, asked.place, asked.policy, state_.began, now_, with_.removal);
  effects_.answer = may;
  effects_.keep = may == removal::yes;
}

void step::on(const alarm_rang&) {
  sweeps_ = true;
  for (auto& each : state_.lines) each.drop_silent(now_);
  std::erase_if(state_.grants, [&](const auto& each) { return each.second.until <= now_; });
}

unix_milliseconds step::next_alarm() const {
  auto next = state_.looks.next_due(now_);
  const bool waiting =
      std::any_of(state_.lines.begin(), state_.lines.end(), [](const line& each) { return each.size() > 0; });
  if ((waiting || !state_.grants.empty()) && (next == 0 || next > now_ + with_.go_within))
    next = now_ + with_.go_within;
  return next;
}

}  // namespace

allowances allowances_of(const region_settings& with) {
  allowances out;
  const std::int64_t share = std::clamp<std::uint32_t>(with.share, 1, 100);
  for (std::size_t i = 0; i < bucket_count; ++i) {
    const auto& each = with.quotas[i];
    // Of a token a second, a thousand micro tokens a millisecond.
    out[i] = {std::max<std::int64_t>(std::int64_t{each.rate} * 1'000 * share / 100, 1),
              std::max<micro_tokens>(std::int64_t{each.burst} * whole_token * share / 100, whole_token)};
  }
  return out;
}

std::int64_t begin_rate(std::int64_t rate, const allowance& most, const region_settings& with) {
  return with.stand_in ? std::min(rate, most.rate / 2) : rate;
}

region_state begin_region(unix_milliseconds now, const region_settings& with) {
  region_state out;
  out.began = now;
  const auto most = allowances_of(with);
  for (std::size_t i = 0; i < bucket_count; ++i)
    out.buckets[i] = new_bucket(begin_rate(most[i].rate, most[i], with), most[i], with.pace, now);
  return out;
}

region_outcome region_next(region_state state, const event& what, unix_milliseconds now, const region_settings& with) {
  step one(std::move(state), now, with);
  std::visit([&](const auto& each) { one.on(each); }, what);
  return std::move(one).take_result();
}

std::string_view name_of(operation what) {
  switch (what) {
    case operation::update: return "update";
    case operation::run: return "run";
    case operation::stop: return "stop";
    case operation::read: return "read";
  }
  __builtin_trap();
}

std::string_view name_of(urgency how) {
  switch (how) {
    case urgency::lost: return "lost";
    case urgency::waited_for: return "waited_for";
    case urgency::also: return "also";
    case urgency::predicted: return "predicted";
    case urgency::stop: return "stop";
  }
  __builtin_trap();
}

std::string_view name_of(outcome how) {
  switch (how) {
    case outcome::ok: return "ok";
    case outcome::throttled: return "throttled";
    case outcome::refused: return "refused";
    case outcome::unused: return "unused";
    case outcome::capacity: return "capacity";
  }
  __builtin_trap();
}

}  // namespace sallyport::region
