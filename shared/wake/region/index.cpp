#include "wake/region/index.hpp"

#include <algorithm>

namespace sallyport::region {

std::string_view name_of(removal what) {
  switch (what) {
    case removal::yes: return "yes";
    case removal::held: return "held";
    case removal::no: return "no";
  }
  __builtin_trap();
}

void note_policy(index& in, std::string_view policy, unix_milliseconds now, const removal_settings& with) {
  if (policy.empty()) return;
  auto known = in.policies.find(policy);
  if (known == in.policies.end()) {
    if (in.policies.size() >= with.policies_most) {
      in.policies.erase(
          std::min_element(in.policies.begin(), in.policies.end(),
                           [](const auto& one, const auto& other) { return one.second.last < other.second.last; }));
    }
    known = in.policies.emplace(std::string(policy), policy_seen{}).first;
  }
  known->second.last = now;
}

bool note_present(index& in, std::string_view place, bool ours, unix_milliseconds now, const removal_settings& with) {
  const auto known = in.ours.find(place);
  if (known != in.ours.end()) {
    if (!ours) in.ours.erase(known);
    return !ours;
  }
  if (!ours || in.ours.size() >= with.places_most) return false;
  in.ours.emplace(std::string(place), now);
  return true;
}

removal may_remove(index& in, std::string_view place, std::string_view policy, unix_milliseconds began,
                   unix_milliseconds now, const removal_settings& with) {
  const auto long_ago = now - with.alone_for;
  const bool others = std::any_of(in.policies.begin(), in.policies.end(), [&](const auto& each) {
    return each.first != policy && each.second.last > long_ago;
  });
  const auto mine = in.policies.find(policy);
  if (others || began > long_ago || mine == in.policies.end()) return removal::no;
  if (mine->second.removed >= with.most) return removal::held;
  ++mine->second.removed;
  if (const auto known = in.ours.find(place); known != in.ours.end()) in.ours.erase(known);
  return removal::yes;
}

}  // namespace sallyport::region
