// The routes by what servers may read their paths as: the same trie as the matcher's, of folded literals. It answers
// two questions about a request whose path matched a wildcard, or nothing: does the service say that the app reads the
// path as that of a more specific route (then that route decides), and might it (then the request is refused)?
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/document.hpp"
#include "policy/pattern.hpp"
#include "policy/text_index.hpp"

namespace sallyport::policy {

class reading_index {
 public:
  /// A route under one method; an empty method stands for any.
  struct entry {
    std::string_view method;
    const route* to;
    const path_pattern* pattern;
    /// The pattern is not as written: its literals are what servers make of the forms in them.
    bool rewritten = false;
    /// Anybody may use the route: it guards nothing.
    bool open = false;
  };

  struct question {
    std::string_view method;
    std::string_view path;
    /// Which forms the path holds.
    http::path_forms held = http::no_forms;
    /// What the path matches by its bytes; null: nothing.
    const route* taken = nullptr;
    const path_pattern* taken_pattern = nullptr;
    /// It was taken at a less specific host pattern than the one that is asked about.
    bool other_host = false;
  };

  struct answer {
    enum class verdict : std::uint8_t { nothing, same, ambiguous };
    verdict is = verdict::nothing;
    const route* to = nullptr;
    const path_pattern* pattern = nullptr;
  };

  /// The root of a host.
  std::uint32_t new_root();
  /// Preconditions: the route and the patterns stay where they are; `rewritten` is what rewritten_patterns made.
  void add(std::uint32_t root, const route& at, const path_pattern& pattern,
           const std::vector<const path_pattern*>& rewritten);

  /// Whether asking about a path that holds no form, which `taken` matches at this root, has the answer nothing,
  /// whatever the path and the method. Precondition: all routes were added. False also when it takes too long to tell.
  bool is_undisputed(std::uint32_t root, const route& taken, const path_pattern& pattern) const;
  /// Whether asking can have another answer than nothing when no route matched by bytes.
  bool has_same() const { return has_same_; }
  /// Asks about the path, and about what servers make of its forms.
  answer ask(std::uint32_t root, const question& what) const;

 private:
  using entries = std::vector<entry>;
  struct node {
    std::uint32_t wildcard_child = text_index::none;
    entries exact, rest;
  };
  struct walk;
  struct dispute;
  /// The literal children of a node, as a list.
  struct kin {
    std::uint32_t first_child = text_index::none;
    std::uint32_t next_sibling = text_index::none;
  };

  void add_pattern(std::uint32_t root, entry of);
  void add_methods(entries& to, entry of);
  std::uint32_t child_for(std::uint32_t parent, const path_segment& segment);
  std::uint32_t literal_child(std::uint32_t parent, std::string_view folded);
  bool visit(std::uint32_t from, std::size_t at, walk& state) const;
  bool visit_literals(std::uint32_t from, std::string_view segment, std::size_t next, walk& state) const;
  static bool meet(const entries& here, walk& state);
  static bool decide(const entry& candidate, walk& state);
  static bool leaves_open_route(const entry& candidate, const walk& state);
  bool has_rival(std::uint32_t from, std::size_t at, dispute& state) const;
  bool has_rival_below(std::uint32_t from, std::size_t at, dispute& state) const;
  bool has_literal_rival(std::uint32_t from, std::size_t at, dispute& state) const;
  static bool may_answer(const entries& here, const dispute& state);

  std::vector<node> nodes_;
  std::vector<kin> kin_;
  text_index literals_;
  bool has_same_ = false;
};

}  // namespace sallyport::policy
