#include "cel/foreign_function.hpp"

#include "core/ascii.hpp"

namespace sallyport::cel {
namespace {

struct function_row {
  std::string_view name;
  /// The receiver of a method among them.
  std::size_t arguments;
  /// $0, $1 … stand for the arguments.
  std::string_view own;
};

constexpr function_row foreign_functions[] = {
    {"lower", 1, "$0.lowerAscii()"},
    {"tolower", 1, "$0.lowerAscii()"},
    {"tolowercase", 1, "$0.lowerAscii()"},
    {"lowercase", 1, "$0.lowerAscii()"},
    {"downcase", 1, "$0.lowerAscii()"},
    {"upper", 1, "$0.upperAscii()"},
    {"toupper", 1, "$0.upperAscii()"},
    {"touppercase", 1, "$0.upperAscii()"},
    {"uppercase", 1, "$0.upperAscii()"},
    {"len", 1, "size($0)"},
    {"length", 1, "size($0)"},
    {"count", 1, "size($0)"},
    {"strlen", 1, "size($0)"},
    {"isempty", 1, "size($0) == 0"},
    {"is_empty", 1, "size($0) == 0"},
    {"empty", 1, "size($0) == 0"},
    {"hasprefix", 2, "$0.startsWith($1)"},
    {"has_prefix", 2, "$0.startsWith($1)"},
    {"starts_with", 2, "$0.startsWith($1)"},
    {"strings.hasprefix", 2, "$0.startsWith($1)"},
    {"hassuffix", 2, "$0.endsWith($1)"},
    {"has_suffix", 2, "$0.endsWith($1)"},
    {"ends_with", 2, "$0.endsWith($1)"},
    {"strings.hassuffix", 2, "$0.endsWith($1)"},
    {"strings.contains", 2, "$0.contains($1)"},
    {"strings.tolower", 1, "$0.lowerAscii()"},
    {"regexmatch", 2, "$0.matches($1)"},
    {"regex_match", 2, "$0.matches($1)"},
    {"match", 2, "$0.matches($1)"},
    {"test", 2, "$1.matches($0)"},
    {"like", 2, "$0.matches($1)"},
    {"re_match", 2, "$1.matches($0)"},
    {"regex.match", 2, "$1.matches($0)"},
    {"re.match", 2, "$1.matches($0)"},
    {"regexp.matchstring", 2, "$1.matches($0)"},
    {"net.cidr_contains", 2, "cidr($0).containsIP($1)"},
    {"inipaddressrange", 2, "cidr($1).containsIP($0)"},
    {"iniprange", 2, "cidr($1).containsIP($0)"},
    {"ipinrange", 2, "cidr($1).containsIP($0)"},
    {"incidr", 2, "cidr($1).containsIP($0)"},
    {"in_cidr", 2, "cidr($1).containsIP($0)"},
    {"ipmatch", 2, "cidr($1).containsIP($0)"},
    {"defined", 1, "has($0)"},
    {"isdefined", 1, "has($0)"},
    {"is_defined", 1, "has($0)"},
    {"isset", 1, "has($0)"},
    {"exists", 1, "has($0)"},
    {"present", 1, "has($0)"},
    {"not", 1, "!($0)"},
    {"and", 2, "$0 && $1"},
    {"or", 2, "$0 || $1"},
    {"eq", 2, "$0 == $1"},
    {"equal", 2, "$0 == $1"},
    {"equals", 2, "$0 == $1"},
    {"ne", 2, "$0 != $1"},
    {"equalsignorecase", 2, "$0.lowerAscii() == $1.lowerAscii()"},
    {"coalesce", 2, "has($0) ? $0 : $1"},
    {"default", 2, "has($0) ? $0 : $1"},
    {"concat", 2, "$0 + $1"},
    {"tostring", 1, "string($0)"},
    {"str", 1, "string($0)"},
    {"to_string", 1, "string($0)"},
    {"toint", 1, "int($0)"},
    {"parseint", 1, "int($0)"},
    {"to_number", 1, "int($0)"},
    {"number", 1, "int($0)"},
    {"float", 1, "double($0)"},
    {"date", 1, "timestamp($0)"},
    {"datetime", 1, "timestamp($0)"},
    {"max", 2, "math.greatest($0, $1)"},
    {"math.max", 2, "math.greatest($0, $1)"},
    {"min", 2, "math.least($0, $1)"},
    {"math.min", 2, "math.least($0, $1)"},
    {"substr", 2, "$0.substring($1)"},
    {"substr", 3, "$0.substring($1, $2)"},
    {"any", 3, "$0.exists($1, $2)"},
    {"some", 3, "$0.exists($1, $2)"},
    {"every", 3, "$0.all($1, $2)"},
    {"find", 3, "$0.filter($1, $2)"},
    {"get", 2, "$0[$1]"},
    {"get", 3, "$1 in $0 ? $0[$1] : $2"},
    {"inrange", 2, "cidr($1).containsIP($0)"},
    {"before", 2, "$0 < $1"},
    {"isbefore", 2, "$0 < $1"},
    {"after", 2, "$0 > $1"},
    {"isafter", 2, "$0 > $1"},
    {"intersection", 2, "sets.intersects($0, $1)"},
    {"regexp_like", 2, "$0.matches($1)"},
    {"hour", 1, "$0.getHours()"},
    {"time.hour", 1, "$0.getHours()"},
    {"count", 3, "size($0.filter($1, $2))"},
    {"intersects", 2, "sets.intersects($0, $1)"},
    {"hasany", 2, "sets.intersects($0, $1)"},
    {"containsany", 2, "sets.intersects($0, $1)"},
    {"contains_any", 2, "sets.intersects($0, $1)"},
    {"overlaps", 2, "sets.intersects($0, $1)"},
    {"containsall", 2, "sets.contains($0, $1)"},
    {"hasall", 2, "sets.contains($0, $1)"},
};

/// "write …" with the arguments put in.
std::string fill(std::string_view own, std::span<const std::string> arguments) {
  std::string text = "write ";
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i] != '$') text += own[i];
    if (own[i] == '$') text += arguments[static_cast<std::size_t>(own[++i] - '0')];
  }
  return text;
}

}  // namespace

std::string foreign_function(std::string_view name, std::span<const std::string> arguments) {
  const auto wanted = ascii::to_lower(name);
  for (const auto& row : foreign_functions) {
    if (row.name == wanted && row.arguments == arguments.size()) return fill(row.own, arguments);
  }
  return "";
}

}  // namespace sallyport::cel
