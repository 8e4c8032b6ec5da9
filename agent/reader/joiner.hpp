// Joins the records of both ends by their request id: one request, one line.
//
// Rules
// * Bounded: of more than max_open requests the oldest is over, whatever is still to come.
// * From files, requests come out in the order of their first records, and records of anything else in their place among
//   them.
// * From a stream, a request is over as soon as nothing more of it can come: the edge refused it, or served it without
//   the origin; or both ends have ended it. Where only one end has, the other is waited for: for `patience_ms`, or a
//   tenth of that as long as this input has lines of one end only.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "encoding/json.hpp"

namespace sallyport::agent::reader {

using encoding::json;

/// What one end wrote of a request; null: nothing yet.
struct end_records {
  json decision, outcome;
  bool empty() const { return decision.is_null() && outcome.is_null(); }
};

struct request_records {
  std::string id;
  end_records edge, origin;
  std::vector<json> attempts;
  /// When its last record was read, in milliseconds of any clock that the reader has.
  std::int64_t heard_at = 0;
};

struct joiner_settings {
  bool stream = false;
  std::size_t max_open = 4096;
  std::int64_t patience_ms = 2000;
};

class joiner {
 public:
  using listener = std::function<void(const request_records&)>;
  using other_listener = std::function<void(const json&)>;
  joiner(const joiner_settings& settings, listener over, other_listener other)
      : settings_(settings), over_(std::move(over)), other_(std::move(other)) {}

  /// A decision, outcome or attempt with an id. `now` never goes back.
  void take(json record, std::int64_t now);
  /// A record of anything else.
  void pass(json record);
  /// The origin's lines are in this input, too.
  void heard_of_origin() { has_origin_ = true; }
  /// Lets go of those that were waited for long enough; streams only.
  void settle(std::int64_t now);
  /// Milliseconds until settle has something to do; nothing: for as long as nothing is taken, it has not.
  std::optional<std::int64_t> next_settlement(std::int64_t now) const;
  /// There is no more input.
  void finish();

  std::size_t open() const { return open_.size(); }

 private:
  enum class state : std::uint8_t { over, waits_for_the_other_end, under_way };
  /// A request, or, without an id, a record that waits for those before it.
  struct place {
    std::string id;
    json other;
  };
  state state_of(const request_records& request) const;
  request_records& find(const std::string& id);
  std::int64_t patience() const;
  void release(const std::string& id);
  void release_from_front();
  bool is_full() const;
  bool is_past(const place& which) const { return !which.id.empty() && !open_.contains(which.id); }

  joiner_settings settings_;
  listener over_;
  other_listener other_;
  std::unordered_map<std::string, request_records> open_;
  /// In the order of their first records; requests that are over are passed over.
  std::deque<place> order_;
  bool has_edge_ = false;
  bool has_origin_ = false;
};

}  // namespace sallyport::agent::reader
