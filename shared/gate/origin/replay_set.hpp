// Which requests were seen: check 9. A nonce is admitted once, and is remembered until no copy of the request could pass
// check 4 any more. The nonce alone: a request under a channel that is sent once more under the published key has the same
// nonce, and the two are one request, whichever comes first.
//
// * Bounded: at the bound it refuses (replay_set_full); it never forgets an unexpired nonce to make room.
// * Sharded by time: entries lie in tables by the span of time in which they expire, and a whole table goes when its
//   span is over. There are as many live tables as spans in the longest life, four or so, and a look-up asks them all.
// * A clock that goes back does not bring anything back: what may have been forgotten already is refused as a replay.
// * 16 bytes a nonce: its own 128 bits. Nonces arrive here only under a verified signature, so nobody but the edge chooses
//   them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sallyport::gate {

/// The largest clock difference that an agent puts up with.
constexpr seconds most_skew = 60;

/// A nonce.
struct replay_key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const replay_key& other) const { return high == other.high && low == other.low; }
};

/// Precondition: `nonce` is 22 characters of base64url (httpsig::check_parameters).
replay_key make_replay_key(std::string_view nonce);

/// Remembers requests. A host with threads stripes it: several replay_sets, each behind a mutex, chosen by bits of
/// `key.low` (all bits are uniform).
class replay_guard {
 public:
  replay_guard() = default;
  replay_guard(const replay_guard&) = delete;
  replay_guard& operator=(const replay_guard&) = delete;
  virtual ~replay_guard() = default;

  /// Admits `key` once until `expires` (the last second in which the request could pass, skew included).
  /// ok, or replay_detected or replay_set_full.
  virtual reason admit(const replay_key& key, unix_seconds expires, unix_seconds now) = 0;
};

struct replay_limits {
  /// Unexpired nonces; 2^20 take about 32 MiB.
  std::size_t max_entries = std::size_t{1} << 20;
  /// Width of a table's span of time.
  seconds span = 16;
};

class replay_set final : public replay_guard {
 public:
  explicit replay_set(const replay_limits& limits = {});
  ~replay_set() override;

  reason admit(const replay_key& key, unix_seconds expires, unix_seconds now) override;

  /// Entries held, those of spans that are not quite over included.
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return limits_.max_entries; }

 private:
  struct table {
    /// Entries expire in [span * limits_.span, (span + 1) * limits_.span).
    std::int64_t span = 0;
    std::size_t used = 0;
    /// Open addressing, a power of two, at most three quarters full; {0,0} is empty.
    std::vector<replay_key> slots;
  };

  void forget(unix_seconds now);
  table& table_of(std::int64_t span);
  bool seen(const replay_key& key) const;
  static bool contains(const table& in, const replay_key& key);
  static void insert(table& into, const replay_key& key);
  static void grow(table& what);

  replay_limits limits_;
  std::deque<table> tables_;
  std::size_t size_ = 0;
  /// Spans before this one are gone.
  std::int64_t first_span_ = 0;
  bool started_ = false;
};

}  // namespace sallyport::gate
