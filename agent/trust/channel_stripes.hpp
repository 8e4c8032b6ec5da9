// The channels of all threads: memories side by side, each behind its own lock, chosen by the channel's id.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "gate/origin/channel_store.hpp"

namespace sallyport::agent::trust {

class channel_stripes final : public gate::channel_store {
 public:
  /// `max_entries` over all stripes together, at least 1. Ids spread evenly, so no stripe is full long before the others.
  explicit channel_stripes(std::size_t max_entries);

  gate::held_channel_ptr find(const channel::channel_id& id) override;
  void keep(gate::held_channel_ptr what, unix_seconds now) override;

  std::size_t size() const;
  std::uint64_t evicted() const;

 private:
  struct stripe {
    explicit stripe(std::size_t max_entries) : held(max_entries) {}
    mutable std::mutex lock;
    gate::channel_memory held;
  };

  stripe& of(const channel::channel_id& id) { return *stripes_[id.back() % stripes_.size()]; }

  std::vector<std::unique_ptr<stripe>> stripes_;
};

}  // namespace sallyport::agent::trust
