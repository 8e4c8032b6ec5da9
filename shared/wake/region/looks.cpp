#include "wake/region/looks.hpp"

#include <algorithm>

namespace sallyport::region {
namespace {

constexpr std::size_t strangers_most = 20'000;

/// Of what makes a difference to who watches (FNV-1a).
std::uint64_t print_of(const aws::task& one) {
  std::uint64_t hash = 14695981039346656037U;
  const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * 1099511628211U; };
  add(static_cast<std::uint64_t>(one.version));
  add(static_cast<std::uint64_t>(one.status));
  add(static_cast<std::uint64_t>(one.health));
  add(one.wanted ? 1 : 2);
  add(one.image_pull_started ? 1 : 2);
  add(one.image_pull_finished ? 1 : 2);
  for (const char each : one.private_ipv4) add(static_cast<unsigned char>(each));
  return hash;
}

unix_milliseconds every(watch_kind how, const look_settings& with) {
  switch (how) {
    case watch_kind::check: return with.call_timeout;
    case watch_kind::start: return with.start_every;
    case watch_kind::run: return with.run_every;
    case watch_kind::job: return with.job_every;
  }
  __builtin_trap();
}

/// At the same moments for all, so that they share calls.
unix_milliseconds next_beat(unix_milliseconds now, unix_milliseconds span) {
  return (now / span + 1) * span;
}

/// A check stands beside what else its place watches; no name has a question mark.
std::string key_of(const watch& what) {
  return what.how == watch_kind::check ? what.place + "?" : what.place;
}

std::string service_key(const std::string& service, watch_kind how) {
  return how == watch_kind::check ? service + "?" : service;
}

/// Tasks that are to be found are those of a start.
bool is_idle(const watch& what) {
  return what.tasks.empty() && (what.how == watch_kind::run || what.how == watch_kind::job);
}

bool is_start(watch_kind how) {
  return how == watch_kind::check || how == watch_kind::start;
}

}  // namespace

bool looks::watch(const region::watch& what, unix_milliseconds now, const look_settings& with) {
  const auto key = key_of(what);
  const auto known = watched_.find(key);
  const bool moved = known != watched_.end() &&
                     (known->second.what.cluster != what.cluster || known->second.what.service != what.service);
  if (moved) forget(key);
  const bool is_new = moved || known == watched_.end();
  if (is_new && watched_.size() >= with.watches_most) return false;
  auto& one = watched_[key];
  one.key = key;
  const bool differs = is_new || one.what.how != what.how;
  one.what.place = what.place;
  one.what.cluster = what.cluster;
  one.what.service = what.service;
  one.what.how = what.how;
  one.until = now + with.kept;
  if (!what.service.empty()) by_service_[{what.cluster, service_key(what.service, what.how)}] = key;
  const bool soon = what.soon && what.how == watch_kind::start && !what.service.empty();
  if (what.how == watch_kind::start && (soon || !differs))
    watch_on(one, what, now, with);
  else if (differs || !what.tasks.empty())
    set_tasks(one, what.how == watch_kind::check ? std::vector<std::string>() : what.tasks, with);
  if (is_idle(one.what)) {
    forget(key);
    return true;
  }
  if (what.how == watch_kind::check) set_due(one, next_beat(now, with.company));
  if (what.how == watch_kind::check || soon || !differs) return true;
  const bool list = one.what.tasks.empty() && !what.service.empty();
  const auto beat = what.how == watch_kind::run ? with.run_first : every(what.how, with);
  set_due(one, list ? next_beat(now + with.list_first - 1, with.start_every) : next_beat(now, beat));
  return true;
}

void looks::watch_on(watched& one, const region::watch& what, unix_milliseconds now, const look_settings& with) {
  one.told.clear();
  auto tasks = one.what.tasks;
  for (const auto& each : what.tasks) {
    if (std::find(tasks.begin(), tasks.end(), each) == tasks.end()) tasks.push_back(each);
  }
  const bool misses = what.tasks.empty() && !tasks.empty();
  one.list = (what.soon || misses) && !what.service.empty();
  set_tasks(one, std::move(tasks), with);
  const auto beat = what.soon ? with.company : with.start_every;
  if (one.list) set_due(one, next_beat(std::max(now, one.what.tasks.empty() ? one.list_at : now), beat));
}

