// Macros over the elements of a list or map. Every element costs a step.
#include <algorithm>
#include <vector>

#include "cel/evaluation.hpp"

namespace sallyport::cel {

/// A list, or a map as its entries.
struct evaluation::range_view {
  bool is_map = false;
  std::span<const value> elements;
  std::span<const map_entry> entries;

  std::size_t size() const { return is_map ? entries.size() : elements.size(); }
};

value evaluation::comprehension(const node& here) {
  const value over = evaluate_child(here, 0);
  if (over.is_error()) return over;
  range_view range;
  if (over.is(kind::list)) range.elements = over.as_list();
  if (const auto entries = entries_of(over, memory_)) range = {true, {}, *entries};
  if (!over.is(kind::list) && !range.is_map) return fail(here, "no such overload: not a list or map");
  switch (here.macro) {
    case macro_kind::all: return decide(here, range, false);
    case macro_kind::exists: return decide(here, range, true);
    case macro_kind::exists_one: return exists_one(here, range);
    case macro_kind::map:
    case macro_kind::filter:
    case macro_kind::transform_list: return collect(here, range);
    case macro_kind::transform_map:
    case macro_kind::transform_map_entry: return collect_map(here, range);
    case macro_kind::sort_by: return sort_by(here, range);
    case macro_kind::none: break;
  }
  return no_overload(here);
}

// Gives the variables their values for one element; false when the steps are used up.
bool evaluation::enter(const node& here, const range_view& range, std::size_t index) {
  const bool two = !here.second_name.empty();
  if (range.is_map) {
    locals_[here.slot] = range.entries[index].key;
    if (two) locals_[here.slot + 1] = range.entries[index].content;
    return step();
  }
  locals_[here.slot] = two ? value::integer(static_cast<std::int64_t>(index)) : range.elements[index];
  if (two) locals_[here.slot + 1] = range.elements[index];
  return step();
}

// all is decided by false and exists by true; an element that failed counts only when nothing decides.
value evaluation::decide(const node& here, const range_view& range, bool decisive) {
  std::optional<value> failed;
  for (std::size_t i = 0; i < range.size(); ++i) {
    if (!enter(here, range, i)) return value::error(nullptr);
    const value truth = evaluate_child(here, 1);
    if (truth.is(kind::boolean)) {
      if (truth.as_boolean() == decisive) return truth;
    } else if (!failed) {
      failed = truth.is_error() ? truth : no_overload(here);
    }
  }
  return failed ? *failed : value::boolean(!decisive);
}

value evaluation::exists_one(const node& here, const range_view& range) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < range.size(); ++i) {
    if (!enter(here, range, i)) return value::error(nullptr);
    const value truth = evaluate_child(here, 1);
    if (truth.is_error()) return truth;
    if (!truth.is(kind::boolean)) return no_overload(here);
    count += truth.as_boolean() ? 1 : 0;
  }
  return value::boolean(count == 1);
}

// Whether the filter lets the element in; an error when it fails.
std::optional<value> evaluation::passes(const node& here, bool& keep) {
  keep = true;
  const bool filtering = here.macro == macro_kind::filter;
  if (!filtering && here.child_count < 3) return std::nullopt;
  const value truth = evaluate_child(here, filtering ? 1 : 2);
  if (truth.is_error()) return truth;
  if (!truth.is(kind::boolean)) return no_overload(here);
  keep = truth.as_boolean();
  return std::nullopt;
}

value evaluation::collect(const node& here, const range_view& range) {
  const auto out = memory_.make_array<value>(range.size());
  if (stopped()) return value::error(nullptr);
  std::size_t count = 0;
  for (std::size_t i = 0; i < range.size(); ++i) {
    bool keep = true;
    if (!enter(here, range, i)) return value::error(nullptr);
    if (const auto failed = passes(here, keep)) return *failed;
    if (!keep) continue;
    // Macros within the body may use the same slots only above this one's.
    out[count] = here.macro == macro_kind::filter ? locals_[here.slot] : evaluate_child(here, 1);
    if (out[count].is_error()) return out[count];
    ++count;
  }
  return value::list(out.first(count));
}

value evaluation::collect_map(const node& here, const range_view& range) {
  std::vector<map_entry> collected;
  for (std::size_t i = 0; i < range.size(); ++i) {
    bool keep = true;
    if (!enter(here, range, i)) return value::error(nullptr);
    if (const auto failed = passes(here, keep)) return *failed;
    if (!keep) continue;
    const value key = range.is_map ? range.entries[i].key : value::integer(static_cast<std::int64_t>(i));
    const value made = evaluate_child(here, 1);
    if (made.is_error()) return made;
    if (here.macro == macro_kind::transform_map) {
      collected.push_back({key, made});
      continue;
    }
    const auto entries = entries_of(made, memory_);
    if (!entries) return no_overload(here);
    for (const auto& entry : *entries) {
      if (!step()) return value::error(nullptr);
      collected.push_back(entry);
    }
  }
  const auto out = memory_.make_array<map_entry>(collected.size());
  if (stopped()) return value::error(nullptr);
  std::copy(collected.begin(), collected.end(), out.begin());
  const auto made = make_map(out);
  return made ? *made : fail(here, "a map key is repeated, or neither bool, int, uint nor string");
}

value evaluation::sort_by(const node& here, const range_view& range) {
  std::vector<map_entry> keyed;
  for (std::size_t i = 0; i < range.size(); ++i) {
    if (!enter(here, range, i)) return value::error(nullptr);
    const value element = locals_[here.slot];
    const value key = evaluate_child(here, 1);
    if (key.is_error()) return key;
    const bool sortable = compare(key, key) != ordering::none && (keyed.empty() || key.kind() == keyed[0].key.kind());
    if (!sortable) return fail(here, "the elements cannot be sorted by this");
    const std::uint64_t price = 4 + (key.is(kind::string) ? key.as_string().size() / 4 : 0);
    steps_ -= std::min(price, steps_);
    if (stopped()) return value::error(nullptr);
    keyed.push_back({key, element});
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const map_entry& left, const map_entry& right) {
    return compare(left.key, right.key) == ordering::less;
  });
  const auto out = memory_.make_array<value>(keyed.size());
  if (stopped()) return value::error(nullptr);
  for (std::size_t i = 0; i < keyed.size(); ++i) out[i] = keyed[i].content;
  return value::list(out);
}

}  // namespace sallyport::cel
