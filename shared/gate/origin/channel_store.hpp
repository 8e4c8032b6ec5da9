// The channels that an agent holds (channel/keys.hpp): what a channel request is looked up in.
//
// * A channel is entered under a MAC that verified, so nobody but the edge chooses what is held: grants that are
//   replayed, doubled or withheld leave no trace.
// * Bounded: the least recently used one goes. What has expired goes first.
// * An entry is immutable and shared; its keys are wiped when the last holder lets go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "channel/keys.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::gate {

struct origin_snapshot;

struct held_channel {
  held_channel() = default;
  held_channel(const held_channel&) = default;
  held_channel& operator=(const held_channel&) = delete;
  ~held_channel();

  channel::channel_id id{};
  /// K_req, ready for use.
  crypto::key_ptr requests;
  /// K_ans.
  channel::mac_key confirmations{};
  /// Compact: it is verified once more under other keys or another policy.
  std::string grant;
  /// Of the key that signed the grant.
  std::string kid;
  unix_seconds expires = 0;
  /// What the grant was last verified under.
  std::weak_ptr<const origin_snapshot> verified_under;
};
using held_channel_ptr = std::shared_ptr<const held_channel>;

/// A host with threads stripes it: several channel_memories, each behind a mutex, chosen by the last bits of the id (all
/// bits are uniform).
class channel_store {
 public:
  channel_store() = default;
  channel_store(const channel_store&) = delete;
  channel_store& operator=(const channel_store&) = delete;
  virtual ~channel_store() = default;

  /// nullptr: it is not held.
  virtual held_channel_ptr find(const channel::channel_id& id) = 0;
  /// Replaces what has the same id.
  virtual void keep(held_channel_ptr what, unix_seconds now) = 0;
};

class channel_memory final : public channel_store {
 public:
  /// Precondition: max_entries > 0.
  explicit channel_memory(std::size_t max_entries) : max_entries_(max_entries) {}

  held_channel_ptr find(const channel::channel_id& id) override;
  void keep(held_channel_ptr what, unix_seconds now) override;

  std::size_t size() const { return order_.size(); }
  std::size_t capacity() const { return max_entries_; }
  /// How many went to make room, since the start.
  std::uint64_t evicted() const { return evicted_; }

 private:
  using order = std::list<held_channel_ptr>;
  struct id_hash {
    std::size_t operator()(const channel::channel_id& id) const;
  };

  void drop_oldest();

  std::size_t max_entries_;
  /// The most recently used one in front.
  order order_;
  std::unordered_map<channel::channel_id, order::iterator, id_hash> places_;
  std::uint64_t evicted_ = 0;
};

}  // namespace sallyport::gate
