#include "gate/origin/channel_store.hpp"

#include <cstring>
#include <utility>

#include "crypto/wipe.hpp"
#include "gate/origin/replay_set.hpp"

namespace sallyport::gate {

held_channel::~held_channel() {
  crypto::wipe(confirmations);
}

std::size_t channel_memory::id_hash::operator()(const channel::channel_id& id) const {
  // A digest of what the edge signed: nobody else can choose it, and any part of it is uniform.
  std::size_t first = 0;
  std::memcpy(&first, id.data(), sizeof first);
  return first;
}

held_channel_ptr channel_memory::find(const channel::channel_id& id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return order_.front();
}

void channel_memory::keep(held_channel_ptr what, unix_seconds now) {
  while (!order_.empty() && now >= order_.back()->expires + most_skew) drop_oldest();
  if (find(what->id) != nullptr) {
    order_.front() = std::move(what);
    return;
  }
  if (order_.size() >= max_entries_) {
    drop_oldest();
    ++evicted_;
  }
  order_.push_front(std::move(what));
  places_.emplace(order_.front()->id, order_.begin());
}

void channel_memory::drop_oldest() {
  places_.erase(order_.back()->id);
  order_.pop_back();
}

}  // namespace sallyport::gate
