#include "cel/evaluation.hpp"
#include "cel/function.hpp"
#include "cel/program_data.hpp"

namespace sallyport::cel {

evaluation::evaluation(const syntax& tree, std::uint32_t local_count, std::span<const value> variables, arena& memory,
                       std::uint64_t max_steps, observer* watching)
    : tree_(tree),
      local_count_(local_count),
      nodes_(tree.nodes.data()),
      children_(tree.children.data()),
      variables_(variables),
      memory_(memory),
      steps_(max_steps),
      watching_(watching) {}

value evaluation::run() {
  locals_ = memory_.make_array<value>(local_count_);
  return stopped() ? value() : evaluate(tree_.root);
}

value evaluation::evaluate(node_index index) {
  const node& here = nodes_[index];
  if (!step()) return value::error(nullptr);
  switch (here.kind) {
    case node_kind::constant: return here.constant;
    case node_kind::variable: return variable(here);
    case node_kind::local: return locals_[here.slot];
    case node_kind::identifier: return fail(here, "nothing is called ", here.name);
    case node_kind::select: return select(here);
    case node_kind::has: return has(here);
    case node_kind::call: return call_function(here);
    case node_kind::logical_and: return logical(here, false);
    case node_kind::logical_or: return logical(here, true);
    case node_kind::conditional: return conditional(here);
    case node_kind::list: return list(here);
    case node_kind::map: return map(here);
    case node_kind::message: return fail(here, "there are no message types");
    case node_kind::comprehension: return comprehension(here);
    case node_kind::bind: return bind(here);
    case node_kind::optional_map:
    case node_kind::optional_flat_map: return bind_optional(here);
    case node_kind::observed: return observe(here);
  }
  return value::error(nullptr);
}

value evaluation::variable(const node& here) {
  if (here.slot < variables_.size() && !variables_[here.slot].is_error()) return variables_[here.slot];
  return fail(here, "no value is bound to this name");
}

value evaluation::select(const node& here) {
  const value operand = evaluate_child(here, 0);
  if (operand.is_error()) return operand;
  if (here.optional || operand.is(kind::optional)) return optional_field(here, operand);
  if (!operand.is(kind::map) && !operand.is(kind::object))
    return fail(here, "no such overload: no fields to select ", here.name);
  const auto found = field(operand, here.name);
  return found ? *found : fail(here, "no such key: ", here.name);
}

std::optional<value> evaluation::field(const value& of, std::string_view name) {
  if (of.is(kind::object)) return of.as_object().field(name, memory_);
  const value* found = find(of.as_map(), value::string(name));
  return found == nullptr ? std::nullopt : std::optional<value>(*found);
}

// x.?name, and x.name where x is optional: what is not there is none.
value evaluation::optional_field(const node& here, const value& of) {
  const value* inner = of.is(kind::optional) ? of.as_optional() : &of;
  if (inner == nullptr) return of;
  if (!inner->is(kind::map) && !inner->is(kind::object)) return fail(here, "no such key: ", here.name);
  const auto found = field(*inner, here.name);
  return found ? value::optional(memory_.make<value>(*found)) : value::optional(nullptr);
}

value evaluation::has(const node& here) {
  const value operand = evaluate_child(here, 0);
  if (operand.is_error()) return operand;
  const value* inner = operand.is(kind::optional) ? operand.as_optional() : &operand;
  if (inner == nullptr) return value::boolean(false);
  if (!inner->is(kind::map) && !inner->is(kind::object)) return no_overload(here);
  return value::boolean(field(*inner, here.name).has_value());
}

value evaluation::call_function(const node& here) {
  value arguments[overload::max_arity];
  if (here.child_count > overload::max_arity) return fail(here, "unbound function ", here.name);
  for (std::size_t i = 0; i < here.child_count; ++i) {
    arguments[i] = evaluate_child(here, i);
    if (arguments[i].is_error()) return arguments[i];
  }
  for (const overload* row : tree_.overloads_of(here)) {
    if (!accepts(*row, arguments)) continue;
    call context(memory_, steps_, here.offset, here.pattern);
    const value made = row->run(context, arguments);
    // What came out may point to memory that was not there.
    return stopped() ? value::error(nullptr) : made;
  }
  return here.overload_count == 0 ? fail(here, "unbound function ", here.name) : no_overload(here);
}

// && is decided by false and || by true, on either side of an operand that failed.
value evaluation::logical(const node& here, bool decisive) {
  std::optional<value> failed;
  for (std::size_t i = 0; i < here.child_count; ++i) {
    const value operand = evaluate_child(here, i);
    if (operand.is(kind::boolean)) {
      if (operand.as_boolean() == decisive) return operand;
    } else if (!failed) {
      failed = operand.is_error() ? operand : no_overload(here);
    }
  }
  return failed ? *failed : value::boolean(!decisive);
}

value evaluation::conditional(const node& here) {
  const value condition = evaluate_child(here, 0);
  if (condition.is_error()) return condition;
  if (!condition.is(kind::boolean)) return no_overload(here);
  return evaluate_child(here, condition.as_boolean() ? 1 : 2);
}

// What goes into a list or map for an entry: of `?x` the content, or nothing.
bool evaluation::add_entry(const node& marked, const value& content, value& out, bool& skip) {
  out = content;
  if (!marked.optional_entry) return true;
  if (!content.is(kind::optional)) return false;
  skip = content.as_optional() == nullptr;
  if (!skip) out = *content.as_optional();
  return true;
}

value evaluation::list(const node& here) {
  const auto elements = memory_.make_array<value>(here.child_count);
  if (stopped()) return value::error(nullptr);
  std::size_t count = 0;
  for (std::size_t i = 0; i < here.child_count; ++i) {
    const value element = evaluate_child(here, i);
    if (element.is_error()) return element;
    bool skip = false;
    if (!add_entry(child(here, i), element, elements[count], skip)) return no_overload(here);
    if (!skip) ++count;
  }
  return value::list(elements.first(count));
}

value evaluation::map(const node& here) {
  const auto entries = memory_.make_array<map_entry>(here.child_count / 2);
  if (stopped()) return value::error(nullptr);
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < here.child_count; i += 2) {
    const value key = evaluate_child(here, i);
    if (key.is_error()) return key;
    const value content = evaluate_child(here, i + 1);
    if (content.is_error()) return content;
    bool skip = false;
    if (!add_entry(child(here, i), content, entries[count].content, skip)) return no_overload(here);
    entries[count].key = key;
    if (!skip) ++count;
  }
  const auto made = make_map(entries.first(count));
  return made ? *made : fail(here, "a map key is repeated, or neither bool, int, uint nor string");
}

