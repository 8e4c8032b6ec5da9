// Name resolution (cel-spec, doc/langdef.md, "Name Resolution"): a.b.c may be one qualified name, or a field of a
// shorter one; the longest wins, in the innermost container. Variables of macros come first.
#include <array>

#include "cel/checker.hpp"

namespace sallyport::cel {
namespace {

// Types that an expression can name as values.
constexpr std::array<std::string_view, 15> type_names = {"bool",
                                                         "int",
                                                         "uint",
                                                         "double",
                                                         "string",
                                                         "bytes",
                                                         "list",
                                                         "map",
                                                         "null_type",
                                                         "type",
                                                         "optional_type",
                                                         "google.protobuf.Timestamp",
                                                         "google.protobuf.Duration",
                                                         "net.IP",
                                                         "net.CIDR"};

}  // namespace

type checker::check_identifier(node_index index) {
  const node& name = at(index);
  const local* known = name.rooted ? nullptr : find_local(name.name);
  if (known != nullptr) {
    at(index).kind = node_kind::local;
    at(index).slot = known->slot;
    return known->of;
  }
  type found;
  if (resolve_name(index, std::string(name.name), name.rooted, found)) return found;
  return report(index, "nothing is called '" + std::string(name.name) + "'", advise_name(scope_of_advice(), name));
}

bool checker::resolve_name(node_index index, const std::string& name, bool rooted, type& out) {
  std::string container = rooted ? std::string() : names_.container();
  while (!container.empty()) {
    if (resolve_candidate(index, container + "." + name, out)) return true;
    const std::size_t dot = container.rfind('.');
    container.resize(dot == std::string::npos ? 0 : dot);
  }
  return resolve_candidate(index, name, out);
}

bool checker::resolve_candidate(node_index index, std::string_view name, type& out) {
  node& named = at(index);
  const auto& variables = names_.variables();
  for (std::size_t slot = 0; slot < variables.size(); ++slot) {
    if (variables[slot].name != name) continue;
    named.kind = node_kind::variable;
    named.child_count = 0;
    named.slot = static_cast<std::uint32_t>(slot);
    out = variables[slot].of;
    return true;
  }
  for (const std::string_view known : type_names) {
    if (known != name) continue;
    named.kind = node_kind::constant;
    named.child_count = 0;
    named.constant = value::type(known);
    const auto described = type::parse(known);
    out = type::type_of(described.ok() ? *described : type());
    return true;
  }
  return false;
}

// "a.b.c" when the node is a chain of plain selections from a name that no macro declares; empty otherwise.
std::string checker::dotted_name(node_index index, bool& rooted) const {
  std::string name;
  for (node_index here = index;; here = child(here, 0)) {
    const node& part = at(here);
    const bool plain = part.kind == node_kind::identifier || (part.kind == node_kind::select && !part.optional);
    if (!plain) return {};
    name.insert(0, name.empty() ? std::string(part.name) : std::string(part.name) + ".");
    if (part.kind == node_kind::select) continue;
    rooted = part.rooted;
    return !rooted && find_local(part.name) != nullptr ? std::string() : name;
  }
}

const checker::local* checker::find_local(std::string_view name) const {
  for (std::size_t i = locals_.size(); i > 0; --i) {
    if (locals_[i - 1].name == name) return &locals_[i - 1];
  }
  return nullptr;
}

}  // namespace sallyport::cel
