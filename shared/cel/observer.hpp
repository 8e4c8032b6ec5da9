// Who is told what the parts of an expression come to while it is evaluated.
//
// Nothing of this is in the way of an evaluation that nobody observes: an observed one walks a tree of its own, in which each
// node stands below one that tells (observed.cpp).
#pragma once

#include "cel/syntax.hpp"
#include "cel/value.hpp"

namespace sallyport::cel {

class observer {
 public:
  /// The node `part` of the program's tree came to `came`, which may be an error; the inner parts first, and what stands in
  /// a macro once for each element. `came` is a view as that of evaluate(). To read it must not change it: an object that
  /// is no map is not asked for its fields, or what it builds would be built for somebody else.
  virtual void saw(node_index part, const value& came) = 0;

 protected:
  ~observer() = default;
};

/// The tree with a node of kind `observed` above each: it has the number of the node as its slot.
syntax observed_tree(const syntax& of);

}  // namespace sallyport::cel
