#include "policy/matcher.hpp"

#include <algorithm>

#include "policy/host_name.hpp"
#include "policy/reading.hpp"

namespace sallyport::policy {
namespace {

// Scopes of the host table.
constexpr std::uint32_t exact_host = 0;
constexpr std::uint32_t host_suffix = 1;

// Where a walk stands once the path has no further segment.
constexpr std::size_t at_end = std::string_view::npos;

}  // namespace

/// One match in the making.
struct matcher::walk {
  std::string_view method;
  std::string_view path;
  http::path_forms held;
  /// What the one-segment wildcards took on the way to the present node.
  std::array<std::string_view, max_path_parameters> taken;
};

const route* matcher::add(const route& at, path_pattern path) {
  if (ids_.find(0, at.id) == text_index::none) ids_.insert(0, at.id, static_cast<std::uint32_t>(routes_.size()));
  routes_.push_back(&at);
  allowed_forms_ |= at.path_forms;
  std::vector<const path_pattern*> rewritten;
  for (auto& each : rewritten_patterns(path)) rewritten.push_back(&patterns_.emplace_back(std::move(each)));
  const auto& pattern = patterns_.emplace_back(std::move(path));
  const auto roots = roots_for(at.host);
  readings_.add(roots.read, at, pattern, rewritten);
  auto node_at = roots.plain;
  for (const auto& segment : pattern) {
    if (segment.kind != segment_kind::rest) node_at = child_for(node_at, segment);
  }
  auto& target = ends_open(pattern) ? nodes_[node_at].rest : nodes_[node_at].exact;
  return add_entries(target, {{}, &at, &pattern, roots.read}, at.methods);
}

void matcher::settle() {
  const auto settle_entry = [&](entry& each) {
    const bool asked = each.to->service != nullptr && !is_literal(*each.pattern);
    each.undisputed = !asked || readings_.is_undisputed(each.read, *each.to, *each.pattern);
  };
  for (auto& here : nodes_) {
    std::for_each(here.exact.begin(), here.exact.end(), settle_entry);
    std::for_each(here.rest.begin(), here.rest.end(), settle_entry);
  }
}

const route* matcher::find(std::string_view id) const {
  const auto index = ids_.find(0, id);
  return index == text_index::none ? nullptr : routes_[index];
}

const matcher::host_roots& matcher::roots_for(std::string_view host) {
  const bool wildcard = host.substr(0, 2) == "*.";
  const auto scope = wildcard ? host_suffix : exact_host;
  const auto name = wildcard ? host.substr(2) : host;
  const auto number = host_numbers_.find(scope, name);
  if (number != text_index::none) return hosts_[number];
  host_numbers_.insert(scope, name, static_cast<std::uint32_t>(hosts_.size()));
  if (wildcard) longest_suffix_ = std::max(longest_suffix_, name.size());
  return hosts_.emplace_back(host_roots{new_node(), readings_.new_root()});
}

std::uint32_t matcher::child_for(std::uint32_t parent, const path_segment& segment) {
  const bool literal = segment.kind == segment_kind::literal;
  auto child = literal ? literals_.find(parent, segment.text) : nodes_[parent].wildcard_child;
  if (child != text_index::none) return child;
  child = new_node();
  if (literal) literals_.insert(parent, segment.text, child);
  if (!literal) nodes_[parent].wildcard_child = child;
  return child;
}

std::uint32_t matcher::new_node() {
  nodes_.emplace_back();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

/// Two routes tie when host and path pattern are the same but for the names of parameters, and they share a method or
/// both take any: every other difference is decided by the rules of specificity.
const route* matcher::add_entries(entries& to, const entry& of, const std::vector<std::string>& methods) {
  const route* tie = nullptr;
  const auto add_method = [&](std::string_view method) {
    const auto same = std::find_if(to.begin(), to.end(), [&](const entry& other) { return other.method == method; });
    if (same != to.end()) tie = same->to;
    if (same == to.end()) to.push_back({method, of.to, of.pattern, of.read});
  };
  if (methods.empty()) add_method({});
  for (const auto& method : methods) add_method(method);
  return tie;
}

/// Calls `visit` with the roots of each host pattern that fits, the most specific one first, until it returns true.
template <class Visit>
void matcher::for_each_host(std::string_view host, Visit visit) const {
  const auto exact = host_numbers_.find(exact_host, host);
  if (exact != text_index::none && visit(hosts_[exact])) return;
  // Longest suffix first. At least one label, so at least one character, stands before the suffix.
  for (auto dot = host.find('.', 1); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
    if (host.size() - dot - 1 > longest_suffix_) continue;
    const auto wider = host_numbers_.find(host_suffix, host.substr(dot + 1));
    if (wider != text_index::none && visit(hosts_[wider])) return;
  }
}

route_match matcher::match(std::string_view method, std::string_view host, std::string_view path,
                           http::path_forms held) const {
  if (path.empty() || path.front() != '/' || method.empty() || host.empty()) return {};
  walk state{method, path, held, {}};
  const entry* found = nullptr;
  const host_roots* home = nullptr;
  bool first = true;
  for_each_host(host, [&](const host_roots& roots) {
    first = home == nullptr;
    found = descend(roots.plain, 1, 0, state);
    home = &roots;
    return found != nullptr;
  });
  // What an author wrote letter for letter is that route's, and no app reads the path of a job.
  const bool certain = found != nullptr && ((found->undisputed && first && held == http::no_forms) ||
                                            found->to->service == nullptr || is_literal(*found->pattern));
  route_match made = certain ? finish(*found, state) : with_readings(found, home, host, state);
  if (held == http::no_forms) return made;
  const auto* decides = made ? made.route : made.by_bytes;
  const auto refused = static_cast<http::path_forms>(decides != nullptr ? held & ~decides->path_forms : held);
  if (refused != http::no_forms) made = route_match::refusal(http::refusal_of(refused), decides, nullptr);
  return made;
}

/// Asks whether servers read the path as that of a more specific route, host by host up to that of `found`.
route_match matcher::with_readings(const entry* found, const host_roots* home, std::string_view host,
                                   const walk& state) const {
  if (found == nullptr && !readings_.has_same()) return {};
  reading_index::question what{state.method, state.path, state.held, nullptr, nullptr};
  if (found != nullptr) what.taken = found->to, what.taken_pattern = found->pattern;
  reading_index::answer said;
  for_each_host(host, [&](const host_roots& roots) {
    what.other_host = &roots != home;
    said = readings_.ask(roots.read, what);
    return said.is != reading_index::answer::verdict::nothing || (found != nullptr && &roots == home);
  });
  switch (said.is) {
    case reading_index::answer::verdict::ambiguous:
      return route_match::refusal(reason::path_ambiguous, found->to, said.to);
    case reading_index::answer::verdict::same: return bound(*said.to, *said.pattern, state.path);
    case reading_index::answer::verdict::nothing: break;
  }
  return found != nullptr ? finish(*found, state) : route_match();
}

/// Depth first in the order of specificity, so that the first route that takes the method is the most specific one. A
/// node is entered at most once a match, as each has one way to it.
const matcher::entry* matcher::descend(std::uint32_t from, std::size_t at, std::size_t depth, walk& state) const {
  const auto& here = nodes_[from];
  if (at == at_end) {
    const auto* exact = select(here.exact, state.method);
    return exact != nullptr ? exact : select(here.rest, state.method);
  }
  const auto slash = state.path.find('/', at);
  const auto segment = state.path.substr(at, slash - at);
  const auto next = slash == std::string_view::npos ? at_end : slash + 1;
  if (const auto child = literals_.find(from, segment); child != text_index::none) {
    if (const auto* found = descend(child, next, depth, state)) return found;
  }
  if (here.wildcard_child != text_index::none && !segment.empty()) {
    state.taken[depth] = segment;
    if (const auto* found = descend(here.wildcard_child, next, depth + 1, state)) return found;
  }
  return select(here.rest, state.method);
}

/// The route that names the method, or GET where HEAD is asked for (RFC 9110 section 9.3.2: HEAD is GET without the
/// content, and apps answer it by the same code), or takes any.
const matcher::entry* matcher::select(const entries& from, std::string_view method) {
  const entry* get = nullptr;
  const entry* any = nullptr;
  for (const auto& candidate : from) {
    if (candidate.method == method) return &candidate;
    if (candidate.method == "GET" && method == "HEAD") get = &candidate;
    if (candidate.method.empty()) any = &candidate;
  }
  return get != nullptr ? get : any;
}

namespace {

void add_parameter(std::string_view name, std::string_view value, route_match& to) {
  to.names[to.parameter_count] = name;
  to.values[to.parameter_count++] = value;
}

}  // namespace

route_match matcher::finish(const entry& found, const walk& state) {
  route_match match;
  match.route = found.to;
  std::size_t taken = 0;
  for (const auto& segment : *found.pattern) {
    if (segment.kind == segment_kind::parameter) add_parameter(segment.text, state.taken[taken], match);
    if (segment.kind == segment_kind::parameter || segment.kind == segment_kind::any) ++taken;
  }
  return match;
}

/// The same for a path that the app reads as one that the pattern matches: segment for segment.
route_match matcher::bound(const route& to, const path_pattern& pattern, std::string_view path) {
  route_match match;
  match.route = &to;
  std::size_t start = 1;
  for (const auto& segment : pattern) {
    const auto end = std::min(path.find('/', start), path.size());
    if (segment.kind == segment_kind::parameter) add_parameter(segment.text, path.substr(start, end - start), match);
    start = std::min(end + 1, path.size());
  }
  return match;
}

route_match route_match::refusal(reason why, const policy::route* by_bytes, const policy::route* as_read) {
  route_match none;
  none.why = why;
  none.by_bytes = by_bytes;
  none.as_read = as_read;
  return none;
}

std::string describe(const route_match& match) {
  if (match.as_read == nullptr) return match.by_bytes != nullptr ? "route " + match.by_bytes->id : std::string();
  return "by its bytes route " + match.by_bytes->id + ", as other servers read it route " + match.as_read->id;
}

namespace {

bool is_reserved(std::string_view path) {
  if (path.empty()) return false;
  const auto rest = path.substr(1);
  return rest.substr(0, rest.find('/')) == reserved_segment;
}

bool is_reserved_as_read(std::string_view path) {
  const auto read = rewritten_paths(path);
  return std::any_of(read.begin(), read.end(), is_reserved);
}

}  // namespace

route_match match_route(const compiled_policy& policy, std::string_view method, std::string_view host,
                        std::string_view path) {
  const auto held = http::forms_of(path);
  if (is_reserved(path) || (held != http::no_forms && is_reserved_as_read(path))) {
    return held == http::no_forms ? route_match() : route_match::refusal(http::refusal_of(held), nullptr, nullptr);
  }
  const host_name name(host);
  return policy.matcher->match(method, name.view(), path, held);
}

http::path_forms allowed_forms(const compiled_policy& policy) {
  return policy.matcher->allowed_forms();
}

}  // namespace sallyport::policy
