// Check 9 for many threads: replay sets side by side, each behind its own lock, chosen by the nonce.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "gate/origin/replay_set.hpp"

namespace sallyport::agent::trust {

class replay_stripes final : public gate::replay_guard {
 public:
  /// `max_entries` over all stripes together. Nonces spread evenly, so no stripe is full long before the others.
  explicit replay_stripes(std::size_t max_entries);

  reason admit(const gate::replay_key& key, unix_seconds expires, unix_seconds now) override;
  std::size_t size() const;
  std::size_t capacity() const;

 private:
  static constexpr std::size_t stripes = 16;
  struct stripe {
    explicit stripe(const gate::replay_limits& limits) : seen(limits) {}
    mutable std::mutex lock;
    gate::replay_set seen;
  };
  std::array<std::unique_ptr<stripe>, stripes> stripes_;
};

}  // namespace sallyport::agent::trust
