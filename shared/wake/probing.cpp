#include "wake/probing.hpp"

#include <algorithm>
#include <utility>

#include "wake/step.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {
namespace {

asked_task& asked(probing& in, std::string_view arn, unix_milliseconds now) {
  const auto found =
      std::find_if(in.tasks.begin(), in.tasks.end(), [&](const asked_task& one) { return one.arn == arn; });
  if (found != in.tasks.end()) return *found;
  asked_task& made = in.tasks.emplace_back();
  made.arn = arn;
  made.since = now;
  return made;
}

}  // namespace

bool step::asks_agents() const {
  return settings_.ready_by_agent && now_ >= state_.probing.unprobeable_until;
}

unix_milliseconds step::counts_from() const {
  return state_.accepted > 0 ? state_.accepted_at + settings_.leftovers_settle : 0;
}

/// It may serve no more until it is asked again, for as long as a start may take from now on.
void step::ask_anew(task_fact& one) {
  one.probed = false;
  asked(state_.probing, one.arn, now_).since = now_;
}

/// Those that were given up, too: they may have got ready since.
void step::ask_again_for_a_while() {
  const auto since = now_ - settings_.start_timeout + settings_.probe_eager;
  for (auto& each : state_.probing.tasks) each.since = std::max(each.since, since);
}

/// Whether it is to be asked. A task that does not get ready is given up once a start would have been.
bool step::is_to_be_asked(const task_fact& one) {
  const bool there =
      is_running(one) && one.asked_at >= counts_from() && (!settings_.needs_address || !one.address.empty());
  if (!there || one.probed || one.by_health) return false;
  const auto& known = asked(state_.probing, one.arn, now_);
  return known.held_until <= now_ && now_ - known.since < settings_.start_timeout;
}

/// Those to be asked now: by address all that are not ready; behind an origin anybody, until one is ready.
std::vector<const task_fact*> step::to_be_asked() {
  const bool up = state_.phase == wake_phase::healthy;
  const bool watching = state_.phase == wake_phase::starting && state_.step == start_step::watching;
  std::vector<const task_fact*> out;
  if (!asks_agents() || (!up && !watching)) return out;
  const bool idle = up && state_.asking != idle_round::none;
  if (idle ? !may_be_drawn() : !settings_.needs_address && !state_.endpoints.empty()) return out;
  const auto reachable = [&](const task_fact& each) { return !settings_.needs_address || !each.address.empty(); };
  for (const auto& each : state_.facts) {
    if (idle ? is_unasked(each) && reachable(each) : is_to_be_asked(each)) out.push_back(&each);
  }
  return out;
}

/// When the first task that is held unready may be asked again; 0: none is held.
unix_milliseconds step::held_until() const {
  const bool up = state_.phase == wake_phase::healthy || state_.phase == wake_phase::starting;
  unix_milliseconds first = 0;
  for (const auto& each : state_.probing.tasks) {
    if (up && each.held_until > now_ && (first == 0 || each.held_until < first)) first = each.held_until;
  }
  return first;
}

/// At the end of each step: sends what is due, and says when the next one is.
void step::go_on_probing() {
  auto& with = state_.probing;
  std::erase_if(with.tasks, [&](const asked_task& one) { return find_fact(state_.facts, one.arn) == nullptr; });
  std::erase_if(with.sent, [&](const sent_probe& one) { return one.until <= now_; });
  const auto who = to_be_asked();
  if (who.empty()) {
    with.at = held_until();
    with.since = with.thrown_since = 0;
    with.throws = 0;
    return;
  }
  if (with.since == 0) {
    with.since = with.heard_at = now_;
    with.at = now_;
  }
  if (now_ < with.at) return;
  const bool silent = now_ - with.heard_at >= settings_.probe_eager;
  const std::size_t turns = settings_.needs_address ? who.size() : 1;
  const std::size_t first = with.next_number % who.size();
  for (std::size_t i = 0; i < turns && with.sent.size() < settings_.probes_most; ++i) {
    send_probe(*who[(first + i) % who.size()], silent);
  }
  const auto pace = now_ - with.since < settings_.probe_eager ? settings_.probe_first : settings_.probe_then;
  with.at = now_ + (silent ? settings_.probe_slow : pace);
}

void step::send_probe(const task_fact& to, bool silent) {
  auto& with = state_.probing;
  const auto patience = silent ? settings_.probe_slow_patience : settings_.probe_patience;
  const std::uint32_t number = ++with.next_number;
  // The host gives it up; this is for one that never comes back.
  with.sent.push_back(
      {number, settings_.needs_address ? to.arn : std::string(), now_, now_ + patience + settings_.probe_slow});
  effects_.probes.push_back({number, settings_.needs_address ? to.address : std::string(), settings_.port, patience});
}

void step::on(const probe_due&) {
  if (state_.phase == wake_phase::starting) count_ready();
}

void step::on(const probed& came) {
  auto& with = state_.probing;
  std::erase_if(with.sent, [&](const sent_probe& one) { return one.until <= now_; });
  const auto sent = std::find_if(with.sent.begin(), with.sent.end(),
                                 [&](const sent_probe& each) { return each.number == came.number; });
  if (sent == with.sent.end()) return;
  const std::string about = sent->task_arn;
  with.sent.erase(sent);
  with.last = came.detail;
  const bool heard = came.said != probe_result::broken && came.said != probe_result::unsendable && came.heard;
  if (heard) {
    with.heard_at = now_;
    with.throws = 0;
    with.thrown_since = 0;
  }
  switch (came.said) {
    case probe_result::ready:
    case probe_result::unready: return told_by_agent(came, about);
    case probe_result::too_old: return agent_is_too_old(about);
    case probe_result::broken: return way_is_broken(about);
    case probe_result::unsendable: return cannot_ask(came.detail);
    case probe_result::nothing: return;
  }
}

