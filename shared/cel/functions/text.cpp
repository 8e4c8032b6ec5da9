// strings.quote() and the formatting of the strings extension: "%s is %.2f".format([name, share]).
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "cel/function.hpp"
#include "cel/number_text.hpp"
#include "cel/time_text.hpp"
#include "core/ascii.hpp"
#include "encoding/json.hpp"

namespace sallyport::cel {
namespace {

constexpr int max_precision = 100;

std::string in_base(std::uint64_t magnitude, unsigned base, bool capitals) {
  const std::string_view digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  do {
    out.insert(out.begin(), digits[magnitude % base]);
    magnitude /= base;
  } while (magnitude != 0);
  return out;
}

std::string special_real(double number) {
  if (std::isnan(number)) return "NaN";
  return number > 0 ? "Infinity" : "-Infinity";
}

std::string hexadecimal(std::string_view data, bool capitals) {
  std::string out;
  for (const char c : data) {
    const std::string pair = in_base(static_cast<unsigned char>(c), 16, capitals);
    out.append(2 - pair.size(), '0').append(pair);
  }
  return out;
}

/// One call of format(): walks the template, takes the arguments in turn.
class formatter {
 public:
  formatter(call& context, std::span<const value> arguments) : context_(context), arguments_(arguments) {}

  value run(std::string_view pattern) {
    while (!pattern.empty() && problem_.empty()) {
      const std::size_t percent = std::min(pattern.find('%'), pattern.size());
      append(pattern.substr(0, percent));
      pattern.remove_prefix(percent);
      if (!pattern.empty()) pattern.remove_prefix(clause(pattern));
    }
    return problem_.empty() ? context_.text(out_) : context_.fail(problem_);
  }

 private:
  // Precondition: clause starts with %. How many bytes it has.
  std::size_t clause(std::string_view pattern) {
    std::size_t at = 1;
    if (pattern.substr(at, 1) == "%") return append("%"), 2;
    int precision = 6;
    if (pattern.substr(at, 1) == ".") {
      for (precision = 0, ++at; at < pattern.size() && ascii::is_digit(pattern[at]); ++at) {
        precision = std::min(precision * 10 + (pattern[at] - '0'), max_precision + 1);
      }
    }
    if (precision > max_precision) problem_ = "a precision above 100";
    if (at >= pattern.size()) problem_ = "the format ends within a clause";
    if (next_ >= arguments_.size()) problem_ = "more clauses than arguments";
    if (problem_.empty()) argument(pattern[at], precision, arguments_[next_++]);
    return std::min(at + 1, pattern.size());
  }

  void argument(char letter, int precision, const value& given) {
    switch (letter) {
      case 's': return text(given);
      case 'd': return decimal(given);
      case 'f': return real(given, precision, false);
      case 'e': return real(given, precision, true);
      case 'b': return given.is(kind::boolean) ? append(given.as_boolean() ? "1" : "0") : whole(given, 2, false);
      case 'o': return whole(given, 8, false);
      case 'x':
      case 'X': return hex(given, letter == 'X');
      default: problem_ = "a clause other than %s %d %f %e %b %o %x %X";
    }
  }

  void decimal(const value& given) {
    if (given.is(kind::real) && !std::isfinite(given.as_real())) return append(special_real(given.as_real()));
    whole(given, 10, false);
  }

  void whole(const value& given, unsigned base, bool capitals) {
    if (given.is(kind::unsigned_integer)) return append(in_base(given.as_unsigned(), base, capitals));
    if (!given.is(kind::integer)) return wrong();
    const auto bits = static_cast<std::uint64_t>(given.as_integer());
    append((given.as_integer() < 0 ? "-" : "") + in_base(given.as_integer() < 0 ? ~bits + 1 : bits, base, capitals));
  }

  void hex(const value& given, bool capitals) {
    if (given.is(kind::string) || given.is(kind::bytes)) return append(hexadecimal(given.as_string(), capitals));
    whole(given, 16, capitals);
  }

  void real(const value& given, int precision, bool exponent) {
    if (!given.is(kind::real)) return wrong();
    const double number = given.as_real();
    append(std::isfinite(number) ? format_fixed(number, precision, exponent) : special_real(number));
  }

  void text(const value& given) {
    if (++depth_ > max_value_depth) problem_ = "a value is nested too deep";
    if (problem_.empty()) content(given);
    --depth_;
  }

  void content(const value& given) {
    switch (given.kind()) {
      case kind::string: return append(given.as_string());
      case kind::bytes: return octets(given.as_string());
      case kind::null: return append("null");
      case kind::boolean: return append(given.as_boolean() ? "true" : "false");
      case kind::integer:
      case kind::unsigned_integer: return whole(given, 10, false);
      case kind::real:
        return append(std::isfinite(given.as_real()) ? format_real(given.as_real()) : special_real(given.as_real()));
      case kind::type: return append(given.as_type());
      case kind::timestamp: return append(format_timestamp(given.as_timestamp()));
      case kind::duration: return append(format_duration(given.as_duration()));
      case kind::list: return list(given.as_list());
      case kind::map:
      case kind::object: return map(given);
      case kind::optional:
      case kind::ip:
      case kind::cidr:
      case kind::error: return wrong();
    }
  }

  void octets(std::string_view data) {
    if (!encoding::is_utf8(data)) problem_ = "the bytes are not UTF-8";
    append(data);
  }

  void list(std::span<const value> elements) {
    append("[");
    for (std::size_t i = 0; i < elements.size() && problem_.empty(); ++i) {
      if (i > 0) append(", ");
      text(elements[i]);
    }
    append("]");
  }

  // Sorted by the text of the keys, so that the result is the same everywhere.
  void map(const value& given) {
    const auto entries = entries_of(given, context_.memory);
    if (!entries) return wrong();
    std::vector<std::pair<std::string, const value*>> sorted;
    for (const auto& entry : *entries) sorted.emplace_back(apart(entry.key), &entry.content);
    std::sort(sorted.begin(), sorted.end());
    append("{");
    for (std::size_t i = 0; i < sorted.size() && problem_.empty(); ++i) {
      append((i > 0 ? ", " : "") + sorted[i].first + ": ");
      text(*sorted[i].second);
    }
    append("}");
  }

  std::string apart(const value& given) {
    std::string outer = std::exchange(out_, {});
    text(given);
    return std::exchange(out_, std::move(outer));
  }

  void wrong() {
    if (problem_.empty()) problem_ = "an argument does not fit its clause";
  }

  void append(std::string_view more) {
    const bool affordable =
        context_.spend(1 + more.size() / 64) && out_.size() + more.size() <= context_.memory.remaining();
    if (!affordable && problem_.empty()) problem_ = "the formatted text is too long";
    if (affordable) out_ += more;
  }

  call& context_;
  std::span<const value> arguments_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
  std::string out_;
  std::string_view problem_;
};

value format(call& context, const value* a) {
  return formatter(context, a[1].as_list()).run(a[0].as_string());
}

value quote(call& context, const value* a) {
  constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view letters = "abfnrtv\\\"";
  context.spend(a[0].as_string().size() / 16);
  std::string out = "\"";
  for (const char c : a[0].as_string()) {
    const std::size_t known = special.find(c);
    if (known != std::string_view::npos) out += '\\';
    out += known == std::string_view::npos ? c : letters[known];
  }
  return context.text(out += '"');
}

constexpr std::array table = {
    overload{call_style::function, "strings.quote", "string", "string", quote},
    overload{call_style::method, "format", "string, list(dyn)", "string", format},
};

}  // namespace

std::span<const overload> text_table() {
  return table;
}

}  // namespace sallyport::cel
