#include "policy/matcher.hpp"

#include <algorithm>

#include "policy/host_name.hpp"

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
  /// What the one-segment wildcards took on the way to the present node.
  std::array<std::string_view, max_path_parameters> taken;
};

const route* matcher::add(const route& at, const path_pattern& path) {
  if (ids_.find(0, at.id) == text_index::none) ids_.insert(0, at.id, static_cast<std::uint32_t>(routes_.size()));
  routes_.push_back(&at);
  std::uint32_t node_at = root_for(at.host);
  const auto first_name = static_cast<std::uint32_t>(names_.size());
  for (const auto& segment : path) {
    if (segment.kind == segment_kind::rest) break;
    node_at = child_for(node_at, segment);
    if (segment.kind != segment_kind::literal) names_.push_back(segment.text);
  }
  const bool open_ended = !path.empty() && path.back().kind == segment_kind::rest;
  auto& target = open_ended ? nodes_[node_at].rest : nodes_[node_at].exact;
  const auto name_count = static_cast<std::uint32_t>(names_.size()) - first_name;
  return add_entries(target, {{}, &at, first_name, name_count}, at.methods);
}

const route* matcher::find(std::string_view id) const {
  const auto index = ids_.find(0, id);
  return index == text_index::none ? nullptr : routes_[index];
}

std::uint32_t matcher::root_for(std::string_view host) {
  const bool wildcard = host.substr(0, 2) == "*.";
  const auto scope = wildcard ? host_suffix : exact_host;
  const auto name = wildcard ? host.substr(2) : host;
  auto root = hosts_.find(scope, name);
  if (root != text_index::none) return root;
  root = new_node();
  hosts_.insert(scope, name, root);
  if (wildcard) longest_suffix_ = std::max(longest_suffix_, name.size());
  return root;
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
    if (same == to.end()) to.push_back({method, of.to, of.names, of.name_count});
  };
  if (methods.empty()) add_method({});
  for (const auto& method : methods) add_method(method);
  return tie;
}

route_match matcher::match(std::string_view method, std::string_view host, std::string_view path) const {
  if (path.empty() || path.front() != '/' || method.empty() || host.empty()) return {};
  walk state{method, path, {}};
  if (const auto* found = match_host(exact_host, host, state)) return finish(*found, state);
  // Longest suffix first. At least one label, so at least one character, stands before the suffix.
  for (auto dot = host.find('.', 1); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
    if (host.size() - dot - 1 > longest_suffix_) continue;
    if (const auto* found = match_host(host_suffix, host.substr(dot + 1), state)) return finish(*found, state);
  }
  return {};
}

const matcher::entry* matcher::match_host(std::uint32_t scope, std::string_view host, walk& state) const {
  const auto root = hosts_.find(scope, host);
  return root == text_index::none ? nullptr : descend(root, 1, 0, state);
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

const matcher::entry* matcher::select(const entries& from, std::string_view method) {
  const entry* any = nullptr;
  for (const auto& candidate : from) {
    if (candidate.method == method) return &candidate;
    if (candidate.method.empty()) any = &candidate;
  }
  return any;
}

route_match matcher::finish(const entry& found, const walk& state) const {
  route_match match;
  match.route = found.to;
  for (std::uint32_t i = 0; i < found.name_count; ++i) {
    const auto name = names_[found.names + i];
    if (name.empty()) continue;
    match.names[match.parameter_count] = name;
    match.values[match.parameter_count++] = state.taken[i];
  }
  return match;
}

namespace {

bool is_reserved(std::string_view path) {
  if (path.empty()) return false;
  const auto rest = path.substr(1);
  return rest.substr(0, rest.find('/')) == reserved_segment;
}

}  // namespace

route_match match_route(const compiled_policy& policy, std::string_view method, std::string_view host,
                        std::string_view path) {
  if (is_reserved(path)) return {};
  const host_name name(host);
  return policy.matcher->match(method, name.view(), path);
}

}  // namespace sallyport::policy
