// Which members of the variables an expression may read. What is not on the list is not needed to evaluate it, so the
// list must never be too short: whatever is not plainly a path counts as a use of everything below the last plain step.
#include <algorithm>
#include <optional>

#include "cel/program_data.hpp"

namespace sallyport::cel {
namespace {

class access_finder {
 public:
  access_finder(const syntax& tree, const std::vector<type>& types, const environment& names)
      : tree_(tree), types_(types), names_(names) {}

  std::vector<access_path> run() {
    record(path_of(tree_.root));
    std::sort(paths_.begin(), paths_.end());
    std::vector<access_path> kept;
    // Sorted, a path comes right behind whatever covers it.
    for (auto& each : paths_) {
      if (kept.empty() || !covers(kept.back(), each)) kept.push_back(std::move(each));
    }
    return kept;
  }

 private:
  using path = std::optional<access_path>;

  static bool covers(const access_path& shorter, const access_path& longer) {
    return shorter.size() <= longer.size() && std::equal(shorter.begin(), shorter.end(), longer.begin());
  }

  void record(const path& read) {
    if (read) paths_.push_back(*read);
  }

  static path extended(path base, std::string_view name) {
    if (base) base->emplace_back(name);
    return base;
  }

  // The path that the node stands for, not yet recorded; nothing when it is no path, after recording what lies below.
  path path_of(node_index index) {
    const node& here = tree_.nodes[index];
    switch (here.kind) {
      case node_kind::variable: return access_path{names_.variables()[here.slot].name};
      case node_kind::local: return here.slot < aliases_.size() ? aliases_[here.slot] : std::nullopt;
      case node_kind::select:
      case node_kind::has: return extended(path_of(child(here, 0)), here.name);
      case node_kind::call: return path_of_call(here);
      case node_kind::bind: return path_of_binding(here);
      case node_kind::constant:
      case node_kind::identifier:
      case node_kind::logical_and:
      case node_kind::logical_or:
      case node_kind::conditional:
      case node_kind::list:
      case node_kind::map:
      case node_kind::message:
      case node_kind::comprehension:
      case node_kind::optional_map:
      case node_kind::optional_flat_map:
      case node_kind::observed: return path_of_children(here);
    }
    return std::nullopt;
  }

  path path_of_call(const node& here) {
    const bool index = here.name == "_[_]" || here.name == "_[?_]";
    if (index) {
      if (const auto key = constant_text(child(here, 1))) return extended(path_of(child(here, 0)), *key);
    }
    if (here.name == "@in" && is_map(child(here, 1))) {
      if (const auto key = constant_text(child(here, 0))) return extended(path_of(child(here, 1)), *key);
    }
    return path_of_children(here);
  }

  // A name for a path is that path wherever the name is used.
  path path_of_binding(const node& here) {
    path bound = path_of(child(here, 0));
    alias(here.slot, std::move(bound));
    path body = path_of(child(here, 1));
    alias(here.slot, std::nullopt);
    return body;
  }

  path path_of_children(const node& here) {
    const bool variables = here.kind == node_kind::comprehension || here.kind == node_kind::optional_map ||
                           here.kind == node_kind::optional_flat_map;
    for (std::size_t i = 0; i < here.child_count; ++i) {
      record(path_of(child(here, i)));
      if (variables) alias(here.slot, std::nullopt), alias(here.slot + 1, std::nullopt);
    }
    return std::nullopt;
  }

  void alias(std::uint32_t slot, path to) {
    if (aliases_.size() <= slot) aliases_.resize(slot + 1);
    aliases_[slot] = std::move(to);
  }

  std::optional<std::string_view> constant_text(node_index index) const {
    const node& here = tree_.nodes[index];
    if (here.kind != node_kind::constant || !here.constant.is(kind::string)) return std::nullopt;
    return here.constant.as_string();
  }

  bool is_map(node_index index) const {
    return types_[index].is(type_kind::map) || types_[index].is(type_kind::object);
  }

  node_index child(const node& of, std::size_t which) const { return tree_.children_of(of)[which]; }

  const syntax& tree_;
  const std::vector<type>& types_;
  const environment& names_;
  std::vector<path> aliases_;
  std::vector<access_path> paths_;
};

}  // namespace

std::vector<access_path> find_accessed(const syntax& tree, const std::vector<type>& types, const environment& names) {
  return access_finder(tree, types, names).run();
}

}  // namespace sallyport::cel
