#include "policy/cases/condition_record.hpp"

#include <algorithm>

#include "cel/program_data.hpp"
#include "cel/shown_value.hpp"
#include "cel/written.hpp"

namespace sallyport::policy {
namespace {

constexpr std::size_t most_values = 4;
constexpr std::size_t longest_part = 160;

/// Literals and bare names say nothing that the part around them does not.
bool is_worth_showing(const cel::node& what) {
  return what.kind != cel::node_kind::constant && what.kind != cel::node_kind::variable &&
         what.kind != cel::node_kind::local && what.kind != cel::node_kind::identifier;
}

bool is_not(const cel::node& what) {
  return what.kind == cel::node_kind::call && what.name == "!_";
}

/// The first byte of what is written: an operator stands behind its left side.
std::uint32_t start_of(const cel::syntax& tree, cel::node_index index) {
  std::uint32_t first = tree.nodes[index].offset;
  for (const auto below : tree.children_of(tree.nodes[index])) first = std::min(first, start_of(tree, below));
  return first;
}

}  // namespace

condition_record::condition_record(const condition& of)
    : of_(&of), tree_(&of.code().data().tree), seen_(tree_->nodes.size()) {}

void condition_record::saw(cel::node_index part, const cel::value& came) {
  auto& to = seen_[part];
  to.failed = came.is_error();
  to.truth = came.is(cel::kind::boolean) ? std::optional(came.as_boolean()) : std::nullopt;
  if (!is_worth_showing(tree_->nodes[part]) && part != tree_->root) return;
  if (to.values.size() == most_values && to.more > 0) return void(++to.more);
  auto text = cel::shown(came);
  if (!to.values.empty() && to.values.back().text == text && to.more == 0) return void(++to.values.back().times);
  if (to.values.size() < most_values) return to.values.push_back({std::move(text), 1});
  ++to.more;
}

void condition_record::say(std::optional<bool> answer, const std::string& error) {
  answer_ = answer;
  error_ = error;
}

explained_condition condition_record::explained() const {
  explained_condition made;
  made.name = of_->name();
  made.source = of_->code().source();
  made.answer = answer_;
  made.error = error_;
  add_parts(tree_->root, 0, deciding(tree_->root), made);
  return made;
}

std::optional<cel::node_index> condition_record::failed_below(cel::node_index at) const {
  for (const auto below : tree_->children_of(tree_->nodes[at]))
    if (seen_[below].failed) return below;
  return std::nullopt;
}

std::optional<cel::node_index> condition_record::below_with(cel::node_index at, bool truth) const {
  for (const auto below : tree_->children_of(tree_->nodes[at]))
    if (seen_[below].truth == truth) return below;
  return std::nullopt;
}

/// Goes down as long as one part alone makes the whole what it is.
cel::node_index condition_record::deciding(cel::node_index at) const {
  const auto& here = tree_->nodes[at];
  const auto children = tree_->children_of(here);
  if (seen_[at].failed) {
    const auto below = failed_below(at);
    return below ? deciding(*below) : at;
  }
  const auto truth = seen_[at].truth;
  if (!truth) return at;
  if (is_not(here)) return deciding(children[0]);
  if (here.kind == cel::node_kind::bind) return deciding(children[1]);
  if (here.kind == cel::node_kind::conditional) return deciding(children[seen_[children[0]].truth == true ? 1 : 2]);
  // Of several that all had to be so, the first false one stands for the others; that all are true has no first.
  const bool decided = here.kind == cel::node_kind::logical_or || (here.kind == cel::node_kind::logical_and && !*truth);
  const auto below = decided ? below_with(at, *truth) : std::nullopt;
  return below ? deciding(*below) : at;
}

void condition_record::add_parts(cel::node_index at, std::size_t depth, cel::node_index decider,
                                 explained_condition& to) const {
  const auto& here = tree_->nodes[at];
  const bool shows = is_worth_showing(here) || at == tree_->root;
  if (shows) {
    const auto start = cel::position_in(to.source, start_of(*tree_, at));
    to.parts.push_back({cel::written_whole(*tree_, at, longest_part), start, depth, seen_[at].values, seen_[at].more});
    if (at == decider) to.decided_by = to.parts.size() - 1;
  }
  for (const auto below : tree_->children_of(here)) add_parts(below, depth + (shows ? 1 : 0), decider, to);
  // What decided may be a bare name: then the part that it stands in.
  if (shows && !to.decided_by)
    for (const auto below : tree_->children_of(here))
      if (below == decider) to.decided_by = to.parts.size() - 1;
}

}  // namespace sallyport::policy
