#include "policy/text_index.hpp"

namespace sallyport::policy {
namespace {

// FNV-1a over the text, seeded by the scope and mixed at the end. Not keyed: an attacker chooses what is looked up but
// never what is stored, so collisions cost at most one comparison more.
std::uint32_t hash_of(std::uint32_t scope, std::string_view text) {
  constexpr std::uint64_t prime = 0x100000001b3;
  std::uint64_t hash = 0xcbf29ce484222325 ^ (std::uint64_t{scope} * 0x9e3779b97f4a7c15);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

std::uint32_t text_index::find(std::uint32_t scope, std::string_view text) const {
  const auto hash = hash_of(scope, text);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const auto& entry = slots_[at];
    if (entry.number == none) return none;
    if (is(entry, hash, scope, text)) return entry.number;
  }
}

bool text_index::is(const slot& entry, std::uint32_t hash, std::uint32_t scope, std::string_view text) const {
  return entry.hash == hash && entry.scope == scope && entry.size == text.size() &&
         texts_.compare(entry.start, entry.size, text) == 0;
}

void text_index::insert(std::uint32_t scope, std::string_view text, std::uint32_t number) {
  if ((used_ + 1) * 2 > slots_.size()) grow();
  const auto start = static_cast<std::uint32_t>(texts_.size());
  texts_.append(text);
  place({hash_of(scope, text), scope, start, static_cast<std::uint32_t>(text.size()), number});
  ++used_;
}

void text_index::place(const slot& entry) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = entry.hash & mask;
  while (slots_[at].number != none) at = (at + 1) & mask;
  slots_[at] = entry;
}

void text_index::grow() {
  std::vector<slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const auto& entry : old) {
    if (entry.number != none) place(entry);
  }
}

}  // namespace sallyport::policy