void looks::forget(std::string key) {
  const auto known = watched_.find(key);
  if (known == watched_.end()) return;
  auto& one = known->second;
  for (const auto& each : one.what.tasks) by_task_.erase(each);
  auto& count = clusters_[one.what.cluster].tasks;
  count -= std::min(count, one.what.tasks.size());
  due_.erase({one.due_at, key});
  if (const auto named = by_service_.find({one.what.cluster, service_key(one.what.service, one.what.how)});
      named != by_service_.end() && named->second == key)
    by_service_.erase(named);
  watched_.erase(known);
}

void looks::untold(const std::string& place) {
  const auto known = watched_.find(place);
  if (known != watched_.end()) known->second.told.clear();
}

void looks::set_due(watched& one, unix_milliseconds at) {
  due_.erase({one.due_at, one.key});
  one.due_at = at;
  due_.insert({at, one.key});
}

void looks::set_tasks(watched& one, std::vector<std::string> tasks, const look_settings& with) {
  if (tasks.size() > with.tasks_most) tasks.resize(with.tasks_most);
  auto& count = clusters_[one.what.cluster].tasks;
  for (const auto& each : one.what.tasks) by_task_.erase(each);
  count -= std::min(count, one.what.tasks.size());
  one.what.tasks = std::move(tasks);
  for (const auto& each : one.what.tasks) by_task_[each] = one.key;
  count += one.what.tasks.size();
  std::erase_if(one.told, [&](const auto& each) {
    return std::find(one.what.tasks.begin(), one.what.tasks.end(), each.first) == one.what.tasks.end();
  });
}

std::vector<look> looks::sweep(unix_milliseconds now, token_source& tokens, const look_settings& with) {
  give_up(now, with);
  std::vector<look> out;
  send_again(now, tokens, with, out);
  if (sent_.size() >= with.under_way_most) return out;
  for (const bool starts : {true, false}) {
    for (const auto& [cluster, names] : gather(now, starts)) {
      send_gathered(cluster, look_kind::services, names.services, now, tokens, with, out);
      send_gathered(cluster, look_kind::tasks, names.tasks, now, tokens, with, out);
      send_lists(cluster, names.lists, now, tokens, with, out);
    }
  }
  return out;
}

/// Calls that never came back, and watches that nobody renewed.
void looks::give_up(unix_milliseconds now, const look_settings& with) {
  std::erase_if(sent_, [&](const auto& each) {
    const bool over = each.second.at + with.call_timeout <= now;
    if (over && each.second.what.kind == look_kind::list_cluster) clusters_[each.second.what.cluster].listing = false;
    return over;
  });
  std::vector<std::string> over;
  for (const auto& [at, place] : due_) {
    if (at > now) break;
    if (watched_.find(place)->second.until <= now) over.push_back(place);
  }
  for (const auto& place : over) forget(place);
}

/// Oldest first.
std::map<std::string, looks::gathered> looks::gather(unix_milliseconds now, bool starts) const {
  std::map<std::string, gathered> out;
  for (const auto& [at, place] : due_) {
    if (at > now) break;
    const auto& one = watched_.find(place)->second;
    const auto& what = one.what;
    if (is_start(what.how) != starts) continue;
    auto& into = out[what.cluster];
    if (what.how == watch_kind::check)
      into.services.emplace_back(what.service, place);
    else
      for (const auto& each : what.tasks) into.tasks.emplace_back(each, place);
    const bool misses = (what.tasks.empty() || one.list) && one.list_at <= now;
    if (what.how != watch_kind::check && misses && !what.service.empty()) into.lists.emplace_back(what.service, place);
  }
  return out;
}

bool looks::may_send(look_kind kind, token_source& tokens, const look_settings& with) const {
  return sent_.size() < with.under_way_most && tokens.take(kind);
}

void looks::send(look what, unix_milliseconds now, std::vector<look>& out) {
  what.id = next_id_++;
  what.lender = what.kind == look_kind::list_service ? what.names.front() : lender_in(what.cluster);
  sent_[what.id] = {what, now};
  out.push_back(std::move(what));
}

