// Invariant: the cache only ever errs on the safe side. Whatever two messages say: an answer that says no-store beside
// it, or to a request that does, is not stored; what is not fresh does not become fresh by waiting; what is served
// stale was neither over its window nor forbidden to be stale; and reading never depends on how fields are spread over
// lines. First byte: seconds that pass; lines "Name: value" of the request, an empty line, those of the answer.
#include "caching/caching.hpp"

#include <string>

#include "http/entity_tag.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

constexpr unix_milliseconds start = 1'790'000'000'000;

std::vector<http::field> take_fields(fuzz::input& in) {
  std::vector<http::field> fields;
  while (!in.empty() && fields.size() < 64) {
    const auto line = in.take_line();
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    fields.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  return fields;
}

std::vector<http::field> with(std::vector<http::field> fields, http::field more) {
  fields.push_back(more);
  return fields;
}

bool is_stored(std::span<const http::field> request, const http::cached_answer& answer) {
  return http::plan_storing("GET", request, answer, {}).why_not == http::unstorable::no;
}

void check_storing(const std::vector<http::field>& request, const http::cached_answer& answer,
                   const http::cache_terms& terms) {
  const auto plan = http::plan_storing("GET", request, answer, terms);
  if (plan.why_not != http::unstorable::no) return;
  fuzz::hold(plan.keep > 0 && plan.keep <= http::longest_kept, "a stored answer is kept for a while");
  const auto said = http::parse_cache_control(answer.fields);
  fuzz::hold(!said.malformed && !said.is_private, "nothing private or unclear is stored");
  fuzz::hold(plan.scope == http::reuse_scope::identity || said.is_public || said.s_maxage,
             "only what says so is shared");
  const http::field forbids{"cache-control", "no-store"};
  fuzz::hold(!is_stored(with(request, forbids), answer), "no-store of a request wins");
  const std::vector<http::field> owned(answer.fields.begin(), answer.fields.end());
  auto other = answer;
  const auto forbidden = with(owned, forbids);
  other.fields = forbidden;
  fuzz::hold(said.must_understand || !is_stored(request, other), "no-store of an answer wins");
}

void check_reuse(const std::vector<http::field>& request, const http::cached_answer& answer,
                 const http::cache_terms& terms, seconds after) {
  const auto now = http::plan_reuse(request, answer, terms, start + after * 1000);
  const auto later = http::plan_reuse(request, answer, terms, start + (after + 1) * 1000);
  fuzz::hold(now.age >= 0 && later.age > now.age && later.ttl < now.ttl, "time makes older");
  fuzz::hold(now.what == http::reuse::fresh || later.what != http::reuse::fresh, "waiting makes nothing fresh");
  fuzz::hold(now.on_error || !later.on_error, "waiting opens no window");
  const auto said = http::parse_cache_control(answer.fields);
  const bool never_stale = said.must_revalidate || said.proxy_revalidate || said.no_cache || said.s_maxage;
  const bool past = now.ttl <= 0;
  fuzz::hold(!past || now.what != http::reuse::fresh, "fresh is fresh");
  fuzz::hold(!never_stale || !past || (now.what != http::reuse::stale && !now.on_error), "never stale is never stale");
  fuzz::hold(!said.no_cache || now.what == http::reuse::validate || now.what == http::reuse::forward,
             "no-cache asks the origin");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const seconds after = seconds{in.take_byte()} * 8;
  const auto request = take_fields(in);
  const auto fields = take_fields(in);
  const http::cached_answer answer{200, fields, start - 1000, start};
  http::cache_terms terms;
  terms.stale_if_error = 120;
  check_storing(request, answer, terms);
  check_reuse(request, answer, terms, after);
  const auto kept = http::freshened_fields(http::storable_fields(fields), request);
  fuzz::hold(http::storable_fields(kept).size() == kept.size(), "what is stored stays storable");
  static_cast<void>(http::client_has_it(request, fields, to_seconds(start)));
  static_cast<void>(http::confirms(request, answer));
  static_cast<void>(http::validators_of(answer));
  return 0;
}
