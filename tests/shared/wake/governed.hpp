// A governed machine in the hands of a test.
#pragma once

#include "tests/shared/wake/walk.hpp"

namespace sallyport::testing {

inline walk governed() {
  walk w;
  w.settings.governed = true;
  return w;
}

inline aws::facts_told told(const aws::looked& what, unix_milliseconds ago = 100) {
  return {what.service, what.tasks, {}, ago, false};
}

inline aws::granted go_for(const walk& w, unix_milliseconds in = 0) {
  return {w.state.admission.attempt, "g" + std::to_string(w.state.admission.attempt), in, 5'000};
}

inline aws::put_in_line line_for(const walk& w, std::int64_t position, unix_milliseconds eta) {
  return {w.state.admission.attempt, position, eta, eta / 2};
}

/// A start that waits in line.
inline walk queued_start() {
  walk w = governed();
  w.then(aws::allowed_request{"alice"}).then(told(seen(0)));
  return w;
}

inline walk governed_watching() {
  walk w = queued_start();
  w.then(go_for(w), 100).then(aws::updated{}, 100);
  return w;
}

inline walk governed_healthy() {
  walk w = governed_watching();
  w.then(told(only({healthy_task("t1", w.now)})), 30'000);
  return w;
}

/// Its stop waits in line.
inline walk queued_stop() {
  walk w = governed_healthy();
  w.then(aws::alarm_rang{}, w.settings.idle_stop);
  return w;
}

inline bool reports(const walk& w, region::outcome how) {
  return w.effects.reports.size() == 1 && w.effects.reports[0].how == how;
}

inline const aws::watch_order* watched_for(const walk& w, region::watch_kind how) {
  for (const auto& each : w.effects.watches) {
    if (each.how == how) return &each;
  }
  return nullptr;
}

}  // namespace sallyport::testing
