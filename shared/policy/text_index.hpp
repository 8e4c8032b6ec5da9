// A hash table from (scope, text) to a number: built once, then only read. The texts lie side by side in one block, so
// that a look-up touches little memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::policy {

class text_index {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// The number at (scope, text), or none.
  std::uint32_t find(std::uint32_t scope, std::string_view text) const;
  /// Precondition: (scope, text) is not in the table.
  void insert(std::uint32_t scope, std::string_view text, std::uint32_t number);

 private:
  struct slot {
    std::uint32_t hash = 0;
    std::uint32_t scope = 0;
    std::uint32_t start = 0;
    std::uint32_t size = 0;
    std::uint32_t number = none;
  };

  bool is(const slot& entry, std::uint32_t hash, std::uint32_t scope, std::string_view text) const;
  void place(const slot& entry);
  void grow();

  // A power of two, at most half full: probing ends at an empty slot.
  std::vector<slot> slots_ = std::vector<slot>(16);
  std::size_t used_ = 0;
  std::string texts_;
};

}  // namespace sallyport::policy
