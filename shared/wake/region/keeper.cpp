#include "wake/region/keeper.hpp"

namespace sallyport::region {

std::uint32_t keeper::begin(std::string name, region_state state, const region_settings& with) {
  std::erase_if(all_, [&](const auto& each) { return each.second.name == name; });
  all_.emplace(++last_, kept{std::move(name), std::move(state), with});
  return last_;
}

std::optional<region_effects> keeper::step(std::uint32_t handle, const event& what, unix_milliseconds now) {
  const auto found = all_.find(handle);
  if (found == all_.end()) return std::nullopt;
  auto& one = found->second;
  auto next = region_next(std::move(one.state), what, now, one.settings);
  one.state = std::move(next.state);
  return std::move(next.effects);
}

const keeper::kept* keeper::find(std::uint32_t handle) const {
  const auto found = all_.find(handle);
  return found == all_.end() ? nullptr : &found->second;
}

}  // namespace sallyport::region