/// The same one while it watches, so that its session is used again.
std::string looks::lender_in(const std::string& cluster) const {
  const auto first = by_service_.lower_bound({cluster, std::string()});
  if (first == by_service_.end() || first->first.first != cluster) return {};
  return watched_.find(first->second)->second.what.service;
}

void looks::send_gathered(const std::string& cluster, look_kind kind, const std::vector<wanted>& names,
                          unix_milliseconds now, token_source& tokens, const look_settings& with,
                          std::vector<look>& out) {
  const auto most = kind == look_kind::tasks ? with.tasks_a_call : with.services_a_call;
  for (std::size_t first = 0; first < names.size(); first += most) {
    if (!may_send(kind, tokens, with)) return;
    look one;
    one.kind = kind;
    one.cluster = cluster;
    for (std::size_t i = first; i < std::min(names.size(), first + most); ++i) {
      one.names.push_back(names[i].first);
      auto& owner = watched_.find(names[i].second)->second;
      set_due(owner, next_beat(now, every(owner.what.how, with)));
    }
    send(std::move(one), now, out);
  }
}

/// By service; or the whole cluster, where that costs fewer calls and not most of it is of strangers.
void looks::send_lists(const std::string& cluster, const std::vector<wanted>& services, unix_milliseconds now,
                       token_source& tokens, const look_settings& with, std::vector<look>& out) {
  if (services.empty()) return;
  auto& state = clusters_[cluster];
  const auto all = state.tasks + state.strangers.size();
  const auto pages = (all + with.tasks_a_call - 1) / with.tasks_a_call;
  const bool strange = state.strangers.size() > state.tasks;
  const bool whole = services.size() > 2 * std::max<std::size_t>(pages, 1) && !strange;
  if (whole && (state.listing || !may_send(look_kind::list_cluster, tokens, with))) return;
  if (whole) {
    state.listing = true;
    send({0, look_kind::list_cluster, cluster, {}, "", ""}, now, out);
  }
  const std::size_t most = whole ? services.size() : strange ? 4 : services.size();
  for (std::size_t i = 0; i < std::min(most, services.size()); ++i) {
    if (!whole && !may_send(look_kind::list_service, tokens, with)) return;
    if (!whole) send({0, look_kind::list_service, cluster, {services[i].first}, "", ""}, now, out);
    auto& one = watched_.find(services[i].second)->second;
    one.list = false;
    one.list_at = now + with.list_then / 2;
    set_due(one, next_beat(one.what.tasks.empty() ? now + with.list_then / 2 : now, with.start_every));
  }
}

void looks::send_again(unix_milliseconds now, token_source& tokens, const look_settings& with, std::vector<look>& out) {
  for (auto& [name, state] : clusters_) {
    while (!state.unknown.empty() && may_send(look_kind::tasks, tokens, with)) {
      look one{0, look_kind::tasks, name, {}, "", ""};
      while (!state.unknown.empty() && one.names.size() < with.tasks_a_call) {
        one.names.push_back(std::move(state.unknown.back()));
        state.unknown.pop_back();
      }
      send(std::move(one), now, out);
    }
  }
  while (!again_.empty() && may_send(again_.back().kind, tokens, with)) {
    send(std::move(again_.back()), now, out);
    again_.pop_back();
  }
}

std::vector<facts> looks::on(const look_answer& answer, unix_milliseconds now, const look_settings& with) {
  const auto found = sent_.find(answer.id);
  if (found == sent_.end()) return {};
  const auto asked = std::move(found->second);
  sent_.erase(found);
  if (answer.refused != look_refusal::none) return on_refusal(asked.what, answer.refused);
  switch (asked.what.kind) {
    case look_kind::services: return on_services(asked.what, answer, now - asked.at);
    case look_kind::tasks: return on_tasks(asked.what, answer, now - asked.at, with);
    case look_kind::list_service:
    case look_kind::list_cluster: on_list(asked.what, answer, now, with); return {};
  }
  __builtin_trap();
}

