#include "cel/program.hpp"
#include "tests/probe/cel_values.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

constexpr std::size_t memory_limit = std::size_t{4} << 20;

/// The variables of one request.
struct bindings {
  cel::environment names;
  std::vector<cel::value> values;
};

// {"value": V} is what the conformance data wraps a binding in.
std::optional<cel::value> read_binding(const json& given, cel::arena& memory) {
  const json* wrapped = encoding::find_member(given, "value");
  return read_cel_value(wrapped != nullptr ? *wrapped : given, memory);
}

bool add_binding(std::string name, const json& given, bindings& out, cel::arena& memory) {
  const auto value = read_binding(given, memory);
  if (!value) return false;
  out.names.declare(std::move(name), type_of_cel_value(*value));
  out.values.push_back(*value);
  return true;
}

// [{"key": name, "value": V}], or {name: V}.
bool read_bindings(const json& in, bindings& out, cel::arena& memory) {
  const json* list = encoding::find_member(in, "bindings");
  if (list == nullptr || list->is_null()) return true;
  if (!list->is_array() && !list->is_object()) return false;
  for (auto each = list->begin(); each != list->end(); ++each) {
    if (list->is_object()) {
      if (!add_binding(each.key(), *each, out, memory)) return false;
      continue;
    }
    const auto name = encoding::string_member(*each, "key");
    const json* given = encoding::find_member(*each, "value");
    if (!name || given == nullptr || !add_binding(std::string(*name), *given, out, memory)) return false;
  }
  return true;
}

bool boolean_argument(const json& in, std::string_view name, bool otherwise) {
  const json* member = encoding::find_member(in, name);
  return member != nullptr && member->is_boolean() ? member->get<bool>() : otherwise;
}

result<cel::program> compile(const json& in, std::string_view expression, bindings& variables) {
  variables.names.set_container(std::string(encoding::string_member(in, "container").value_or("")));
  cel::compile_options options;
  options.check = boolean_argument(in, "check", true);
  return cel::compile(expression, variables.names, options);
}

}  // namespace

outcome run_cel(const json& in, crypto::port&) {
  const auto expression = encoding::string_member(in, "expr");
  if (!expression) return bad_arguments{"expr is missing or not a string"};
  cel::arena memory(memory_limit);
  bindings variables;
  if (!read_bindings(in, variables, memory)) return bad_arguments{"bindings are not a list of key and value"};
  const auto program = compile(in, *expression, variables);
  if (!program.ok()) return answer{program.why(), {}};
  const auto made = cel::evaluate(*program, variables.values, memory);
  if (!made.ok()) return answer{made.why(), {}};
  return answer{reason::ok, json{{"value", write_cel_value(*made, memory)}}};
}

outcome run_cel_check(const json& in, crypto::port&) {
  const auto expression = encoding::string_member(in, "expr");
  if (!expression) return bad_arguments{"expr is missing or not a string"};
  bindings variables;
  const json* declared = encoding::find_member(in, "variables");
  if (declared != nullptr && !declared->is_object()) return bad_arguments{"variables are not names and types"};
  for (auto each = declared == nullptr ? in.end() : declared->begin(); declared != nullptr && each != declared->end();
       ++each) {
    const auto* text = each->get_ptr<const json::string_t*>();
    if (text == nullptr || !variables.names.declare(each.key(), std::string_view(*text)).ok()) {
      return bad_arguments{"variables are not names and types"};
    }
  }
  const auto program = compile(in, *expression, variables);
  if (!program.ok()) return answer{program.why(), {}};
  json accessed = json::array();
  for (const auto& path : program->accessed()) accessed.push_back(path);
  return answer{
      reason::ok,
      json{{"type", program->result_type().text()}, {"cost", program->cost()}, {"accessed", std::move(accessed)}}};
}

}  // namespace sallyport::probe