// A value that failed is an error only where it is used.
value evaluation::bind(const node& here) {
  const value bound = evaluate_child(here, 0);
  locals_[here.slot] = bound;
  return evaluate_child(here, 1);
}

value evaluation::bind_optional(const node& here) {
  const value subject = evaluate_child(here, 0);
  if (subject.is_error()) return subject;
  if (!subject.is(kind::optional)) return no_overload(here);
  if (subject.as_optional() == nullptr) return subject;
  locals_[here.slot] = *subject.as_optional();
  const value body = evaluate_child(here, 1);
  if (body.is_error() || here.kind == node_kind::optional_flat_map) return body;
  return value::optional(memory_.make<value>(body));
}

// A step of its own would make an observed evaluation stop before the same one that nobody observes.
value evaluation::observe(const node& here) {
  ++steps_;
  const value came = evaluate_child(here, 0);
  if (!stopped()) watching_->saw(here.slot, came);
  return came;
}

// Names come from the source, never from the request: the message may be logged.
value evaluation::fail(const node& here, std::string_view message, std::string_view name) {
  std::string_view text = message;
  if (!name.empty()) text = memory_.copy(std::string(message) + "'" + std::string(name) + "'");
  return value::error(memory_.make<fault>(fault{text, here.offset}));
}

namespace {

result<value> outcome_of(const program& expression, evaluation& running) {
  const value made = running.run();
  if (running.stopped()) return failure(reason::cel_steps, "the expression took too many steps or too much memory");
  if (!made.is_error()) return made;
  const fault what = made.as_error() == nullptr ? fault{"no value", 0} : *made.as_error();
  const auto at = position_in(expression.source(), what.offset);
  return failure(reason::cel_evaluation, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) +
                                             ": " + std::string(what.message));
}

}  // namespace

result<value> evaluate(const program& expression, std::span<const value> variables, arena& memory,
                       const evaluation_limits& limits) {
  const auto& data = expression.data();
  evaluation running(data.tree, data.local_count, variables, memory, limits.max_steps);
  return outcome_of(expression, running);
}

result<value> evaluate(const program& expression, std::span<const value> variables, arena& memory,
                       const evaluation_limits& limits, observer& watching) {
  const auto& data = expression.data();
  const syntax tree = observed_tree(data.tree);
  evaluation running(tree, data.local_count, variables, memory, limits.max_steps, &watching);
  return outcome_of(expression, running);
}

}  // namespace sallyport::cel
