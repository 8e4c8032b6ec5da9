#include "regex/regex.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "regex/syntax.hpp"
#include "regex/utf8.hpp"

namespace sallyport::regex {

/// Turns the tree into instructions, counted repetitions by copying.
class compiler {
 public:
  compiler(const regex_tree& tree, pattern& out) : tree_(tree), out_(out) {}

  bool run() {
    if (!emit(tree_.root)) return false;
    add(pattern::opcode::match);
    return out_.program_.size() <= pattern::max_instructions;
  }

 private:
  bool emit(std::uint32_t index) {
    // Repetitions of nothing make no instructions but cost time all the same, hence visits are counted, too.
    if (++visits_ > 4 * pattern::max_instructions || out_.program_.size() > pattern::max_instructions) return false;
    const regex_node& node = tree_.nodes[index];
    switch (node.kind) {
      case regex_kind::ranges: return emit_ranges(node);
      case regex_kind::assertion:
        return add(pattern::opcode::assert_here, static_cast<std::uint32_t>(node.where)), true;
      case regex_kind::sequence:
        return std::all_of(node.children.begin(), node.children.end(), [&](std::uint32_t c) { return emit(c); });
      case regex_kind::alternatives: return emit_alternatives(node);
      case regex_kind::repeat: return emit_repeat(node);
    }
    return false;
  }

  bool emit_ranges(const regex_node& node) {
    add(pattern::opcode::ranges, static_cast<std::uint32_t>(out_.ranges_.size()),
        static_cast<std::uint32_t>(node.ranges.size()));
    out_.ranges_.insert(out_.ranges_.end(), node.ranges.begin(), node.ranges.end());
    return out_.ranges_.size() <= max_ranges;
  }

  bool emit_alternatives(const regex_node& node) {
    std::vector<std::uint32_t> ends;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool last = i + 1 == node.children.size();
      const std::uint32_t fork = last ? 0 : add(pattern::opcode::fork, here() + 1);
      if (!emit(node.children[i])) return false;
      if (last) break;
      ends.push_back(add(pattern::opcode::jump));
      out_.program_[fork].second = here();
    }
    for (const std::uint32_t end : ends) out_.program_[end].first = here();
    return true;
  }

  bool emit_repeat(const regex_node& node) {
    const std::uint32_t body = node.children[0];
    for (std::uint32_t i = 0; i < node.least; ++i) {
      if (!emit(body)) return false;
    }
    if (node.most == unbounded) return emit_star(body);
    std::vector<std::uint32_t> forks;
    for (std::uint32_t i = node.least; i < node.most; ++i) {
      forks.push_back(add(pattern::opcode::fork, here() + 1));
      if (!emit(body)) return false;
    }
    for (const std::uint32_t fork : forks) out_.program_[fork].second = here();
    return true;
  }

  bool emit_star(std::uint32_t body) {
    const std::uint32_t fork = add(pattern::opcode::fork, here() + 1);
    if (!emit(body)) return false;
    add(pattern::opcode::jump, fork);
    out_.program_[fork].second = here();
    return true;
  }

  std::uint32_t here() const { return static_cast<std::uint32_t>(out_.program_.size()); }
  std::uint32_t add(pattern::opcode code, std::uint32_t first = 0, std::uint32_t second = 0) {
    out_.program_.push_back({code, first, second});
    return here() - 1;
  }

  // \pL alone has about 600 ranges; repeated it would fill memory long before the instructions run out.
  static constexpr std::size_t max_ranges = std::size_t{32} * 1024;

  const regex_tree& tree_;
  pattern& out_;
  std::size_t visits_ = 0;
};

namespace {

bool is_word(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const char c = text[at];
  return ascii::is_word(c);
}

bool holds(pattern::assertion where, std::string_view text, std::size_t at) {
  const bool word_before = at > 0 && is_word(text, at - 1);
  switch (where) {
    case pattern::assertion::text_start: return at == 0;
    case pattern::assertion::text_end: return at == text.size();
    case pattern::assertion::line_start: return at == 0 || text[at - 1] == '\n';
    case pattern::assertion::line_end: return at == text.size() || text[at] == '\n';
    case pattern::assertion::word_edge: return word_before != is_word(text, at);
    case pattern::assertion::no_word_edge: return word_before == is_word(text, at);
  }
  return false;
}

/// Room for the sets of one run. Most patterns are small: theirs is on the stack.
class scratch {
 public:
  explicit scratch(std::size_t instructions) : size_(instructions) {
    if (instructions <= small) return;
    large_.resize(parts * instructions);
  }
  std::span<std::uint32_t> part(std::size_t which) {
    std::uint32_t* start = large_.empty() ? inline_.data() : large_.data();
    return {start + which * size_, size_};
  }

