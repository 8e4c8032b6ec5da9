// Which tasks are asked whether they are ready, and when: their agents say so over the way that requests take, which is sooner
// and more than ECS's health check can (gate/edge/probe.hpp).
//
// | a task | rule |
// | --- | --- |
// | that the facts name as wanted and running, by a look that counts | is asked until it is ready; no other one ever is |
// | whose agent says ready, about this very request | is ready |
// | whose agent is too old to be asked | is ready when ECS calls it HEALTHY; one line |
// | at an address that another task answers at | has none any more: a look tells |
// | that does not get ready for as long as a start may take | is given up, and asked again after each look at the service |
// | that was lost and says twice that it is not ready | is looked at |
// | that changed more than `flaps_most` times within `flap_window` | is not ready for `flap_pause`; one line |
// | whose agent says for `policy_differs_after` that it has another policy | stays not ready; one line |
//
// One probe a task each `probe_first`, after `probe_eager` each `probe_then`, not waiting for those before, at most `probes_most`
// under way; of tasks that are asked together the first that is ready waits `probe_first` at most for the others, so that not all
// callers are sent to it alone; after `probe_eager` without any response each `probe_slow`, with more patience. While nothing can be sent at all, ECS's
// health check counts for `unprobeable_for`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace sallyport::aws {

/// One that is under way.
struct sent_probe {
  std::uint32_t number = 0;
  /// Empty: behind an origin nobody can choose.
  std::string task_arn;
  unix_milliseconds sent_at = 0, until = 0;

  bool operator==(const sent_probe&) const = default;
};

/// What is remembered of a task that is asked.
struct asked_task {
  std::string arn;
  unix_milliseconds since = 0;
  /// Since when its agent has said without a break that its policy is another one; 0: it does not.
  unix_milliseconds policy_since = 0;
  /// When it was last told that it is not ready, since it was lost; 0: not yet.
  unix_milliseconds bad_at = 0;
  /// When it became ready, or ceased to be, lately.
  std::vector<unix_milliseconds> changes;
  /// Not ready until then, whatever it says.
  unix_milliseconds held_until = 0;
  bool policy_noted = false;

  bool operator==(const asked_task&) const = default;
};

struct probing {
  /// When the next one is due; 0: none is.
  unix_milliseconds at = 0;
  /// Since when there is somebody to ask, and when something came last.
  unix_milliseconds since = 0, heard_at = 0;
  std::uint32_t next_number = 0;
  /// In a row: those of which nothing could be sent; and when the first was.
  std::uint32_t throws = 0;
  unix_milliseconds thrown_since = 0;
  unix_milliseconds unprobeable_until = 0;
  std::vector<sent_probe> sent;
  std::vector<asked_task> tasks;
  /// Whose agents said in this round that they are idle.
  std::vector<std::string> quiet;
  /// What came last, for operators.
  std::string last;

  bool operator==(const probing&) const = default;
};

/// A probe to be sent.
struct probe_order {
  std::uint32_t number = 0;
  /// Empty: to the service's origin.
  std::string address;
  std::uint16_t port = 0;
  unix_milliseconds patience = 0;
};

/// What came of one.
enum class probe_result : std::uint8_t {
  ready,
  unready,
  /// Not a status, or none in time.
  nothing,
  too_old,
  /// Nothing came, and the way said so.
  broken,
  /// There is no way to send it.
  unsendable,
};

/// A line for operators.
struct wake_note {
  std::string_view what;
  std::string task_arn;
  std::string detail;
};

}  // namespace sallyport::aws
