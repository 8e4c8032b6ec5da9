// What follows where AWS refuses a look.
#include "wake/region/looks.hpp"

namespace sallyport::region {

std::vector<facts> looks::on_refusal(const look& asked, look_refusal why) {
  if (asked.kind == look_kind::list_cluster) clusters_[asked.cluster].listing = false;
  if (why == look_refusal::no_session) return give_back(asked);
  if (why != look_refusal::denied) return {};
  if (asked.names.size() < 2) return give_back(asked);
  const auto middle = asked.names.begin() + static_cast<std::ptrdiff_t>(asked.names.size() / 2);
  again_.push_back({0, asked.kind, asked.cluster, {asked.names.begin(), middle}, "", ""});
  again_.push_back({0, asked.kind, asked.cluster, {middle, asked.names.end()}, "", ""});
  return {};
}

/// Those whom it was for and who still watch look for themselves.
std::vector<facts> looks::give_back(const look& asked) {
  std::vector<std::string> keys;
  for (const auto& name : asked.names) {
    if (const auto* one = watcher_of(asked, name)) keys.push_back(one->key);
  }
  if (asked.kind == look_kind::list_cluster) {
    for (auto at = by_service_.lower_bound({asked.cluster, std::string()});
         at != by_service_.end() && at->first.first == asked.cluster; ++at) {
      const auto& one = watched_.find(at->second)->second;
      if (one.what.how == watch_kind::start && (one.list || one.what.tasks.empty())) keys.push_back(at->second);
    }
  }
  std::vector<facts> out;
  for (const auto& key : keys) {
    const auto known = watched_.find(key);
    if (known == watched_.end()) continue;
    const auto& what = known->second.what;
    out.push_back({what.place, std::nullopt, {}, {}, 0, true, what.how == watch_kind::check});
    forget(key);
  }
  return out;
}

looks::watched* looks::watcher_of(const look& asked, const std::string& name) {
  if (asked.kind != look_kind::tasks)
    return of_service(asked.cluster, name, asked.kind == look_kind::services ? watch_kind::check : watch_kind::start);
  const auto owner = by_task_.find(name);
  return owner == by_task_.end() ? nullptr : &watched_.find(owner->second)->second;
}

}  // namespace sallyport::region
