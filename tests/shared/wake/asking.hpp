// A start whose tasks are asked, for tests of that.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tests/shared/wake/walk.hpp"

namespace sallyport::testing {

using namespace aws;

inline task running(std::string arn, unix_milliseconds created, health_status health = health_status::unknown) {
  return make_task(std::move(arn), task_status::running, created, health);
}

inline walk asking_walk() {
  walk w;
  w.settings.ready_by_agent = true;
  return w;
}

/// A start whose task runs, as a look that counts has just said; the first probe is out.
inline walk one_runs(walk w = asking_walk(), health_status health = health_status::unknown) {
  w.raised();
  w.look(seen(1, {running("t1", w.now, health)}));
  return w;
}

inline probed said(std::uint32_t number, probe_result what, std::string why = "", std::string arn = "t1") {
  return {number,         what,           what != probe_result::broken && what != probe_result::unsendable,
          std::move(arn), std::move(why), "what was said"};
}

inline std::uint32_t number_of(const walk& w) {
  REQUIRE(w.effects.probes.size() == 1);
  return w.effects.probes[0].number;
}

/// The next probe, when it is due.
inline walk& next_probe(walk& w) {
  REQUIRE(w.state.probing.at > 0);
  w.then(probe_due{}, std::max<unix_milliseconds>(w.state.probing.at - w.now, 0));
  return w;
}

/// Probes are answered like that for so long.
inline void answer_for(walk& w, unix_milliseconds how_long, probe_result what, const std::string& why,
                       const std::string& arn = "t1") {
  const auto until = w.now + how_long;
  while (w.now < until) {
    next_probe(w);
    if (!w.effects.probes.empty()) w.then(said(number_of(w), what, why, arn), 0);
  }
}

inline bool has_note(const walk& w, std::string_view what) {
  return w.effects.notes.size() == 1 && w.effects.notes[0].what == what;
}

inline walk ready_and_ours() {
  walk w = one_runs();
  w.then(said(number_of(w), probe_result::ready), 5);
  return w;
}

}  // namespace sallyport::testing
