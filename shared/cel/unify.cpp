#include "cel/unify.hpp"

namespace sallyport::cel {
namespace {

bool is_dynamic(const type& t) {
  return t.is(type_kind::dyn) || t.is(type_kind::error);
}

bool has_parts(const type& t) {
  return t.is(type_kind::list) || t.is(type_kind::map) || t.is(type_kind::optional);
}

// null may stand for what a protocol buffer message leaves out.
bool is_nullable(const type& t) {
  return t.is(type_kind::timestamp) || t.is(type_kind::duration) || t.is(type_kind::object) ||
         t.is(type_kind::optional) || t.is(type_kind::null);
}

type with_parts(const type& shape, type first, type second) {
  if (shape.is(type_kind::list)) return type::list_of(std::move(first));
  if (shape.is(type_kind::map)) return type::map_of(std::move(first), std::move(second));
  if (shape.is(type_kind::optional)) return type::optional_of(std::move(first));
  return type::type_of(std::move(first));
}

}  // namespace

bool is_as_general(const type& left, const type& right) {
  if (is_dynamic(left) || left.is(type_kind::parameter)) return true;
  if (is_dynamic(right) || right.is(type_kind::parameter)) return false;
  if (left.kind() != right.kind()) return false;
  return !has_parts(left) ||
         (is_as_general(left.first(), right.first()) && is_as_general(left.second(), right.second()));
}

type substitution::fresh() {
  bindings_.emplace_back();
  return type::parameter(static_cast<std::uint32_t>(bindings_.size() - 1));
}

type substitution::renamed(const type& pattern, renaming& letters) {
  if (pattern.is(type_kind::parameter)) {
    for (const auto& [letter, name] : letters) {
      if (letter == pattern.parameter_number()) return name;
    }
    letters.emplace_back(pattern.parameter_number(), fresh());
    return letters.back().second;
  }
  if (pattern.is_simple()) return pattern;
  type first = renamed(pattern.first(), letters);
  return with_parts(pattern, std::move(first), renamed(pattern.second(), letters));
}

bool substitution::assignable(const type& given, const type& wanted) {
  // Deeper than any type, so a chain of bindings: as beyond type::max_depth, everything is dyn.
  if (depth_ > max_walk) return true;
  ++depth_;
  const bool answer = fits(representative(given), representative(wanted));
  --depth_;
  return answer;
}

// The end of a chain of parameters that are bound to parameters. A wide list makes long chains: nothing may recurse
// along them.
type substitution::representative(const type& given) const {
  type end = given;
  while (end.is(type_kind::parameter)) {
    const auto& known = bindings_[end.parameter_number()];
    if (!known.bound || !known.to.is(type_kind::parameter)) break;
    end = type(known.to);
  }
  return end;
}

bool substitution::fits(const type& given, const type& wanted) {
  if (wanted.is(type_kind::parameter)) {
    if (const auto answer = through_binding(given, wanted)) return *answer;
  }
  if (given.is(type_kind::parameter)) return through_binding(wanted, given).value_or(false);
  if (is_dynamic(given) || is_dynamic(wanted)) return true;
  if (given.is(type_kind::null) || wanted.is(type_kind::null)) return is_nullable(given) && is_nullable(wanted);
  if (given.kind() != wanted.kind()) return false;
  if (given.is(type_kind::object)) return given.fields() == wanted.fields();
  return !has_parts(given) || parts_assignable(given, wanted);
}

bool substitution::parts_assignable(const type& given, const type& wanted) {
  return assignable(given.first(), wanted.first()) && assignable(given.second(), wanted.second());
}

// Binds `parameter` to `given`, or, where it is bound, checks against that and keeps the more general of both. Nothing
// when the two would refer to each other.
std::optional<bool> substitution::through_binding(const type& given, const type& parameter) {
  const std::uint32_t number = parameter.parameter_number();
  if (given.is(type_kind::parameter) && given.parameter_number() == number) return true;
  if (bindings_[number].bound) {
    const type known = bindings_[number].to;
    if (!assignable(given, known)) return false;
    const type general = is_as_general(given, known) ? given : known;
    if (!occurs(number, general)) bind(number, general);
    return true;
  }
  if (occurs(number, given)) return std::nullopt;
  bind(number, given);
  return true;
}

bool substitution::occurs(std::uint32_t parameter, const type& within, std::size_t depth) const {
  if (depth > max_walk) return true;
  const type end = representative(within);
  if (end.is(type_kind::parameter)) {
    if (end.parameter_number() == parameter) return true;
    const auto& known = bindings_[end.parameter_number()];
    return known.bound && occurs(parameter, known.to, depth + 1);
  }
  if (end.is_simple()) return false;
  return occurs(parameter, end.first(), depth + 1) || occurs(parameter, end.second(), depth + 1);
}

type substitution::resolved(const type& given, bool final) const {
  return walk(given, final, 0);
}

type substitution::walk(const type& given, bool final, std::size_t depth) const {
  if (depth > max_walk) return type_kind::dyn;
  const type end = representative(given);
  if (end.is(type_kind::parameter)) {
    const auto& known = bindings_[end.parameter_number()];
    if (known.bound) return walk(known.to, final, depth + 1);
    return final ? type() : end;
  }
  if (end.is_simple()) return end;
  return with_parts(end, walk(end.first(), final, depth + 1), walk(end.second(), final, depth + 1));
}

void substitution::bind(std::uint32_t parameter, type to) {
  trail_.emplace_back(parameter, bindings_[parameter]);
  bindings_[parameter] = {true, std::move(to)};
}

void substitution::return_to(checkpoint mark) {
  for (; trail_.size() > mark.trail; trail_.pop_back()) bindings_[trail_.back().first] = trail_.back().second;
  bindings_.erase(bindings_.begin() + static_cast<std::ptrdiff_t>(mark.parameters), bindings_.end());
}

}  // namespace sallyport::cel