/// Whom an agent's word is about, where it may be about anybody.
task_fact* step::teller(const probed& came, const std::string& about) {
  if (!about.empty() && (came.task_arn.empty() || came.task_arn == about)) return find_fact(state_.facts, about);
  if (about.empty() && !came.task_arn.empty()) return find_fact(state_.facts, came.task_arn);
  if (about.empty()) {
    task_fact* only = nullptr;
    for (auto& each : state_.facts) {
      if (is_running(each) && std::exchange(only, &each) != nullptr) return nullptr;
    }
    return only;
  }
  // Its address was given to another task.
  if (task_fact* gone = find_fact(state_.facts, about)) {
    gone->address.clear();
    ask_anew(*gone);
    list_anew();
    look_soon();
  }
  return nullptr;
}

void step::told_by_agent(const probed& came, const std::string& about) {
  task_fact* one = teller(came, about);
  if (one == nullptr && about.empty()) told_use(nullptr, came);
  if (one == nullptr || !is_running(*one) || one->asked_at < counts_from()) return;
  told_use(one, came);
  auto& known = asked(state_.probing, one->arn, now_);
  if (came.said == probe_result::unready) return unready(*one, known, came);
  known.policy_since = 0;
  if (now_ < known.held_until || !change(*one, known, true)) return;
  one->lost_at = 0;
  known.bad_at = 0;
  count_ready();
}

void step::unready(task_fact& one, asked_task& known, const probed& came) {
  const bool policy = came.why == "policy";
  if (!policy) known.policy_since = 0;
  if (policy && known.policy_since == 0) known.policy_since = now_;
  if (policy && !known.policy_noted && now_ - known.policy_since >= settings_.policy_differs_after) {
    known.policy_noted = true;
    effects_.notes.push_back({"policy_differs", one.arn, "the agent does not hold the policy of the edge"});
  }
  // What ECS said before counts no more. Said once it is enough: each is worth a row.
  if (is_healthy(one)) one.unready_at = now_;
  if (change(one, known, false)) list_anew();
  if (one.lost_at == 0) return;
  if (known.bad_at == 0) known.bad_at = now_;
  if (now_ - known.bad_at < settings_.bad_apart) return;
  known.bad_at = 0;
  one.lost_at = 0;
  one.unready_at = now_;
  look_soon();
}

/// Whether it is another than before, and counted as such.
bool step::change(task_fact& one, asked_task& known, bool ready) {
  if (one.probed == ready) return false;
  std::erase_if(known.changes, [&](unix_milliseconds at) { return at + settings_.flap_window <= now_; });
  known.changes.push_back(now_);
  if (known.changes.size() > settings_.flaps_most) {
    known.changes.clear();
    known.held_until = now_ + settings_.flap_pause;
    ask_anew(one);
    effects_.notes.push_back({"flapping", one.arn, "ready and not ready by turns: not used for a while"});
    list_anew();
    return false;
  }
  one.probed = ready;
  if (!ready) known.since = now_;
  return true;
}

void step::agent_is_too_old(const std::string& about) {
  for (auto& each : state_.facts) {
    const bool meant = about.empty() ? is_running(each) : each.arn == about;
    if (!meant || std::exchange(each.by_health, true)) continue;
    effects_.notes.push_back({"agent_too_old", each.arn, "it cannot be asked: its health check counts"});
  }
  count_ready();
}

/// A connection that is refused may be an agent that does not listen yet. One that ECS calls healthy does listen, unless it has
/// gone since ECS was asked; before a stop nobody has looked for long.
void step::way_is_broken(const std::string& about) {
  if (state_.asking != idle_round::none) return;
  auto& with = state_.probing;
  if (with.throws++ == 0) with.thrown_since = now_;
  const auto meant = [&](const task_fact& each) { return (about.empty() || each.arn == about) && is_healthy(each); };
  const auto listens = [&](const task_fact& each) { return meant(each) && each.asked_at >= with.thrown_since; };
  if (with.throws < settings_.throws_most) return;
  if (std::any_of(state_.facts.begin(), state_.facts.end(), listens)) return cannot_ask(with.last);
  if (std::any_of(state_.facts.begin(), state_.facts.end(), meant)) look_soon();
}

void step::cannot_ask(const std::string& detail) {
  state_.probing.unprobeable_until = now_ + settings_.unprobeable_for;
  state_.probing.throws = 0;
  state_.probing.thrown_since = 0;
  effects_.notes.push_back({"probe_unavailable", "", detail});
  count_ready();
}

/// What is ready is used from now on.
void step::count_ready() {
  if (state_.phase == wake_phase::healthy) return list_anew();
  if (state_.phase != wake_phase::starting || state_.step != start_step::watching || others_may_follow()) return;
  become_healthy();
}

/// Whether another task was asked a moment ago, and may be ready as well.
bool step::others_may_follow() {
  const auto& sent = state_.probing.sent;
  return std::any_of(sent.begin(), sent.end(), [&](const sent_probe& each) {
    const task_fact* one = each.task_arn.empty() ? nullptr : find_fact(state_.facts, each.task_arn);
    return one != nullptr && !one->probed && each.sent_at + settings_.probe_first > now_;
  });
}

void step::list_anew() {
  if (!take_endpoints() && state_.phase == wake_phase::healthy) restart_watch();
}

/// Every word of it may bring one; the tasks are looked at once.
void step::look_soon() {
  look_at_all_next();
  if (state_.in_flight != wake_call::none) return;
  if (now_ - state_.last_seen < settings_.poll_first) return alarm_at(state_.last_seen + settings_.poll_first);
  send_look();
}

}  // namespace sallyport::aws
