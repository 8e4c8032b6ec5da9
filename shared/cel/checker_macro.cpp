// Comprehensions and bindings: what their variables are, and what comes out.
#include "cel/checker.hpp"

namespace sallyport::cel {

type checker::check_comprehension(node_index index) {
  type key;
  const type element = element_type(child(index, 0), key);
  const bool two = !at(index).second_name.empty();
  const bool over_map = types_.resolved(found_[child(index, 0)], false).is(type_kind::map);
  // One variable over a map is its key; two are key and value, or index and element.
  const type first = two || over_map ? key : element;
  at(index).slot = static_cast<std::uint32_t>(locals_.size());
  const scope variables(*this, at(index).name, first);
  if (!two) return check_body(index, first, key);
  scope second(*this, at(index).second_name, element);
  return check_body(index, first, key);
}

// The element type of a range, and its key: int for lists.
type checker::element_type(node_index range, type& key) {
  const type found = types_.resolved(check(range), false);
  key = type_kind::integer;
  if (found.is(type_kind::list)) return found.first();
  if (found.is(type_kind::map)) return key = found.first(), found.second();
  key = type_kind::dyn;
  if (found.is(type_kind::dyn) || found.is(type_kind::error)) return type_kind::dyn;
  if (found.is(type_kind::parameter)) return type_kind::dyn;
  return report(range, "a value of type " + found.text() + " has no elements", "use a list or a map");
}

type checker::check_body(node_index index, const type& first, const type& key) {
  if (at(index).child_count > 2) {
    expect(child(index, 2), check(child(index, 2)), type_kind::boolean, "the filter");
  }
  const type body = check(child(index, 1));
  switch (at(index).macro) {
    case macro_kind::all:
    case macro_kind::exists:
    case macro_kind::exists_one:
      expect(child(index, 1), body, type_kind::boolean, "the predicate");
      return type_kind::boolean;
    case macro_kind::filter:
      expect(child(index, 1), body, type_kind::boolean, "the predicate");
      return type::list_of(first);
    case macro_kind::sort_by: return type::list_of(first);
    case macro_kind::map:
    case macro_kind::transform_list: return type::list_of(body);
    case macro_kind::transform_map: return type::map_of(key, body);
    case macro_kind::transform_map_entry: return check_transform(index, body);
    case macro_kind::none: break;
  }
  return type_kind::error;
}

type checker::check_transform(node_index index, const type& body) {
  const type entry = type::map_of(types_.fresh(), types_.fresh());
  if (types_.assignable(body, entry)) return types_.resolved(entry, false);
  return report(child(index, 1), "the entry is " + types_.resolved(body, true).text() + ", not a map",
                "write {key: value}");
}

type checker::check_binding(node_index index) {
  const bool plain = at(index).kind == node_kind::bind;
  type subject = check(child(index, 0));
  if (!plain) {
    const type content = types_.fresh();
    if (!types_.assignable(subject, type::optional_of(content))) {
      return report(child(index, 0), "optMap and optFlatMap work on optionals", "wrap it: optional.of(…)");
    }
    subject = types_.resolved(content, false);
  }
  at(index).slot = static_cast<std::uint32_t>(locals_.size());
  const scope variable(*this, at(index).name, subject);
  type body = check(child(index, 1));
  return at(index).kind == node_kind::optional_map ? type::optional_of(std::move(body)) : body;
}

}  // namespace sallyport::cel
