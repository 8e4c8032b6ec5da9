// Invariant: what the JSON gate lets in has one canonical form, which reads back as the same value and is its own
// canonical form; and what is JSON is also JSON with comments.
#include "encoding/json.hpp"

#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const auto value = encoding::parse_json(text);
  const auto annotated = encoding::parse_jsonc(text);
  if (!value.ok()) return 0;
  fuzz::hold(encoding::is_utf8(text), "accepted text is UTF-8");
  fuzz::hold(annotated.ok() && annotated->value == *value, "JSON is JSON with comments, and means the same");
  const std::string canonical = encoding::canonical_json(*value);
  const auto again = encoding::parse_json(canonical);
  fuzz::hold(again.ok(), "the canonical form is accepted");
  fuzz::hold(*again == *value, "the canonical form is the same value");
  fuzz::hold(encoding::canonical_json(*again) == canonical, "the canonical form is a fixpoint");
  return 0;
}
