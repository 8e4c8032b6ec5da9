// A Region in the hands of a test.
#pragma once

#include <string>
#include <utility>

#include "wake/region.hpp"

namespace sallyport::testing {

struct region_walk {
  region::region_settings settings;
  unix_milliseconds now = 1'000'000'000;
  region::region_state state = region::begin_region(now, settings);
  region::region_effects effects;

  region_walk& then(const region::event& what, unix_milliseconds later = 0) {
    now += later;
    auto next = region::region_next(std::move(state), what, now, settings);
    state = std::move(next.state);
    effects = std::move(next.effects);
    return *this;
  }
  /// With every bucket full.
  region_walk& filled() { return then(region::alarm_rang{}, 60'000); }

  const region::go* is_go() const { return std::get_if<region::go>(&effects.answer); }
  const region::queued* is_queued() const { return std::get_if<region::queued>(&effects.answer); }

  const region::go* start(const std::string& place, const std::string& team = "", const std::string& attempt = "1") {
    then(region::admit{place, attempt, team, region::operation::update, 1, region::urgency::waited_for, 0});
    return is_go();
  }
  const region::go* stop(const std::string& place, unix_milliseconds waited = 0) {
    then(region::admit{place, "s", "", region::operation::update, 1, region::urgency::stop, waited});
    return is_go();
  }
};

}  // namespace sallyport::testing
