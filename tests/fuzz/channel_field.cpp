// Invariant: whatever Sallyport-Channel says, what is read of it can be written and reads back as the same, within the
// limit of the field; what is too long says nothing.
#include "channel/field.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto read = channel::read_field(in.rest());
  const std::string written = channel::write_field(read);
  if (in.rest().size() > channel::max_field_bytes) fuzz::hold(written.empty(), "what is too long says nothing");
  fuzz::hold(!read.key || read.key->front() == 0x04, "a key is uncompressed");
  // A key takes 98 octets and unknown 9; a confirmation of any length may have been read.
  if (written.size() > channel::max_field_bytes) return 0;
  const auto again = channel::read_field(written);
  fuzz::hold(again.unknown == read.unknown && again.confirm == read.confirm && again.key == read.key,
             "what is written reads back as the same");
  return 0;
}
