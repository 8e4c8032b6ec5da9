// A bounded map that forgets what was used least recently. Its memory grows up to the capacity and then stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sallyport::gate {

/// Hash: std::uint64_t operator()(const T&) for Key and for whatever `find` is given; equality by ==.
template <class Key, class Value, class Hash>
class lru {
 public:
  explicit lru(std::size_t capacity) : capacity_(capacity), buckets_(bucket_count(capacity), none) {
    nodes_.reserve(capacity);
  }

  /// The value, now the most recent one, or nullptr; valid until the next insert or erase.
  template <class Like>
  Value* find(const Like& key) {
    const index at = locate(key, Hash{}(key));
    if (at == none) return nullptr;
    touch(at);
    return &nodes_[at].value;
  }

  /// Precondition: capacity > 0. Replaces what the key had.
  Value& insert(Key key, Value value) {
    const std::uint64_t hash = Hash{}(key);
    index at = locate(key, hash);
    if (at == none) at = claim(hash);
    node& here = nodes_[at];
    here.key = std::move(key);
    here.value = std::move(value);
    touch(at);
    return here.value;
  }

  void clear() {
    nodes_.clear();
    for (auto& bucket : buckets_) bucket = none;
    first_ = last_ = none;
  }

  std::size_t size() const { return nodes_.size(); }
  std::size_t capacity() const { return capacity_; }

 private:
  using index = std::uint32_t;
  static constexpr index none = 0xFFFFFFFF;

  struct node {
    Key key;
    Value value;
    std::uint64_t hash;
    /// Towards more and less recent ones; the next of the same bucket.
    index newer, older, chained;
  };

  static std::size_t bucket_count(std::size_t capacity) {
    std::size_t count = 8;
    while (count < capacity) count *= 2;
    return count;
  }
  index& bucket(std::uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }

  template <class Like>
  index locate(const Like& key, std::uint64_t hash) {
    for (index at = bucket(hash); at != none; at = nodes_[at].chained) {
      if (nodes_[at].hash == hash && nodes_[at].key == key) return at;
    }
    return none;
  }

  /// A node for a new key: a fresh one, or the oldest. It is in its bucket, and not in the order of use.
  index claim(std::uint64_t hash) {
    index at = static_cast<index>(nodes_.size());
    if (nodes_.size() < capacity_) {
      nodes_.push_back(node{Key{}, Value{}, hash, none, none, none});
    } else {
      at = last_;
      unchain(at);
      unlink(at);
      nodes_[at].hash = hash;
    }
    nodes_[at].newer = nodes_[at].older = none;
    nodes_[at].chained = bucket(hash);
    bucket(hash) = at;
    return at;
  }

  void unchain(index what) {
    index* link = &bucket(nodes_[what].hash);
    while (*link != what) link = &nodes_[*link].chained;
    *link = nodes_[what].chained;
  }

  void unlink(index what) {
    node& here = nodes_[what];
    if (here.newer != none) nodes_[here.newer].older = here.older;
    if (here.older != none) nodes_[here.older].newer = here.newer;
    if (first_ == what) first_ = here.older;
    if (last_ == what) last_ = here.newer;
    here.newer = here.older = none;
  }

  void touch(index what) {
    if (first_ == what) return;
    unlink(what);
    nodes_[what].older = first_;
    if (first_ != none) nodes_[first_].newer = what;
    first_ = what;
    if (last_ == none) last_ = what;
  }

  std::size_t capacity_;
  std::vector<node> nodes_;
  std::vector<index> buckets_;
  index first_ = none;
  index last_ = none;
};

}  // namespace sallyport::gate
