// Signs and words of other languages, and quoting.
#include <algorithm>

#include "cel/advice.hpp"
#include "cel/written.hpp"
#include "core/ascii.hpp"
#include "encoding/look_alike.hpp"

namespace sallyport::cel {
namespace {

struct translation {
  std::string_view foreign;
  std::string_view advice;
};

constexpr std::string_view equality = "write == to compare";
constexpr std::string_view pattern = "write x.matches('^…$') for a regular expression";
constexpr std::string_view conditional = "write test ? this : that";
constexpr std::string_view one_expression =
    "a condition is one expression: drop the word, and join parts with && or ||";
constexpr std::string_view any_element = "write list.exists(x, x == 'a') or list.all(x, x != 'a')";

constexpr translation signs[] = {
    {"=", equality},
    {"===", equality},
    {":=", equality},
    {"!==", "write !="},
    {"=!", "write !="},
    {"<>", "write !="},
    {"~=", pattern},
    {"=~", pattern},
    {"~", pattern},
    {"~*", "write x.matches('(?i)^…$') for a regular expression without regard to case"},
    {"!~", "write !x.matches('^…$')"},
    {"!~*", "write !x.matches('(?i)^…$')"},
    {"=<", "write <="},
    {"=>", "write >= to compare, and list.exists(x, x == 'a') to look through a list"},
    {"&", "write &&"},
    {"|", "write ||"},
    {"&&&", "write &&"},
    {"|||", "write ||"},
    {"^", "write != between two conditions of which exactly one may hold"},
    {"??", "write has(a.b) ? a.b : 'otherwise'"},
    {"?:", "write has(a.b) ? a.b : 'otherwise'"},
    {"?", "write test ? this : that; an optional field is a.?b"},
    {"**", "there is no power operator"},
};

constexpr translation words[] = {
    {"and", "write &&"},
    {"or", "write ||"},
    {"xor", "write !="},
    {"is", equality},
    {"eq", equality},
    {"equals", equality},
    {"ne", "write !="},
    {"neq", "write !="},
    {"lt", "write <"},
    {"gt", "write >"},
    {"le", "write <="},
    {"lte", "write <="},
    {"ge", "write >="},
    {"gte", "write >="},
    {"in", "write in, in lower case"},
    {"contains", "it is a method: write x.contains('…'), and 'a' in x for a list"},
    {"has", "write 'a' in x for a list, and x.contains('…') for text"},
    {"includes", "write 'a' in x for a list, and x.contains('…') for text"},
    {"matches", "it is a method: write x.matches('^…$')"},
    {"match", pattern},
    {"like", pattern},
    {"ilike", "write x.matches('(?i)^…$') for a regular expression without regard to case"},
    {"regex", pattern},
    {"startswith", "it is a method: write x.startsWith('…')"},
    {"endswith", "it is a method: write x.endsWith('…')"},
    {"between", "write x >= a && x <= b"},
    {"exists", "write has(a.b) to ask for a field"},
    {"present", "write has(a.b) to ask for a field"},
    {"defined", "write has(a.b) to ask for a field"},
    {"then", conditional},
    {"else", conditional},
    {"if", conditional},
    {"unless", "write && !(…)"},
    {"when", "write &&"},
    {"where", "write &&"},
};

constexpr translation first_words[] = {
    {"not", "write ! in front: !(…)"},
    {"some", any_element},
    {"any", any_element},
    {"every", any_element},
    {"all", any_element},
    {"exists", "write has(a.b) to ask for a field, and list.exists(x, x == 'a') to look through a list"},
    {"has", "write has(a.b) to ask for a field"},
    {"allow", one_expression},
    {"deny", one_expression},
    {"default", one_expression},
    {"require", one_expression},
    {"permit", one_expression},
    {"select", one_expression},
    {"where", one_expression},
    {"when", one_expression},
};

template <std::size_t size>
std::string find(const translation (&table)[size], std::string_view text) {
  for (const auto& row : table) {
    if (ascii::equal(row.foreign, text)) return std::string(row.advice);
  }
  return "";
}

bool is_of(char c, std::string_view more) {
  return ascii::is_word(c) || more.find(c) != std::string_view::npos;
}

/// The longest run around `offset` of characters that `belongs` takes, within bounds that hold no such run apart.
template <class Belongs>
std::string_view run_around(std::string_view text, std::size_t offset, Belongs belongs) {
  std::size_t first = std::min(offset, text.size());
  while (first > 0 && belongs(text[first - 1])) --first;
  std::size_t last = std::min(offset, text.size());
  while (last < text.size() && belongs(text[last])) ++last;
  return text.substr(first, last - first);
}

std::string_view sign_at(std::string_view source, std::size_t offset) {
  return run_around(source, offset,
                    [](char c) { return std::string_view("=!<>&|~:?^*").find(c) != std::string_view::npos; });
}

/// What stands in front of the last dot before `offset`, e.g. identity.claims, when it is a plain chain of names.
std::string_view chain_before(std::string_view source, std::size_t offset) {
  std::size_t last = offset;
  while (last > 0 && source[last - 1] != '.' && ascii::is_word(source[last - 1])) --last;
  if (last == 0 || source[last - 1] != '.') return {};
  std::size_t first = last - 1;
  while (first > 0 && is_of(source[first - 1], ".")) --first;
  return source.substr(first, last - 1 - first);
}

std::string bracketed(std::string_view operand, std::string_view name) {
  return "write " + std::string(operand) + "[" + in_quotes(name) + "]";
}

/// A member name that goes on with what no name holds: cognito:groups, https://acme.example/roles.
std::string long_member(std::string_view source, const token& before, const token& found) {
  if (before.kind != token_kind::identifier || before.offset + before.text.size() != found.offset) return "";
  const auto chain = chain_before(source, found.offset);
  if (chain.empty()) return "";
  std::size_t end = before.offset;
  while (end < source.size() && is_of(source[end], "-:/.@#$~%+")) ++end;
  return bracketed(chain, source.substr(before.offset, end - before.offset));
}

/// Text that was to be text: alice@acme.example.
std::string bare_text(std::string_view source, std::size_t offset) {
  const auto word = run_around(source, offset, [](char c) { return is_of(c, ".-@/+%#:"); });
  return "text needs quotes: " + in_quotes(word);
}

std::string advise_character(std::string_view source, const token& before, const token& found) {
  const auto rest = source.substr(found.offset);
  switch (rest[0]) {
    case '@':
      if (before.kind == token_kind::identifier) return bare_text(source, found.offset);
      return "names have no @ in front";
    case '#': return "comments start with //";
    case ';': return "drop it; join conditions with && or ||";
    case '\\': return "a quote needs no backslash: write '…'; text inside it does, for a quote of its own";
    case '$': return "names have no $ in front: write e.g. identity.email; text needs quotes";
    default: return "text needs quotes: '…'; only there other characters may stand";
  }
}

bool starts_value(const token& found) {
  return found.kind == token_kind::identifier || found.kind == token_kind::string ||
         found.kind == token_kind::integer || found.kind == token_kind::real ||
         found.kind == token_kind::unsigned_integer || found.kind == token_kind::quoted_identifier ||
         found.kind == token_kind::bytes;
}

bool ends_value(const token& before) {
  return starts_value(before) || before.is(")") || before.is("]");
}

std::string advise_symbol(std::string_view source, const token& before, const token& found) {
  if (auto member = found.is(":") ? long_member(source, before, found) : ""; !member.empty()) return member;
  if (auto sign = find(signs, sign_at(source, found.offset)); !sign.empty()) return sign;
  if (found.is(":") && source.substr(found.offset).starts_with("::")) return "a member follows a dot: a.b";
  if (found.is(":")) return "write == to compare, or 'a' in x for a list";
  const std::string_view rest = source.substr(found.offset);
  if (rest.starts_with("! =")) return "write !=";
  if (rest.starts_with("/*")) return "comments start with //";
  if (found.is(">") && found.offset > 0 && source[found.offset - 1] == '-') return "a member follows a dot: a.b";
  if (found.is("/")) return "a regular expression is text: write x.matches('^…$')";
  if (found.is("*")) return "patterns are text: write x.startsWith('…'), x.endsWith('…') or x.matches('^…$')";
  if (found.is(")") || found.is("]") || found.is("}")) {
    return before.is(",") || !ends_value(before) ? "something is missing in front of it"
                                                 : "drop it, or open the bracket that it closes";
  }
  if (found.is(",")) return "join conditions with && or ||; a list stands in brackets: x in ['a', 'b']";
  return "a value is missing in front of it";
}

std::string advise_word(std::string_view source, const token& before, const token& found) {
  if (before.kind == token_kind::string && before.offset + before.text.size() == found.offset) {
    return "a quote inside text takes a backslash: \\' (in JSON: \\\\')";
  }
  const std::string_view behind = source.substr(found.offset + found.text.size());
  if (found.is_word("is") && behind.starts_with(" not ")) return "write !=";
  if (found.kind == token_kind::identifier && (found.text == "not" || found.text == "NOT") && ends_value(before)) {
    return "write !(a in b), or != to compare";
  }
  if (found.kind == token_kind::real && found.text.starts_with("."))
    return "write x[0] for an element, x['0'] for a member";
  const auto first = before.kind == token_kind::identifier ? find(first_words, before.text) : "";
  if (first == one_expression) return first;
  if (auto word = found.kind == token_kind::identifier ? find(words, found.text) : ""; !word.empty()) return word;
  if (!first.empty()) return first;
  const auto chain = chain_before(source, found.offset);
  if (before.is(".") && found.kind == token_kind::string && !chain.empty()) {
    return "write " + std::string(chain) + "[" + std::string(found.text) + "]";
  }
  if (!ends_value(before))
    return found.kind == token_kind::quoted_identifier ? "text needs quotes: " + in_quotes(found.text) : "";
  return "put an operator between the two, such as && or ==; text of several words needs quotes";
}

}  // namespace

std::string advise_syntax(std::string_view source, const token& before, const token& found) {
  if (found.kind == token_kind::end) {
    if (before.kind == token_kind::end) return "write a test, or true or false";
    return ends_value(before) ? "close the bracket"
                              : "what follows '" + std::string(before.text) + "' is missing: add it, or drop that";
  }
  if (found.kind == token_kind::invalid) {
    const auto rest = source.substr(found.offset);
    if (rest.front() == '\'' || rest.front() == '"') return "end it with the quote that it began with";
    if (auto look_alike = encoding::replacement_advice(rest); !look_alike.empty()) return look_alike;
    const auto sign = sign_at(source, found.offset);
    auto known = sign.empty() ? "" : find(signs, sign);
    if (known.empty())
      known = before.kind == token_kind::identifier && rest.front() != '@' ? long_member(source, before, found) : "";
    return known.empty() ? advise_character(source, before, found) : known;
  }
  return found.kind == token_kind::symbol ? advise_symbol(source, before, found) : advise_word(source, before, found);
}

std::string advise_reserved(std::string_view word) {
  if (word == "if" || word == "else") return std::string(conditional);
  if (word == "for" || word == "while" || word == "loop") return std::string(any_element);
  if (word == "let" || word == "var" || word == "const") return "write cel.bind(name, value, expression)";
  if (word == "in") return "what is looked for is missing in front: 'a' in x";
  if (word == "return" || word == "function" || word == "import" || word == "package")
    return std::string(one_expression);
  return "text needs quotes: " + in_quotes(word) + "; a variable of a macro takes another name";
}

std::string hyphenated_name(std::string_view source, std::size_t offset) {
  const auto word = run_around(source, offset, [](char c) { return is_of(c, ".-"); });
  const std::size_t hyphen = word.find('-');
  if (hyphen == std::string_view::npos || hyphen == 0) return "";
  const std::size_t dot = word.substr(0, hyphen).rfind('.');
  const std::size_t end = std::min(word.find('.', hyphen), word.size());
  if (dot == std::string_view::npos) return in_quotes(word);
  return std::string(word.substr(0, dot)) + "[" + in_quotes(word.substr(dot + 1, end - dot - 1)) + "]";
}

std::string advise_has(std::string_view source, const syntax& tree, node_index argument) {
  const node& given = tree.nodes[argument];
  const auto child = [&](std::size_t which) { return tree.children_of(given)[which]; };
  if (given.kind == node_kind::constant && given.constant.is(kind::string)) {
    const std::string text(given.constant.as_string());
    if (text.find('.') != std::string::npos) return "without quotes: has(" + text + ")";
    return "write has(x." + text + ") with what has the field in front, or " + in_quotes(text) + " in x for a map";
  }
  if (given.kind != node_kind::call) return "write has(a.b): whether a has the field b";
  if (given.name == "_-_") {
    const auto name = hyphenated_name(source, given.offset);
    const auto bracket = name.find('[');
    if (bracket != std::string::npos)
      return "write " + name.substr(bracket + 1, name.size() - bracket - 2) + " in " + name.substr(0, bracket);
  }
  const bool index = given.name == "_[_]";
  if (index && !tree.nodes[child(1)].constant.is(kind::integer)) {
    return "write " + written_operand(tree, child(1), "'key'") + " in " + written_operand(tree, child(0), "x");
  }
  if (index) return "write size(" + written_operand(tree, child(0), "x") + ") > " + written(tree, child(1));
  const std::string all = written(tree, argument);
  if (all.empty() || given.child_count == 0) return "write has(a.b): whether a has the field b";
  const std::string first = written(tree, child(0));
  const bool field = tree.nodes[child(0)].kind == node_kind::select && !first.empty();
  return field ? "write has(" + first + ") && " + all : "drop has(): " + all;
}

}  // namespace sallyport::cel
