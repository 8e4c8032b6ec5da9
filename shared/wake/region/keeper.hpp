// The Regions that a host has. They stay in the memory of the core, because thousands who wait would cost milliseconds a call as
// text; what outlives the host is stored_rates_of, and a place each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "wake/region.hpp"

namespace sallyport::region {

class keeper {
 public:
  /// The Region of this name, from what was stored; one that the host had under it before is gone. Its handle, never 0.
  std::uint32_t begin(std::string name, region_state state, const region_settings& with);
  /// Nothing: there is none of this handle any more.
  std::optional<region_effects> step(std::uint32_t handle, const event& what, unix_milliseconds now);

  struct kept {
    std::string name;
    region_state state;
    region_settings settings;
  };
  const kept* find(std::uint32_t handle) const;

 private:
  std::map<std::uint32_t, kept> all_;
  std::uint32_t last_ = 0;
};

}  // namespace sallyport::region
