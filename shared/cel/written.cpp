#include "cel/written.hpp"

#include <algorithm>

#include "cel/network_text.hpp"
#include "cel/time_text.hpp"
#include "cel/token.hpp"
#include "core/ascii.hpp"

namespace sallyport::cel {
namespace {

constexpr std::size_t longest = 120;

bool is_name(std::string_view text) {
  return ascii::is_identifier(text) && !is_keyword(text);
}

/// Writes one expression; `whole_` is false once something had no short form.
class writer {
 public:
  explicit writer(const syntax& tree) : tree_(tree) {}

  std::string run(node_index index) {
    std::string text = write(index);
    return whole_ && text.size() <= longest ? text : "";
  }

 private:
  std::string give_up() { return whole_ = false, std::string(); }

  std::string write(node_index index) {
    const node& at = tree_.nodes[index];
    switch (at.kind) {
      case node_kind::constant: return write_constant(at.constant);
      case node_kind::identifier:
      case node_kind::variable:
      case node_kind::local: return std::string(at.name);
      case node_kind::select: return at.optional ? give_up() : written_member(operand(child(at, 0)), at.name);
      case node_kind::has: return "has(" + written_member(operand(child(at, 0)), at.name) + ")";
      case node_kind::call: return write_call(at);
      case node_kind::logical_and: return joined(at, 0, " && ", true);
      case node_kind::logical_or: return joined(at, 0, " || ", true);
      case node_kind::list: return "[" + joined(at, 0, ", ", false) + "]";
      case node_kind::conditional:
      case node_kind::map:
      case node_kind::message:
      case node_kind::comprehension:
      case node_kind::bind:
      case node_kind::optional_map:
      case node_kind::optional_flat_map: return give_up();
    }
    return give_up();
  }

  std::string write_constant(const value& constant) {
    switch (constant.kind()) {
      case kind::null: return "null";
      case kind::boolean: return constant.as_boolean() ? "true" : "false";
      case kind::integer: return std::to_string(constant.as_integer());
      case kind::unsigned_integer: return std::to_string(constant.as_unsigned()) + "u";
      case kind::string: return in_quotes(constant.as_string());
      case kind::list: return write_elements(constant.as_list());
      case kind::timestamp: return "timestamp(" + in_quotes(format_timestamp(constant.as_timestamp())) + ")";
      case kind::duration: return "duration(" + in_quotes(format_duration(constant.as_duration())) + ")";
      case kind::ip: return "ip(" + in_quotes(format_ip(constant.as_network())) + ")";
      case kind::cidr: return "cidr(" + in_quotes(format_cidr(constant.as_network())) + ")";
      case kind::real:
      case kind::bytes:
      case kind::map:
      case kind::type:
      case kind::object:
      case kind::optional:
      case kind::error: return give_up();
    }
    return give_up();
  }

  std::string write_elements(std::span<const value> elements) {
    std::string text;
    for (const auto& each : elements) {
      text += (text.empty() ? "" : ", ") + write_constant(each);
      if (text.size() > longest) return give_up();
    }
    return "[" + text + "]";
  }

  std::string write_call(const node& at) {
    const std::string_view name = at.name;
    if (name == "_[_]") return operand(child(at, 0)) + "[" + write(child(at, 1)) + "]";
    if (name == "!_" || name == "-_") return std::string(name.substr(0, 1)) + operand(child(at, 0));
    if (name == "@in") return operand(child(at, 0)) + " in " + operand(child(at, 1));
    if (name.size() > 2 && name.front() == '_' && name.back() == '_') {
      return operand(child(at, 0)) + " " + std::string(name.substr(1, name.size() - 2)) + " " + operand(child(at, 1));
    }
    if (name.find('@') != std::string_view::npos || name.front() == '_') return give_up();
    const std::string receiver = at.receiver ? operand(child(at, 0)) + "." : "";
    return receiver + std::string(name) + "(" + joined(at, at.receiver ? 1 : 0, ", ", false) + ")";
  }

  std::string joined(const node& at, std::size_t from, std::string_view between, bool operands) {
    std::string text;
    for (std::size_t i = from; i < at.child_count && whole_; ++i) {
      if (i > from) text += between;
      text += operands ? operand(child(at, i)) : write(child(at, i));
      if (text.size() > longest) return give_up();
    }
    return text;
  }

  std::string operand(node_index index) {
    const node& at = tree_.nodes[index];
    const bool operation = at.kind == node_kind::logical_and || at.kind == node_kind::logical_or ||
                           (at.kind == node_kind::call && at.name != "_[_]" &&
                            (at.name.front() == '_' || at.name == "@in" || at.name == "!_" || at.name == "-_"));
    std::string text = write(index);
    return operation ? "(" + text + ")" : text;
  }

  node_index child(const node& at, std::size_t which) const { return tree_.children_of(at)[which]; }

  const syntax& tree_;
  bool whole_ = true;

  friend std::string sallyport::cel::written_operand(const syntax& tree, node_index index, std::string_view otherwise);
};

}  // namespace

std::string written(const syntax& tree, node_index index) {
  return writer(tree).run(index);
}

std::string written_operand(const syntax& tree, node_index index, std::string_view otherwise) {
  writer one(tree);
  std::string text = one.operand(index);
  return one.whole_ && text.size() <= longest ? text : std::string(otherwise);
}

std::string in_quotes(std::string_view text) {
  std::string made = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') made += '\\';
    if (c == '\n') made += "\\n";
    if (c != '\n') made += c;
  }
  return made + "'";
}

std::string written_member(const std::string& operand, std::string_view name) {
  return is_name(name) ? operand + "." + std::string(name) : operand + "[" + in_quotes(name) + "]";
}

}  // namespace sallyport::cel
