// A hash table from (scope, text) to a number: built once, then only read. The texts are viewed, not copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sallyport::policy {

class text_index {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// The number at (scope, text), or none.
  std::uint32_t find(std::uint32_t scope, std::string_view text) const;
  /// Precondition: (scope, text) is not in the table. The text must outlive the table.
  void insert(std::uint32_t scope, std::string_view text, std::uint32_t number);

 private:
  struct slot {
    std::string_view text;
    std::uint32_t hash = 0;
    std::uint32_t scope = 0;
    std::uint32_t number = none;
  };

  void place(const slot& entry);
  void grow();

  // A power of two, at most half full: probing ends at an empty slot.
  std::vector<slot> slots_ = std::vector<slot>(16);
  std::size_t used_ = 0;
};

}  // namespace sallyport::policy
