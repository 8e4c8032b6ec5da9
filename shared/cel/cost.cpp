// What an expression may cost at most, in steps, before it has seen a request. Lists and maps that come from outside
// count as program::assumed_size elements; the limit at run time (evaluation_limits) holds whatever their real size.
#include "cel/program_data.hpp"

namespace sallyport::cel {
namespace {

std::uint64_t plus(std::uint64_t left, std::uint64_t right) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? UINT64_MAX : sum;
}

std::uint64_t times(std::uint64_t left, std::uint64_t right) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(left, right, &product) ? UINT64_MAX : product;
}

class estimator {
 public:
  explicit estimator(const syntax& tree) : tree_(tree) {}

  std::uint64_t cost(node_index index) const {
    const node& here = tree_.nodes[index];
    const auto children = tree_.children_of(here);
    if (here.kind == node_kind::comprehension) return cost_of_macro(here);
    std::uint64_t sum = 1;
    for (const node_index child : children) sum = plus(sum, cost(child));
    if (here.kind == node_kind::call) sum = plus(sum, cost_of_call(here));
    return sum;
  }

 private:
  std::uint64_t cost_of_macro(const node& here) const {
    const auto children = tree_.children_of(here);
    std::uint64_t body = 1;
    for (std::size_t i = 1; i < children.size(); ++i) body = plus(body, cost(children[i]));
    return plus(plus(1, cost(children[0])), times(size(children[0]), body));
  }

  std::uint64_t cost_of_call(const node& here) const {
    const auto children = tree_.children_of(here);
    if (here.name == "@in") return size(children[1]);
    if (here.name == "matches") return here.pattern != nullptr ? here.pattern->cost(assumed_text) : assumed_text;
    return 0;
  }

  // How many elements the value of a node has, as far as the text tells.
  std::uint64_t size(node_index index) const {
    const node& here = tree_.nodes[index];
    if (here.kind == node_kind::list) return here.child_count;
    if (here.kind == node_kind::map) return here.child_count / 2;
    if (here.kind == node_kind::comprehension) return size(tree_.children_of(here)[0]);
    if (here.kind != node_kind::constant) return program::assumed_size;
    if (here.constant.is(kind::list)) return here.constant.as_list().size();
    return here.constant.is(kind::map) ? here.constant.as_map().size() : 1;
  }

  static constexpr std::size_t assumed_text = 256;

  const syntax& tree_;
};

}  // namespace

std::uint64_t estimate_cost(const syntax& tree) {
  return estimator(tree).cost(tree.root);
}

}  // namespace sallyport::cel
