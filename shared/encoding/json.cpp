#include "encoding/json.hpp"

#include <cmath>
#include <vector>

#include "encoding/json_number.hpp"
#include "encoding/json_text.hpp"

namespace sallyport::encoding {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::int64_t largest_safe_integer = 9007199254740991;  // RFC 7493 section 2.2: 2^53 - 1

/// Where the lexer stands, shared between the copies that the parser makes of the iterator.
struct cursor {
  const char* begin;
  const char* at;
};

/// Feeds the parser and remembers how far it has read.
class tracking_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  tracking_iterator(const char* at, cursor* shared) : at_(at), shared_(shared) {}
  const char& operator*() const { return *at_; }
  tracking_iterator& operator++() {
    ++at_;
    shared_->at = at_;
    return *this;
  }
  tracking_iterator operator++(int) {
    auto old = *this;
    ++*this;
    return old;
  }
  bool operator==(const tracking_iterator& other) const { return at_ == other.at_; }
  bool operator!=(const tracking_iterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  cursor* shared_;
};

/// Builds the value event by event and stops at the first thing that strict JSON does not have.
class builder {
 public:
  builder(const json_limits& limits, cursor* where, annotated_json* notes)
      : limits_(limits), where_(where), notes_(notes), token_end_(where->begin), noted_(where->begin) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(std::int64_t value) { return put_number(value); }
  bool number_unsigned(std::uint64_t value) {
    return value <= INT64_MAX ? put_number(static_cast<std::int64_t>(value)) : put_number(value);
  }
  // Integers beyond 64 bits come here, too.
  bool number_float(double value, const std::string& text) {
    auto number = std::isfinite(value) ? exact_number(text, value) : std::nullopt;
    if (!number) return fail(reason::json_number_invalid);
    return put_number(std::move(*number));
  }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(json::binary_t&) { return fail(reason::json_syntax); }
  bool start_object(std::size_t) { return open(json::object()); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (open_.back().container->contains(name)) {
      return fail(reason::json_duplicate_member, "member " + canonical_json_string(name) + " appears twice");
    }
    open_.back().name = std::move(name);
    if (notes_ != nullptr) note(notes_->name_positions, child_pointer());
    token_end_ = where_->at;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& problem) {
    constexpr int number_overflow = 406;
    if (problem.id == number_overflow) return fail(reason::json_number_invalid);
    return fail(reason::json_syntax, syntax_message(problem.what()));
  }

  const failure& problem() const { return problem_; }
  json take() { return std::move(root_); }

 private:
  struct frame {
    json* container;
    std::string pointer;
    std::string name;
  };

  bool fail(reason why, std::string what = {}) {
    problem_ = failure(why, describe_position(where_->begin, where_->at, what));
    return false;
  }

  template <class T>
  bool put_number(T value) {
    place(json(std::move(value)));
    // The lexer has looked one character past a number.
    token_end_ = where_->at > where_->begin ? where_->at - 1 : where_->at;
    return true;
  }

  template <class T>
  bool put(T&& value) {
    place(json(std::forward<T>(value)));
    token_end_ = where_->at;
    return true;
  }

  json* place(json&& value) {
    if (notes_ != nullptr) note(notes_->positions, child_pointer());
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& parent = *open_.back().container;
    if (parent.is_array()) return &parent.emplace_back(std::move(value));
    return &(parent[open_.back().name] = std::move(value));
  }

  bool open(json&& empty) {
    if (open_.size() >= limits_.max_depth) return fail(reason::json_too_deep);
    std::string pointer = notes_ != nullptr ? child_pointer() : std::string();
    json* container = place(std::move(empty));
    open_.push_back({container, std::move(pointer), {}});
    token_end_ = where_->at;
    return true;
  }

  bool close() {
    open_.pop_back();
    token_end_ = where_->at;
    return true;
  }

  /// The RFC 6901 pointer of the value that comes next.
  std::string child_pointer() const {
    if (open_.empty()) return {};
    const auto& parent = open_.back();
    if (parent.container->is_array()) return parent.pointer + "/" + std::to_string(parent.container->size());
    return parent.pointer + "/" + escape_pointer_token(parent.name);
  }

  void note(json_positions& into, std::string pointer) {
    const char* start = skip_to_token(token_end_, where_->at);
    // Values come in the order of the text: counting goes on from the last one, not from the beginning.
    noted_position_ = position_of(noted_, start, noted_position_);
    noted_ = start;
    into.emplace(std::move(pointer), noted_position_);
  }

  const json_limits& limits_;
  cursor* where_;
  annotated_json* notes_;
  const char* token_end_;
  const char* noted_;
  text_position noted_position_;
  json root_;
  std::vector<frame> open_;
  failure problem_{reason::json_syntax};
};

result<void> check_raw(std::string_view text, const json_limits& limits) {
  if (text.size() > limits.max_bytes) return reason::json_too_large;
  if (const std::size_t valid = utf8_prefix(text); valid < text.size()) {
    return failure(reason::utf8_invalid, describe_position(text.data(), text.data() + valid + 1, "not UTF-8"));
  }
  // The parser takes a NUL for the end of its input and skips a byte order mark; neither is JSON.
  if (const auto at = text.find('\0'); at != std::string_view::npos) {
    return failure(reason::json_syntax, describe_position(text.data(), text.data() + at + 1, "NUL"));
  }
  if (text.starts_with(byte_order_mark)) return failure(reason::json_syntax, "byte order mark at line 1, column 1");
  return {};
}

result<json> parse(std::string_view text, const json_limits& limits, annotated_json* notes) {
  SALLYPORT_TRY(check_raw(text, limits));
  cursor where{text.data(), text.data()};
  builder events(limits, &where, notes);
  const tracking_iterator first(text.data(), &where);
  const tracking_iterator last(text.data() + text.size(), &where);
  const bool comments = notes != nullptr;
  if (!json::sax_parse(first, last, &events, json::input_format_t::json, true, comments)) return events.problem();
  return events.take();
}

}  // namespace

result<json> parse_json(std::string_view text, const json_limits& limits) {
  return parse(text, limits, nullptr);
}

result<annotated_json> parse_jsonc(std::string_view text, const json_limits& limits) {
  annotated_json out;
  SALLYPORT_ASSIGN(out.value, parse(text, limits, &out));
  return out;
}

const json* find_member(const json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(name);
  return found == value.end() ? nullptr : &*found;
}

std::optional<std::string_view> string_member(const json& value, std::string_view name) {
  const json* member = find_member(value, name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return *member->get_ptr<const json::string_t*>();
}

std::string_view without_byte_order_mark(std::string_view text) {
  return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

std::optional<std::int64_t> safe_integer(const json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  const auto number = value.get<std::int64_t>();
  const bool safe = number >= -largest_safe_integer && number <= largest_safe_integer;
  return safe ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> integer_member(const json& value, std::string_view name) {
  const json* member = find_member(value, name);
  return member == nullptr ? std::nullopt : safe_integer(*member);
}

bool same_value(const json& left, const json& right) {
  if (left.is_number() != right.is_number() || left.is_structured() != right.is_structured()) return false;
  // The library compares numbers of different types by rounding; the canonical forms of different values differ.
  return left.is_number() || left.is_structured() ? canonical_json(left) == canonical_json(right) : left == right;
}

}  // namespace sallyport::encoding
