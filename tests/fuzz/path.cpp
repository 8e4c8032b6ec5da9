// Invariant: a target has one canonical form; it is its own canonical form, the origin accepts exactly it, and no
// reader, however often it decodes, finds a dot segment, a new slash or a NUL in its path that was not a plain slash
// before.
#include "http/path.hpp"

#include <algorithm>

#include "encoding/percent.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

void check_segments(std::string_view path) {
  fuzz::hold(path.starts_with('/'), "a path starts with a slash");
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const auto decoded = encoding::decode_percent(path.substr(at, end - at));
    fuzz::hold(decoded.ok(), "every percent sign has its digits");
    fuzz::hold(*decoded != "." && *decoded != "..", "no dot segment");
    fuzz::hold(decoded->find_first_of(std::string_view("/\\\0", 3)) == std::string::npos, "no separator, no NUL");
    fuzz::hold(end > at || end == path.size(), "no empty segment inside");
    at = end + 1;
  }
}

// With every form allowed: the same canonical form, and no dot segment behind any slash.
void check_forms(std::string_view target) {
  constexpr http::path_forms every_form = http::encoded_slash | http::empty_segment | http::parameter;
  const auto canonical = http::canonicalize_target(target, every_form);
  if (!canonical.ok()) return;
  fuzz::hold(http::require_canonical(canonical->text, every_form).ok(),
             "the canonical form is accepted with its forms");
  const auto held = http::forms_of(canonical->path());
  fuzz::hold(http::canonicalize_target(target, held).ok(), "a path holds what is found in it");
  fuzz::hold((held == http::no_forms) == http::canonicalize_target(target).ok(), "and without forms needs none");
  const auto decoded = encoding::decode_percent(canonical->path());
  for (std::size_t at = 1; at <= decoded->size();) {
    const std::size_t end = std::min(decoded->find('/', at), decoded->size());
    const auto segment = std::string_view(*decoded).substr(at, end - at);
    fuzz::hold(segment != "." && segment != "..", "no dot segment behind a decoded slash");
    at = end + 1;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view target = as_text({data, size});
  const auto canonical = http::canonicalize_target(target);
  const auto as_it_is = http::require_canonical(target);
  check_forms(target);
  fuzz::hold(!as_it_is.ok() || canonical.ok(), "what the origin accepts the edge accepts");
  if (!canonical.ok()) return 0;
  fuzz::hold(as_it_is.ok() == (canonical->text == target), "the origin accepts the canonical form and nothing else");
  const auto again = http::canonicalize_target(canonical->text);
  fuzz::hold(again.ok() && again->text == canonical->text, "the canonical form is a fixpoint");
  fuzz::hold(http::is_canonical(canonical->text), "and says so");
  check_segments(canonical->path());
  (void)http::parse_query(canonical->query());
  return 0;
}
