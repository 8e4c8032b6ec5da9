// Invariant: a structured field that parses can be serialized, reads back as the same value, and its serialization is a
// fixpoint (RFC 9651 sections 4.1 and 4.2). First byte: which of the three types.
#include "encoding/structured_field.hpp"

#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;
namespace sf = sallyport::encoding::sf;

namespace {

/// An empty list or dictionary is no field at all, so "" is its serialization and reads back as empty.
template <class Parse>
void check(Parse parse, std::string_view text) {
  const auto value = parse(text);
  if (!value.ok()) return;
  const auto written = sf::serialize(*value);
  fuzz::hold(written.ok(), "a parsed value serializes");
  const auto again = parse(*written);
  fuzz::hold(again.ok(), "the serialization parses");
  fuzz::hold(*again == *value, "the serialization is the same value");
  const auto rewritten = sf::serialize(*again);
  fuzz::hold(rewritten.ok() && *rewritten == *written, "the serialization is a fixpoint");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  switch (in.take_byte() % 4) {
    case 0: check(sf::parse_item, in.rest()); break;
    case 1: check(sf::parse_list, in.rest()); break;
    case 2: check(sf::parse_dictionary, in.rest()); break;
    default: check(sf::parse_inner_list, in.rest()); break;
  }
  return 0;
}
