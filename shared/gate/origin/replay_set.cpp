#include "gate/origin/replay_set.hpp"

#include "encoding/base64url.hpp"

namespace sallyport::gate {
namespace {

constexpr std::size_t smallest_table = 64;

std::uint64_t eight_bytes(const bytes& from, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = at; i < at + 8 && i < from.size(); ++i) number = number << 8 | from[i];
  return number;
}

std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number >= 0 ? number / by : -((-number + by - 1) / by);
}

bool is_empty(const replay_key& slot) {
  return slot.high == 0 && slot.low == 0;
}

}  // namespace

replay_key make_replay_key(std::string_view nonce) {
  const auto raw = encoding::decode_base64url(nonce);
  const bytes none;
  const bytes& number = raw.ok() ? *raw : none;
  return {eight_bytes(number, 0), eight_bytes(number, 8)};
}

replay_set::replay_set(const replay_limits& limits) : limits_(limits) {}
replay_set::~replay_set() = default;

reason replay_set::admit(const replay_key& key, unix_seconds expires, unix_seconds now) {
  forget(now);
  const std::int64_t span = floor_divide(expires, limits_.span);
  // Its table may have been dropped: nobody can tell any more, so it counts as seen.
  if (span < first_span_) return reason::replay_detected;
  const replay_key marked = is_empty(key) ? replay_key{0, 1} : key;
  if (seen(marked)) return reason::replay_detected;
  if (size_ >= limits_.max_entries) return reason::replay_set_full;
  insert(table_of(span), marked);
  ++size_;
  return reason::ok;
}

void replay_set::forget(unix_seconds now) {
  const std::int64_t current = floor_divide(now, limits_.span);
  if (started_ && current <= first_span_) return;
  started_ = true;
  first_span_ = current;
  while (!tables_.empty() && tables_.front().span < current) {
    size_ -= tables_.front().used;
    tables_.pop_front();
  }
}

// Sorted by span, so that the oldest is in front.
replay_set::table& replay_set::table_of(std::int64_t span) {
  auto at = tables_.begin();
  while (at != tables_.end() && at->span < span) ++at;
  if (at != tables_.end() && at->span == span) return *at;
  return *tables_.insert(at, table{span, 0, std::vector<replay_key>(smallest_table)});
}

bool replay_set::seen(const replay_key& key) const {
  for (const auto& each : tables_) {
    if (contains(each, key)) return true;
  }
  return false;
}

bool replay_set::contains(const table& in, const replay_key& key) {
  const std::size_t mask = in.slots.size() - 1;
  for (std::size_t at = key.high & mask; !is_empty(in.slots[at]); at = (at + 1) & mask) {
    if (in.slots[at] == key) return true;
  }
  return false;
}

void replay_set::insert(table& into, const replay_key& key) {
  if ((into.used + 1) * 4 > into.slots.size() * 3) grow(into);
  const std::size_t mask = into.slots.size() - 1;
  std::size_t at = key.high & mask;
  while (!is_empty(into.slots[at])) at = (at + 1) & mask;
  into.slots[at] = key;
  ++into.used;
}

void replay_set::grow(table& what) {
  table larger{what.span, 0, std::vector<replay_key>(what.slots.size() * 2)};
  for (const auto& slot : what.slots) {
    if (!is_empty(slot)) insert(larger, slot);
  }
  what = std::move(larger);
}

}  // namespace sallyport::gate
