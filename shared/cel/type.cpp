#include "cel/type.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace sallyport::cel {
namespace {

struct named_kind {
  std::string_view name;
  type_kind kind;
};

// The first name of a kind is the one that is written.
constexpr std::array<named_kind, 21> names = {{
    {"dyn", type_kind::dyn},
    {"null", type_kind::null},
    {"null_type", type_kind::null},
    {"bool", type_kind::boolean},
    {"int", type_kind::integer},
    {"uint", type_kind::unsigned_integer},
    {"double", type_kind::real},
    {"string", type_kind::string},
    {"bytes", type_kind::bytes},
    {"list", type_kind::list},
    {"map", type_kind::map},
    {"timestamp", type_kind::timestamp},
    {"google.protobuf.Timestamp", type_kind::timestamp},
    {"duration", type_kind::duration},
    {"google.protobuf.Duration", type_kind::duration},
    {"type", type_kind::type},
    {"optional_type", type_kind::optional},
    {"net.IP", type_kind::ip},
    {"net.CIDR", type_kind::cidr},
    {"object", type_kind::object},
    {"error", type_kind::error},
}};

std::string_view name_of(type_kind kind) {
  for (const auto& row : names) {
    if (row.kind == kind) return row.name;
  }
  return "error";
}

/// Reads one type from the left of `rest`.
class type_reader {
 public:
  explicit type_reader(std::string_view text) : rest_(text) {}

  result<type> read() {
    const std::string_view word = take_word();
    if (word.size() == 1 && ascii::is_upper(word[0])) {
      return type::parameter(static_cast<std::uint32_t>(word[0] - 'A'));
    }
    for (const auto& row : names) {
      if (row.name == word) return read_parts(row.kind);
    }
    return failure(reason::cel_type, "unknown type '" + std::string(word) + "'");
  }
  bool at_end() const { return rest_.empty(); }

 private:
  result<type> read_parts(type_kind kind) {
    const bool parts = take('(');
    if (!parts) return kind == type_kind::map ? type::map_of({}, {}) : simple(kind);
    SALLYPORT_ASSIGN(type first, read());
    type second;
    if (take(',')) {
      SALLYPORT_ASSIGN(second, read());
    }
    if (!take(')')) return failure(reason::cel_type, "')' is missing in a type");
    if (kind == type_kind::list) return type::list_of(first);
    if (kind == type_kind::map) return type::map_of(first, second);
    if (kind == type_kind::optional) return type::optional_of(first);
    if (kind == type_kind::type) return type::type_of(first);
    return failure(reason::cel_type, "this type takes no parameters");
  }

  static type simple(type_kind kind) {
    if (kind == type_kind::list) return type::list_of({});
    return kind == type_kind::optional ? type::optional_of({}) : type(kind);
  }

  std::string_view take_word() {
    const std::size_t end = rest_.find_first_of("(), ");
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(word.size());
    return word;
  }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

type type::compound(type_kind kind, std::vector<type> parts) {
  type made(kind);
  for (auto& part : parts) {
    if (part.depth_ >= max_depth) part = type();
    made.depth_ = std::max(made.depth_, static_cast<std::uint16_t>(part.depth_ + 1));
  }
  made.parts_ = std::make_shared<const std::vector<type>>(std::move(parts));
  return made;
}

type type::list_of(type element) {
  return compound(type_kind::list, {std::move(element)});
}
type type::map_of(type key, type value) {
  return compound(type_kind::map, {std::move(key), std::move(value)});
}
type type::optional_of(type content) {
  return compound(type_kind::optional, {std::move(content)});
}
type type::type_of(type described) {
  return compound(type_kind::type, {std::move(described)});
}

type type::of_object(std::shared_ptr<const object_type> fields) {
  type made(type_kind::object);
  made.object_ = std::move(fields);
  return made;
}

type type::parameter(std::uint32_t number) {
  type made(type_kind::parameter);
  made.parameter_ = number;
  return made;
}

result<type> type::parse(std::string_view text) {
  type_reader reader(text);
  SALLYPORT_ASSIGN(type parsed, reader.read());
  if (!reader.at_end()) return failure(reason::cel_type, "text after the type '" + parsed.text() + "'");
  return parsed;
}

type type::first() const {
  return parts_ && !parts_->empty() ? (*parts_)[0] : type();
}

type type::second() const {
  return parts_ && parts_->size() > 1 ? (*parts_)[1] : type();
}

std::string type::text() const {
  if (kind_ == type_kind::object && object_) return object_->name;
  if (kind_ == type_kind::parameter) return "?" + std::to_string(parameter_);
  std::string out(name_of(kind_));
  if (!parts_ || parts_->empty()) return out;
  out += "(" + first().text();
  if (parts_->size() > 1) out += ", " + second().text();
  return out + ")";
}

const object_type::field* object_type::find(std::string_view field_name) const {
  for (const auto& candidate : fields) {
    if (candidate.name == field_name) return &candidate;
  }
  return nullptr;
}

}  // namespace sallyport::cel
