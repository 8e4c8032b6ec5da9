#include "wake/facts.hpp"

#include <algorithm>

namespace sallyport::aws {
namespace {

/// Tasks that ended are remembered for longer than a start may take, so that each end counts once.
constexpr unix_milliseconds ended_kept = 900'000;
/// Facts are stored with the state: it stays bounded whatever ECS says.
constexpr std::size_t max_facts = 1'200;

bool is_newer(const task& seen, const task_fact& known, unix_milliseconds asked_at) {
  if (known.status == task_status::stopped) return false;
  if (seen.version != 0 && known.version != 0 && seen.version != known.version) return seen.version > known.version;
  return asked_at >= known.asked_at;
}

void take(task_fact& known, const task& seen, unix_milliseconds asked_at) {
  known.version = std::max(known.version, seen.version);
  known.status = seen.status;
  known.health = seen.health;
  known.wanted = known.wanted && seen.wanted && seen.status != task_status::stopped;
  known.address = seen.private_ipv4;
  known.created_at = seen.created_at;
  known.pull_started = seen.image_pull_started;
  known.pull_finished = seen.image_pull_finished;
  known.asked_at = asked_at;
}

void note(std::vector<task_fact>& facts, const task& seen, unix_milliseconds asked_at) {
  task_fact* known = find_fact(facts, seen.arn);
  if (known == nullptr) {
    if (facts.size() >= max_facts) return;
    known = &facts.emplace_back();
    known->arn = seen.arn;
    known->first_seen = asked_at;
  }
  if (is_newer(seen, *known, asked_at)) take(*known, seen, asked_at);
  known->missing_since = 0;
}

bool is_gone(const task_fact& one, unix_milliseconds asked_at, const wake_settings& settings) {
  return one.missing_since > 0 && asked_at - one.missing_since >= settings.gone_apart &&
         asked_at - one.first_seen >= settings.gone_after;
}

}  // namespace

task_fact* find_fact(std::vector<task_fact>& facts, std::string_view arn) {
  const auto found = std::find_if(facts.begin(), facts.end(), [&](const task_fact& each) { return each.arn == arn; });
  return found == facts.end() ? nullptr : &*found;
}

void note_look(std::vector<task_fact>& facts, const std::vector<task>& seen, unix_milliseconds asked_at,
               const std::function<bool(const task_fact&)>& is_told, const wake_settings& settings) {
  std::erase_if(facts, [&](const task_fact& one) {
    return one.status == task_status::stopped && one.asked_at + ended_kept <= asked_at;
  });
  for (const auto& each : seen) note(facts, each, asked_at);
  const auto is_missing = [&](const task_fact& one) {
    const bool is_here = std::any_of(seen.begin(), seen.end(), [&](const task& each) { return each.arn == one.arn; });
    return !is_here && one.status != task_status::stopped && is_told(one);
  };
  std::erase_if(facts, [&](const task_fact& one) { return is_missing(one) && is_gone(one, asked_at, settings); });
  for (auto& one : facts) {
    if (one.missing_since == 0 && is_missing(one)) one.missing_since = asked_at;
  }
}

bool is_wanted(const task_fact& one) {
  return one.wanted && one.status != task_status::stopped;
}

}  // namespace sallyport::aws
