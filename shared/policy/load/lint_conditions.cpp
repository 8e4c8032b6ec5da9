#include "policy/load/condition_tree.hpp"
#include "policy/load/linting.hpp"

namespace sallyport::policy {
namespace {

/// Comparing texts: what they say of one spelling they do not say of another.
bool is_comparison(std::string_view function) {
  return function == "_==_" || function == "_!=_" || function == "@in" || function == "startsWith" ||
         function == "endsWith" || function == "contains" || function == "matches";
}

bool any_reads(const condition_tree& tree, const cel::node& call, std::string_view member) {
  for (const auto below : tree.children(call)) {
    if (tree.reads(below, member)) return true;
  }
  return false;
}

}  // namespace

void lint_path_test(const placed_rule& what) {
  const condition_tree tree(what.of);
  tree.for_each_call([&](const cel::node& call) {
    if (!is_comparison(call.name)) return;
    if (any_reads(tree, call, "path")) {
      what.at.refuse_inside(
          tree.start(call), reason::ok,
          "this compares request.path byte for byte: other spellings that the app may take for the same "
          "path (case, a slash or suffix at the end) pass it by",
          "make a route of the path: routes are matched with regard to spellings");
    }
    const bool parameter = any_reads(tree, call, "params") || any_reads(tree, call, "params_decoded");
    if (parameter && what.use == condition_use::denies) {
      what.at.refuse_inside(
          tree.start(call), reason::ok,
          "this denies some spellings of a parameter only: the app may take others for the same (case, "
          "encoding, a suffix)",
          "allow the values that may pass, or make a route of the value that must not");
    }
  });
}

void lint_header_test(const placed_rule& what) {
  const condition_tree tree(what.of);
  tree.for_each_call([&](const cel::node& call) {
    const bool denies = what.use == condition_use::denies && (call.name == "_==_" || call.name == "@in");
    const auto below = tree.children(call);
    const bool presence =
        call.name == "@in" && below.size() == 2 && tree.is_member(below[1], variable::request, "headers");
    if ((!denies && call.name != "_!=_") || presence || !any_reads(tree, call, "headers")) return;
    what.at.refuse_inside(
        tree.start(call), reason::ok,
        "a repeated header is one text here, joined by \", \": a second value passes this by; and an absent "
        "one is an error, which denies",
        "write 'x' in request.headers && request.headers['x'].split(',').exists(v, v.trim() == '…')");
  });
}

void lint_loose_match(const placed_rule& what) {
  const condition_tree tree(what.of);
  tree.for_each_call([&](const cel::node& call) {
    const auto below = tree.children(call);
    if (call.name != "matches" || below.size() != 2) return;
    const auto pattern = tree.text(below[1]);
    if (!pattern) return;
    const auto held = anchoring_of(*pattern);
    if (held == anchoring::split) {
      what.at.refuse_inside(tree.at(below[1]).offset, reason::ok,
                            "^ and $ hold the alternative that they stand in, not the others",
                            "write '^(?:…|…)$' to match the whole text");
    }
    if (held != anchoring::loose || what.use == condition_use::denies) return;
    what.at.refuse_inside(tree.at(below[1]).offset, reason::ok,
                          "matches() looks for the pattern anywhere in the text, and it is not held at both ends",
                          "write '^(?:…)$' to match the whole text; where the rest may be anything, '^….*$'");
  });
}

}  // namespace sallyport::policy
