#include "cel/shown_value.hpp"

#include "cel/arena.hpp"
#include "cel/network_text.hpp"
#include "cel/number_text.hpp"
#include "cel/time_text.hpp"
#include "cel/written.hpp"

namespace sallyport::cel {
namespace {

constexpr std::string_view ellipsis = "…";

/// At most `most` bytes of it, no character cut in two.
std::string_view start_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

class value_writer {
 public:
  explicit value_writer(std::size_t most) : most_(most) {}

  void write(const value& what, std::size_t depth) {
    if (depth > max_depth) return add(ellipsis);
    switch (what.kind()) {
      case kind::null: return add("null");
      case kind::boolean: return add(what.as_boolean() ? "true" : "false");
      case kind::integer: return add(std::to_string(what.as_integer()));
      case kind::unsigned_integer: return add(std::to_string(what.as_unsigned()) + "u");
      case kind::real: return add(format_real(what.as_real()));
      case kind::string: return write_text(what.as_string());
      case kind::bytes: return add("bytes, " + std::to_string(what.as_bytes().size()) + " of them");
      case kind::list: return write_list(what, depth);
      case kind::map: return write_map(what.as_map(), depth);
      case kind::timestamp: return add("timestamp(" + in_quotes(format_timestamp(what.as_timestamp())) + ")");
      case kind::duration: return add("duration(" + in_quotes(format_duration(what.as_duration())) + ")");
      case kind::type: return add(what.as_type());
      case kind::object: return write_object(what, depth);
      case kind::optional: return write_optional(what, depth);
      case kind::ip: return add("ip(" + in_quotes(format_ip(what.as_network())) + ")");
      case kind::cidr: return add("cidr(" + in_quotes(format_cidr(what.as_network())) + ")");
      case kind::error: return add(what.as_error() == nullptr ? "no value" : what.as_error()->message);
    }
  }

  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t max_depth = 8;

  bool is_full() const { return text_.size() >= most_; }
  void add(std::string_view more) { text_ += more; }

  void write_text(std::string_view text) {
    const auto room = most_ > text_.size() ? most_ - text_.size() : 0;
    const auto start = start_of(text, room < 8 ? 8 : room);
    add(in_quotes(start));
    if (start.size() < text.size()) add(ellipsis);
  }

  /// Writes what stands before an element; false: there is no room for it.
  bool begin(bool first) {
    if (!first) add(", ");
    if (!is_full()) return true;
    add(ellipsis);
    return false;
  }

  void write_list(const value& what, std::size_t depth) {
    add("[");
    bool first = true;
    for (const auto& each : what.as_list()) {
      if (!begin(first)) break;
      first = false;
      write(each, depth + 1);
    }
    add("]");
  }

  void write_map(std::span<const map_entry> entries, std::size_t depth) {
    add("{");
    bool first = true;
    for (const auto& each : entries) {
      if (!begin(first)) break;
      first = false;
      write(each.key, depth + 1);
      add(": ");
      write(each.content, depth + 1);
    }
    add("}");
  }

  // Of its own memory: what an evaluation may use is not ours to spend.
  void write_object(const value& what, std::size_t depth) {
    if (!what.as_object().is_map()) return add(what.as_object().type_name());
    arena memory;
    write_map(what.as_object().entries(memory), depth);
  }

  void write_optional(const value& what, std::size_t depth) {
    if (what.as_optional() == nullptr) return add("optional.none()");
    add("optional.of(");
    write(*what.as_optional(), depth + 1);
    add(")");
  }

  std::string text_;
  std::size_t most_;
};

}  // namespace

std::string shown(const value& what, std::size_t most) {
  value_writer writer(most);
  writer.write(what, 0);
  return writer.take();
}

}  // namespace sallyport::cel
