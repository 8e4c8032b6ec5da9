#include "cel/written.hpp"

#include <algorithm>

#include "cel/network_text.hpp"
#include "cel/shown_value.hpp"
#include "cel/time_text.hpp"
#include "cel/token.hpp"
#include "core/ascii.hpp"

namespace sallyport::cel {
namespace {

constexpr std::size_t longest = 120;

bool is_name(std::string_view text) {
  return ascii::is_identifier(text) && !is_keyword(text);
}

/// Writes one expression; `whole_` is false once something had no short form. Where everything is to be written, every form
/// is short enough up to `most`.
class writer {
 public:
  explicit writer(const syntax& tree) : tree_(tree) {}
  writer(const syntax& tree, std::size_t most) : tree_(tree), most_(most), everything_(true) {}

  std::string run_whole(node_index index) {
    std::string text = write(index);
    if (text.size() <= most_) return text;
    std::size_t end = most_;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
  }

  std::string run(node_index index) {
    std::string text = write(index);
    return whole_ && text.size() <= longest ? text : "";
  }

 private:
  std::string too_long(const std::string& text) { return everything_ ? text : give_up(); }
  std::string give_up() { return whole_ = false, std::string(); }

  std::string write(node_index index) {
    const node& at = tree_.nodes[index];
    switch (at.kind) {
      case node_kind::constant: return write_constant(at.constant);
      case node_kind::identifier:
      case node_kind::variable:
      case node_kind::local: return std::string(at.name);
      case node_kind::select:
        return at.optional ? write_optional_member(at) : written_member(operand(child(at, 0)), at.name);
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
      case node_kind::optional_flat_map:
      case node_kind::observed: return everything_ ? write_long(at) : give_up();
    }
    return give_up();
  }

  /// What no advice is made of.
  std::string write_long(const node& at) {
    if (at.kind == node_kind::conditional)
      return operand(child(at, 0)) + " ? " + operand(child(at, 1)) + " : " + operand(child(at, 2));
    if (at.kind == node_kind::map) return write_map(at);
    if (at.kind == node_kind::bind)
      return "cel.bind(" + std::string(at.name) + ", " + write(child(at, 0)) + ", " + write(child(at, 1)) + ")";
    const bool optional = at.kind == node_kind::optional_map || at.kind == node_kind::optional_flat_map;
    if (!optional && at.kind != node_kind::comprehension) return give_up();
    const std::string_view name = at.kind == node_kind::optional_map        ? "optMap"
                                  : at.kind == node_kind::optional_flat_map ? "optFlatMap"
                                                                            : name_of_macro(at.macro);
    std::string text = operand(child(at, 0)) + "." + std::string(name) + "(" + std::string(at.name);
    if (!at.second_name.empty()) text += ", " + std::string(at.second_name);
    // The filter stands before what is made of an element.
    if (at.child_count > 2) text += ", " + write(child(at, 2));
    return text + ", " + write(child(at, 1)) + ")";
  }

  std::string write_map(const node& at) {
    std::string text = "{";
    for (std::size_t i = 0; i + 1 < at.child_count; i += 2)
      text += (i > 0 ? ", " : "") + write(child(at, i)) + ": " + write(child(at, i + 1));
    return text + "}";
  }

  static std::string_view name_of_macro(macro_kind which) {
    switch (which) {
      case macro_kind::none: return "";
      case macro_kind::all: return "all";
      case macro_kind::exists: return "exists";
      case macro_kind::exists_one: return "exists_one";
      case macro_kind::map: return "map";
      case macro_kind::filter: return "filter";
      case macro_kind::transform_list: return "transformList";
      case macro_kind::transform_map: return "transformMap";
      case macro_kind::transform_map_entry: return "transformMapEntry";
      case macro_kind::sort_by: return "sortBy";
    }
    return "";
  }

  std::string write_optional_member(const node& at) {
    return everything_ ? operand(child(at, 0)) + ".?" + std::string(at.name) : give_up();
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
      case kind::error: return everything_ ? shown(constant, most_) : give_up();
    }
    return give_up();
  }

  std::string write_elements(std::span<const value> elements) {
    std::string text;
    for (const auto& each : elements) {
      text += (text.empty() ? "" : ", ") + write_constant(each);
      if (text.size() > most_) return too_long(text);
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
    if (name == "_[?_]") return everything_ ? operand(child(at, 0)) + "[?" + write(child(at, 1)) + "]" : give_up();
    if (name.find('@') != std::string_view::npos || name.front() == '_') return give_up();
    const std::string receiver = at.receiver ? operand(child(at, 0)) + "." : "";
    return receiver + std::string(name) + "(" + joined(at, at.receiver ? 1 : 0, ", ", false) + ")";
  }

  std::string joined(const node& at, std::size_t from, std::string_view between, bool operands) {
    std::string text;
    for (std::size_t i = from; i < at.child_count && whole_; ++i) {
      if (i > from) text += between;
      text += operands ? operand(child(at, i)) : write(child(at, i));
      if (text.size() > most_) return too_long(text);
    }
    return text;
  }

  std::string operand(node_index index) {
    const node& at = tree_.nodes[index];
    const bool operation = at.kind == node_kind::conditional || at.kind == node_kind::logical_and ||
                           at.kind == node_kind::logical_or ||
                           (at.kind == node_kind::call && at.name != "_[_]" &&
                            (at.name.front() == '_' || at.name == "@in" || at.name == "!_" || at.name == "-_"));
    std::string text = write(index);
    return operation ? "(" + text + ")" : text;
  }

  node_index child(const node& at, std::size_t which) const { return tree_.children_of(at)[which]; }

  const syntax& tree_;
  std::size_t most_ = longest;
  bool everything_ = false;
  bool whole_ = true;

  friend std::string sallyport::cel::written_operand(const syntax& tree, node_index index, std::string_view otherwise);
};

}  // namespace

std::string written(const syntax& tree, node_index index) {
  return writer(tree).run(index);
}

std::string written_whole(const syntax& tree, node_index index, std::size_t most) {
  return writer(tree, most).run_whole(index);
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
