#include "operations/operations.hpp"

#include "operations/arguments.hpp"

namespace sallyport::operations {
namespace {

// What a cache has stored, and what AWS answers, is in here as text.
constexpr encoding::json_limits request_limits{std::size_t{4} << 20, 32};

}  // namespace

json run(std::string_view op, const json& in, means& with) {
#define SALLYPORT_OPERATION(name) \
  if (op == #name) return name(in, with);
#include "operations/operation.def"
#undef SALLYPORT_OPERATION
  return error({reason::internal, "no such operation"});
}

std::string operate(std::string_view request, means& with) {
  const auto parsed = encoding::parse_json(request, request_limits);
  if (!parsed.ok()) return encoding::canonical_json(error(parsed.error()));
  const json* in = encoding::find_member(*parsed, "in");
  if (in == nullptr || !in->is_object()) return encoding::canonical_json(error({reason::internal, "in is missing"}));
  return encoding::canonical_json(run(encoding::string_member(*parsed, "op").value_or(""), *in, with));
}

}  // namespace sallyport::operations
