#include "cel/observer.hpp"

namespace sallyport::cel {

syntax observed_tree(const syntax& of) {
  const auto count = static_cast<node_index>(of.nodes.size());
  const auto links = static_cast<std::uint32_t>(of.children.size());
  syntax made = of;
  // Who pointed at a node points at the one that tells of it, and that one at the node.
  for (auto& child : made.children) child += count;
  made.root += count;
  for (node_index i = 0; i < count; ++i) {
    node teller;
    teller.kind = node_kind::observed;
    teller.optional_entry = of.nodes[i].optional_entry;
    teller.offset = of.nodes[i].offset;
    teller.first_child = links + i;
    teller.child_count = 1;
    teller.slot = i;
    made.nodes.push_back(teller);
    made.children.push_back(i);
  }
  return made;
}

}  // namespace sallyport::cel
