// `cache`: the operations of operations/cache.hpp as they are. In: op, in. Out: what it answers; an error is the
// operation's reason.
#include "operations/cache.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {

outcome run_cache(const json& in, crypto::port& host) {
  const auto* input = encoding::find_member(in, "in");
  const auto op = encoding::string_member(in, "op");
  if (!op || input == nullptr || !input->is_object()) return bad_arguments{"cache needs op and in"};
  const auto text = gate::cache_operations(host).run(encoding::canonical_json({{"op", *op}, {"in", *input}}));
  const auto out = encoding::parse_json(text);
  if (!out.ok()) return answer{out.why(), {}};
  const auto error = encoding::string_member(*out, "error");
  return error ? answer{reason_named(*error), {}} : answer{reason::ok, *out};
}

}  // namespace sallyport::probe
