// The index behind match_route: hosts in a hash table, path patterns in a trie of segments for each host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/match.hpp"
#include "policy/pattern.hpp"
#include "policy/text_index.hpp"

namespace sallyport::policy {

class matcher {
 public:
  /// Adds a route and returns the one that it ties with, or nullptr. Preconditions: host and path are parsed; the route
  /// stays where it is; its path views `at.path`.
  const route* add(const route& at, const path_pattern& path);

  /// The route with this id, or nullptr.
  const route* find(std::string_view id) const;

  /// Preconditions: those of match_route; `host` is normalized (policy/host_name.hpp).
  route_match match(std::string_view method, std::string_view host, std::string_view path) const;

 private:
  /// A route under one method; an empty method stands for any.
  struct entry {
    std::string_view method;
    const route* to;
    /// The names of its one-segment wildcards: where they start in names_, and how many.
    std::uint32_t names;
    std::uint32_t name_count;
  };
  using entries = std::vector<entry>;

  struct node {
    std::uint32_t wildcard_child = text_index::none;
    /// Routes whose pattern ends here, and those that take any rest here.
    entries exact, rest;
  };

  struct walk;

  std::uint32_t root_for(std::string_view host);
  std::uint32_t child_for(std::uint32_t parent, const path_segment& segment);
  std::uint32_t new_node();
  static const route* add_entries(entries& to, const entry& of, const std::vector<std::string>& methods);
  static const entry* select(const entries& from, std::string_view method);

  const entry* match_host(std::uint32_t scope, std::string_view host, walk& state) const;
  const entry* descend(std::uint32_t from, std::size_t at, std::size_t depth, walk& state) const;
  route_match finish(const entry& found, const walk& state) const;

  std::vector<const route*> routes_;
  text_index ids_;
  std::vector<node> nodes_;
  text_index hosts_;
  // In bytes: hosts with many labels cost no look-ups that cannot succeed.
  std::size_t longest_suffix_ = 0;
  text_index literals_;
  // Views into the routes' paths, empty for `*`.
  std::vector<std::string_view> names_;
};

}  // namespace sallyport::policy
