// `cache`: the operations cache_* of operations/operation.def, without that prefix. In: op, in. Out: what it answers; an
// error is the operation's reason.
#include "operations/operations.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {

outcome run_cache(const json& in, crypto::port& host) {
  const auto* input = encoding::find_member(in, "in");
  const auto op = encoding::string_member(in, "op");
  if (!op || input == nullptr || !input->is_object()) return bad_arguments{"cache needs op and in"};
  operations::means with(host);
  json out = operations::run(std::string("cache_").append(*op), *input, with);
  const auto error = encoding::string_member(out, "error");
  return error ? answer{reason_named(*error), {}} : answer{reason::ok, std::move(out)};
}

}  // namespace sallyport::probe
