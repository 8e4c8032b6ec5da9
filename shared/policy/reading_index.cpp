#include "policy/reading_index.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/audience.hpp"
#include "policy/reading.hpp"

namespace sallyport::policy {
namespace {

bool has_method(const reading_index::entry& each, std::string_view method) {
  return each.method.empty() || each.method == method || (method == "HEAD" && each.method == "GET");
}

}  // namespace

/// One question about one text in the making.
struct reading_index::walk {
  const question& what;
  /// The path, or what servers make of its forms.
  std::string_view path;
  bool rewritten;
  answer found;
  std::string folded;
};

std::uint32_t reading_index::new_root() {
  nodes_.emplace_back();
  kin_.emplace_back();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void reading_index::add(std::uint32_t root, const route& at, const path_pattern& pattern,
                        const std::vector<const path_pattern*>& rewritten) {
  // A job is run by the edge itself: no app reads its path.
  if (at.service == nullptr) return;
  has_same_ = has_same_ || at.service->paths.same != 0;
  add_pattern(root, {{}, &at, &pattern, false, audience_of(at) == audience::anybody});
  for (const auto* each : rewritten) add_pattern(root, {{}, &at, each, true, audience_of(at) == audience::anybody});
}

void reading_index::add_pattern(std::uint32_t root, entry of) {
  const auto& pattern = *of.pattern;
  auto count = pattern.size() - (ends_open(pattern) ? 1 : 0);
  if (count > 0 && pattern[count - 1].kind == segment_kind::literal && pattern[count - 1].text.empty()) --count;
  auto at = root;
  auto parent = root;
  for (std::size_t i = 0; i < count; ++i) {
    parent = at;
    at = child_for(parent, pattern[i]);
  }
  add_methods(ends_open(pattern) ? nodes_[at].rest : nodes_[at].exact, of);
  if (count == 0 || pattern[count - 1].kind != segment_kind::literal) return;
  // "/admin.json" may be "/admin" where the path ends, "**" or not.
  std::string folded;
  fold_segment(pattern[count - 1].text, every_reading, folded);
  const auto cuts = cut_suffix(folded, every_reading);
  for (std::size_t i = 1; i < cuts.count; ++i) add_methods(nodes_[literal_child(parent, cuts.texts[i])].exact, of);
}

void reading_index::add_methods(entries& to, entry of) {
  if (of.to->methods.empty()) to.push_back(of);
  for (const auto& method : of.to->methods) {
    of.method = method;
    to.push_back(of);
  }
}

std::uint32_t reading_index::child_for(std::uint32_t parent, const path_segment& segment) {
  if (segment.kind == segment_kind::literal) {
    std::string folded;
    fold_segment(segment.text, every_reading, folded);
    return literal_child(parent, folded);
  }
  if (nodes_[parent].wildcard_child == text_index::none) {
    const auto child = new_root();
    nodes_[parent].wildcard_child = child;
  }
  return nodes_[parent].wildcard_child;
}

std::uint32_t reading_index::literal_child(std::uint32_t parent, std::string_view folded) {
  auto child = literals_.find(parent, folded);
  if (child != text_index::none) return child;
  child = new_root();
  literals_.insert(parent, folded, child);
  kin_[child].next_sibling = std::exchange(kin_[parent].first_child, child);
  return child;
}

/// All paths that one pattern matches, which hold no form: the same walk as that of ask, but a segment that a wildcard
/// takes may be anything, and every method is asked for.
struct reading_index::dispute {
  const route& taken;
  const path_pattern& pattern;
  /// A policy is loaded within a time that does not grow with the square of its routes.
  std::size_t steps_left = 256;

  /// Whether all that is left of such a path may be what readers drop at its end.
  bool may_be_blank_from(std::size_t at) const {
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(at), pattern.end(), [](const path_segment& each) {
      return each.kind != segment_kind::literal || is_blank_from(each.text, 0);
    });
  }
};

bool reading_index::is_undisputed(std::uint32_t root, const route& taken, const path_pattern& pattern) const {
  dispute state{taken, pattern};
  return !has_rival(root, 0, state);
}

bool reading_index::has_rival(std::uint32_t from, std::size_t at, dispute& state) const {
  if (state.steps_left == 0) return true;
  --state.steps_left;
  const auto& here = nodes_[from];
  if (may_answer(here.rest, state) || (state.may_be_blank_from(at) && may_answer(here.exact, state))) return true;
  return at < state.pattern.size() && has_rival_below(from, at, state);
}

bool reading_index::has_rival_below(std::uint32_t from, std::size_t at, dispute& state) const {
  const auto kind = state.pattern[at].kind;
  const auto next = kind == segment_kind::rest ? at : at + 1;
  const auto wildcard = nodes_[from].wildcard_child;
  if (wildcard != text_index::none && has_rival(wildcard, next, state)) return true;
  if (kind == segment_kind::literal) return has_literal_rival(from, at, state);
  for (auto child = kin_[from].first_child; child != text_index::none; child = kin_[child].next_sibling) {
    if (has_rival(child, next, state)) return true;
  }
  return false;
}

bool reading_index::has_literal_rival(std::uint32_t from, std::size_t at, dispute& state) const {
  std::string folded;
  fold_segment(state.pattern[at].text, every_reading, folded);
  const auto cuts = cut_suffix(folded, every_reading);
  return std::any_of(cuts.texts.begin(), cuts.texts.begin() + cuts.count, [&](std::string_view text) {
    const auto child = literals_.find(from, text);
    return child != text_index::none && has_rival(child, at + 1, state);
  });
}

/// Whether some path makes meet and decide answer with one of these.
bool reading_index::may_answer(const entries& here, const dispute& state) {
  const auto is_taken = [&](const entry& each) { return each.to == &state.taken; };
  if (std::any_of(here.begin(), here.end(), is_taken)) return false;
  return std::any_of(here.begin(), here.end(), [&](const entry& each) {
    return (!each.open || each.to->service->paths.same != 0) && compare_specificity(*each.pattern, state.pattern) <= 0;
  });
}

reading_index::answer reading_index::ask(std::uint32_t root, const question& what) const {
  walk plain{what, what.path, false, {}, {}};
  visit(root, 1, plain);
  if (plain.found.is != answer::verdict::nothing || what.held == http::no_forms) return plain.found;
  for (const auto& text : rewritten_paths(what.path)) {
    walk other{what, text, true, {}, {}};
    visit(root, 1, other);
    if (other.found.is != answer::verdict::nothing) return other.found;
  }
  return {};
}

/// Depth first in the order of specificity; true when the walk is over. A node is entered at most once a walk.
bool reading_index::visit(std::uint32_t from, std::size_t at, walk& state) const {
  const auto& here = nodes_[from];
  if (is_blank_from(state.path, at) && meet(here.exact, state)) return true;
  if (at < state.path.size()) {
    const auto end = std::min(state.path.find('/', at), state.path.size());
    const auto segment = state.path.substr(at, end - at);
    const auto next = std::min(end + 1, state.path.size());
    if (visit_literals(from, segment, next, state)) return true;
    if (here.wildcard_child != text_index::none && !segment.empty() && visit(here.wildcard_child, next, state)) {
      return true;
    }
  }
  return meet(here.rest, state);
}

bool reading_index::visit_literals(std::uint32_t from, std::string_view segment, std::size_t next, walk& state) const {
  state.folded.clear();
  fold_segment(segment, every_reading, state.folded);
  if (state.folded.empty()) return false;
  std::array<std::uint32_t, 3> children{literals_.find(from, state.folded), text_index::none, text_index::none};
  if (is_blank_from(state.path, next)) {
    const auto cuts = cut_suffix(state.folded, every_reading);
    for (std::size_t i = 1; i < cuts.count; ++i) children[i] = literals_.find(from, cuts.texts[i]);
  }
  return std::any_of(children.begin(), children.end(),
                     [&](std::uint32_t child) { return child != text_index::none && visit(child, next, state); });
}

/// The routes of one place. Where the one that matched by its bytes stands among them, its author told it from the
/// others, and the walk is over.
bool reading_index::meet(const entries& here, walk& state) {
  const auto* taken = state.what.taken;
  if (taken != nullptr && std::any_of(here.begin(), here.end(), [&](const entry& each) { return each.to == taken; })) {
    return true;
  }
  return std::any_of(here.begin(), here.end(),
                     [&](const entry& each) { return has_method(each, state.what.method) && decide(each, state); });
}

// What a route allows is data to its app, its author says. Where anybody may use the route, that word is not enough to
// leave a guard that is less specific: as other servers read the path, it is not even this route's.
bool reading_index::leaves_open_route(const entry& candidate, const walk& state) {
  return state.rewritten && !candidate.open && audience_of(*state.what.taken) == audience::anybody &&
         !reads_as(*state.what.taken_pattern, state.path, 0);
}

bool reading_index::decide(const entry& candidate, walk& state) {
  const auto* taken = state.what.taken;
  const bool same_host = taken != nullptr && !state.what.other_host;
  if (same_host && !leaves_open_route(candidate, state) &&
      compare_specificity(*candidate.pattern, *state.what.taken_pattern) > 0)
    return false;
  const auto same = candidate.to->service->paths.same;
  if (same != 0 && !state.rewritten && !candidate.rewritten && reads_as(*candidate.pattern, state.path, same)) {
    state.found = {answer::verdict::same, candidate.to, candidate.pattern};
    return true;
  }
  if (taken == nullptr || candidate.open) return false;
  const auto possible = static_cast<readings>(every_reading & ~taken->service->paths.distinct);
  if (!reads_as(*candidate.pattern, state.path, possible)) return false;
  state.found = {answer::verdict::ambiguous, candidate.to, candidate.pattern};
  return true;
}

}  // namespace sallyport::policy
