// The index behind match_route: hosts in a hash table, path patterns in a trie of segments for each host, and beside it
// the one of their readings.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "policy/match.hpp"
#include "policy/pattern.hpp"
#include "policy/reading_index.hpp"
#include "policy/text_index.hpp"

namespace sallyport::policy {

class matcher {
 public:
  /// Adds a route and returns the one that it ties with, or nullptr. Preconditions: host and path are parsed; the route
  /// stays where it is.
  const route* add(const route& at, path_pattern path);

  /// Once, when all routes were added, before the first match.
  void settle();

  /// The route with this id, or nullptr.
  const route* find(std::string_view id) const;

  /// What some route allows in a path.
  http::path_forms allowed_forms() const { return allowed_forms_; }

  /// Preconditions: those of match_route; `host` is normalized (policy/host_name.hpp), and `held` what the path holds.
  route_match match(std::string_view method, std::string_view host, std::string_view path, http::path_forms held) const;

 private:
  /// A route under one method; an empty method stands for any.
  struct entry {
    std::string_view method;
    const route* to;
    const path_pattern* pattern;
    /// The root of its host, by readings.
    std::uint32_t read;
    /// No reading of a path without forms leads from this route to another one of its host pattern.
    bool undisputed = false;
  };
  using entries = std::vector<entry>;

  struct node {
    std::uint32_t wildcard_child = text_index::none;
    /// Routes whose pattern ends here, and those that take any rest here.
    entries exact, rest;
  };

  /// The roots of one host's patterns: by their bytes, and by their readings.
  struct host_roots {
    std::uint32_t plain, read;
  };

  struct walk;

  const host_roots& roots_for(std::string_view host);
  std::uint32_t child_for(std::uint32_t parent, const path_segment& segment);
  std::uint32_t new_node();
  static const route* add_entries(entries& to, const entry& of, const std::vector<std::string>& methods);
  static const entry* select(const entries& from, std::string_view method);

  template <class Visit>
  void for_each_host(std::string_view host, Visit visit) const;
  const entry* descend(std::uint32_t from, std::size_t at, std::size_t depth, walk& state) const;
  route_match with_readings(const entry* found, const host_roots* home, std::string_view host, const walk& state) const;
  static route_match finish(const entry& found, const walk& state);
  static route_match bound(const route& to, const path_pattern& pattern, std::string_view path);

  std::vector<const route*> routes_;
  text_index ids_;
  // Of all routes, rewritten ones among them; a deque, as entries point at them.
  std::deque<path_pattern> patterns_;
  std::vector<node> nodes_;
  text_index host_numbers_;
  std::vector<host_roots> hosts_;
  // In bytes: hosts with many labels cost no look-ups that cannot succeed.
  std::size_t longest_suffix_ = 0;
  text_index literals_;
  reading_index readings_;
  http::path_forms allowed_forms_ = http::no_forms;
};

}  // namespace sallyport::policy