std::vector<facts> looks::on_services(const look& asked, const look_answer& answer, unix_milliseconds ago) {
  std::vector<facts> out;
  for (const auto& each : answer.services) {
    const bool is_asked = std::find(asked.names.begin(), asked.names.end(), each.name) != asked.names.end();
    watched* one = is_asked ? of_service(asked.cluster, each.name, watch_kind::check) : nullptr;
    if (one == nullptr) continue;
    out.push_back({one->what.place, each.what, {}, {}, ago, false, false});
    forget(one->key);
  }
  // What is not there: its own look says so.
  for (auto& each : give_back(asked)) out.push_back(std::move(each));
  return out;
}

std::vector<facts> looks::on_tasks(const look& asked, const look_answer& answer, unix_milliseconds ago,
                                   const look_settings& with) {
  std::map<std::string, facts> out;
  std::set<std::string_view> seen;
  for (const auto& each : answer.tasks) {
    seen.insert(each.what.arn);
    watched* one = owner_of(asked.cluster, each, with);
    if (one == nullptr) continue;
    const auto print = print_of(each.what);
    const auto told = one->told.find(each.what.arn);
    if (told != one->told.end() && told->second == print) continue;
    one->told[each.what.arn] = print;
    out[one->what.place].tasks.push_back(each.what);
    if (each.what.status != aws::task_status::stopped) continue;
    auto left = one->what.tasks;
    std::erase(left, each.what.arn);
    set_tasks(*one, std::move(left), with);
    if (is_idle(one->what)) forget(one->key);
  }
  for (const auto& arn : asked.names) {
    if (seen.count(arn) > 0) continue;
    if (const auto owner = by_task_.find(arn); owner != by_task_.end()) out[owner->second].missing.push_back(arn);
  }
  std::vector<facts> list;
  for (auto& [place, told] : out) {
    told.place = place;
    told.asked_ms_ago = ago;
    list.push_back(std::move(told));
  }
  return list;
}

/// Whose task it is; one that nobody watches is remembered as a stranger.
looks::watched* looks::owner_of(const std::string& cluster, const task_of& seen, const look_settings& with) {
  if (const auto known = by_task_.find(seen.what.arn); known != by_task_.end())
    return &watched_.find(known->second)->second;
  watched* one = seen.service.empty() ? nullptr : of_service(cluster, seen.service, watch_kind::start);
  if (one != nullptr) {
    auto tasks = one->what.tasks;
    tasks.push_back(seen.what.arn);
    set_tasks(*one, std::move(tasks), with);
    return one;
  }
  auto& strangers = clusters_[cluster].strangers;
  if (strangers.size() >= strangers_most) strangers.clear();
  strangers.insert(seen.what.arn);
  return nullptr;
}

looks::watched* looks::of_service(const std::string& cluster, const std::string& service, watch_kind how) {
  const auto named = by_service_.find({cluster, service_key(service, how)});
  return named == by_service_.end() ? nullptr : &watched_.find(named->second)->second;
}

void looks::on_list(const look& asked, const look_answer& answer, unix_milliseconds now, const look_settings& with) {
  auto& state = clusters_[asked.cluster];
  if (asked.kind == look_kind::list_service) {
    watched* one = of_service(asked.cluster, asked.names.front(), watch_kind::start);
    if (one == nullptr || answer.listed.empty()) return;
    // How the others ended is not known yet.
    auto tasks = one->what.tasks;
    for (const auto& each : answer.listed) {
      if (std::find(tasks.begin(), tasks.end(), each) == tasks.end()) tasks.push_back(each);
    }
    set_tasks(*one, std::move(tasks), with);
    return set_due(*one, now);
  }
  for (const auto& arn : answer.listed) {
    const bool known = by_task_.count(arn) > 0 || state.strangers.count(arn) > 0;
    if (!known && state.unknown.size() < strangers_most) state.unknown.push_back(arn);
  }
  state.listing = !answer.next_page.empty();
  if (state.listing) again_.push_back({0, look_kind::list_cluster, asked.cluster, {}, answer.next_page, ""});
}

std::optional<look_kind> looks::kind_of(std::uint64_t id) const {
  const auto found = sent_.find(id);
  return found == sent_.end() ? std::nullopt : std::optional(found->second.what.kind);
}

unix_milliseconds looks::next_due(unix_milliseconds now) const {
  if (!again_.empty()) return now + 100;
  return due_.empty() ? 0 : std::max(due_.begin()->first, now + 100);
}

}  // namespace sallyport::region