 private:
  // Two sets of two arrays, and the pending ones of follow(): each instruction, once, leaves two at most.
  static constexpr std::size_t parts = 6;
  static constexpr std::size_t small = 64;

  std::size_t size_;
  std::array<std::uint32_t, parts * small> inline_;
  std::vector<std::uint32_t> large_;
};

/// The instructions that wait for the next code point, each once, in the order of insertion. `position` needs no
/// clearing: it counts only where `members` points back (Briggs and Torczon's sparse set).
struct thread_set {
  bool add(std::uint32_t pc) {
    if (position[pc] < count && members[position[pc]] == pc) return false;
    position[pc] = count;
    members[count++] = pc;
    return true;
  }

  std::span<std::uint32_t> position;
  std::span<std::uint32_t> members;
  std::uint32_t count = 0;
};

bool within(std::span<const pattern::range> ranges, char32_t point) {
  std::size_t low = 0;
  std::size_t high = ranges.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (point > ranges[middle].high) low = middle + 1;
    if (point <= ranges[middle].high) high = middle;
  }
  return low < ranges.size() && ranges[low].low <= point;
}

/// One run over one text: every thread advances by one code point at a time (Thompson's construction, Pike's machine).
class machine {
 public:
  machine(std::span<const pattern::instruction> program, std::span<const pattern::range> ranges, std::string_view text)
      : program_(program), ranges_(ranges), text_(text), memory_(program.size()) {
    // What stands in unused memory must still be a number to compare with.
    std::fill(memory_.part(0).begin(), memory_.part(0).end(), 0);
    std::fill(memory_.part(2).begin(), memory_.part(2).end(), 0);
    now_ = {memory_.part(0), memory_.part(1)};
    next_ = {memory_.part(2), memory_.part(3)};
    pending_ = {memory_.part(4).data(), 2 * program.size()};
  }

  bool run() {
    // A pattern that starts with ^ needs no new thread at every position, and ends as soon as all threads have.
    const bool anchored = starts_anchored();
    for (std::size_t at = 0;;) {
      if ((at == 0 || !anchored) && follow(0, at, now_)) return true;
      if (at >= text_.size() || (anchored && now_.count == 0)) return false;
      const char32_t point = next_code_point(text_, at);
      next_.count = 0;
      for (std::uint32_t i = 0; i < now_.count; ++i) {
        const auto& waiting = program_[now_.members[i]];
        if (waiting.code != pattern::opcode::ranges) continue;
        if (!within(ranges_.subspan(waiting.first, waiting.second), point)) continue;
        if (follow(now_.members[i] + 1, at, next_)) return true;
      }
      std::swap(now_, next_);
    }
  }

 private:
  bool starts_anchored() const {
    return program_[0].code == pattern::opcode::assert_here &&
           program_[0].first == static_cast<std::uint32_t>(pattern::assertion::text_start);
  }

  // Adds what can be reached from `pc` without reading; true when that is a match.
  bool follow(std::uint32_t pc, std::size_t at, thread_set& into) {
    std::size_t waiting = 0;
    for (pending_[waiting++] = pc; waiting > 0;) {
      const std::uint32_t here = pending_[--waiting];
      if (!into.add(here)) continue;
      const auto& step = program_[here];
      if (step.code == pattern::opcode::match) return true;
      if (step.code == pattern::opcode::fork) pending_[waiting++] = step.second;
      if (step.code == pattern::opcode::fork || step.code == pattern::opcode::jump) pending_[waiting++] = step.first;
      if (step.code == pattern::opcode::assert_here && holds(static_cast<pattern::assertion>(step.first), text_, at)) {
        pending_[waiting++] = here + 1;
      }
    }
    return false;
  }

  std::span<const pattern::instruction> program_;
  std::span<const pattern::range> ranges_;
  std::string_view text_;
  scratch memory_;
  thread_set now_;
  thread_set next_;
  std::span<std::uint32_t> pending_;
};

}  // namespace

result<pattern> pattern::compile(std::string_view text) {
  SALLYPORT_ASSIGN(const regex_tree tree, parse_regex(text));
  pattern compiled;
  if (!compiler(tree, compiled).run()) {
    return failure(reason::cel_type, "the pattern needs too many steps; use smaller repetitions");
  }
  return compiled;
}

bool pattern::found_in(std::string_view text) const {
  return machine(program_, ranges_, text).run();
}

std::uint64_t pattern::cost(std::size_t text_bytes) const {
  return program_.size() / 16 + std::uint64_t{text_bytes} * program_.size() / 32;
}

}  // namespace sallyport::regex
