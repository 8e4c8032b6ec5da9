#include "policy/header_map.hpp"

#include <optional>

#include "encoding/percent.hpp"
#include "http/fields.hpp"
#include "policy/facts.hpp"

namespace sallyport::policy {
namespace {

bool passes(char c, bool in_list) {
  return c >= ' ' && c < 0x7f && c != '%' && !(in_list && c == ',');
}

// RFC 9110 sections 5.5 and 5.6.1: a space at the end of a value or of an element of a list is not part of it for who
// reads the field, so that "admin " would arrive as "admin".
void append_encoded(std::string& to, std::string_view text, bool in_list) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool at_end = i == 0 || i + 1 == text.size();
    if (passes(text[i], in_list) && !(at_end && text[i] == ' ')) {
      to += text[i];
    } else {
      encoding::append_percent(to, static_cast<byte>(text[i]));
    }
  }
}

std::string encoded(std::string_view text) {
  std::string value;
  append_encoded(value, text, false);
  return value;
}

std::string joined(const std::vector<std::string>& list) {
  std::string value;
  for (const auto& element : list) {
    if (&element != &list.front()) value += ',';
    append_encoded(value, element, true);
  }
  return value;
}

/// The list's elements joined, or nothing when one of them is not a string.
std::optional<std::string> joined(std::span<const cel::value> list) {
  std::string value;
  for (const auto& element : list) {
    if (!element.is(cel::kind::string)) return std::nullopt;
    if (&element != &list.front()) value += ',';
    append_encoded(value, element.as_string(), true);
  }
  return value;
}

/// `may_be_list`: the same expression gives lists, too, and the app cannot tell which it was.
std::optional<std::string> header_text(const cel::value& value, bool may_be_list) {
  if (value.is(cel::kind::string)) return may_be_list ? joined({&value, 1}) : encoded(value.as_string());
  if (value.is(cel::kind::boolean)) return value.as_boolean() ? "true" : "false";
  if (value.is(cel::kind::integer)) return std::to_string(value.as_integer());
  if (value.is(cel::kind::unsigned_integer)) return std::to_string(value.as_unsigned());
  if (value.is(cel::kind::list)) return joined(value.as_list());
  return std::nullopt;
}

/// Variables that exist only when an expression needs them.
class lazy_facts {
 public:
  lazy_facts(const route_match& match, const identity& who, const request_facts& request, const budgets& limits)
      : match_(match), who_(who), request_(request), limits_{limits.max_steps} {}

  std::optional<std::string> evaluate(const condition& what) {
    if (!known_) known_.emplace(who_, request_, match_);
    const auto value = cel::evaluate(what.code(), known_->variables(), memory_, limits_);
    const bool may_be_list = what.code().result_type().is(cel::type_kind::dyn);
    return value.ok() ? header_text(*value, may_be_list) : std::nullopt;
  }

 private:
  const route_match& match_;
  const identity& who_;
  const request_facts& request_;
  cel::evaluation_limits limits_;
  cel::arena memory_;
  std::optional<facts> known_;
};

std::optional<std::string> value_of(const mapped_header& header, const identity& who, lazy_facts& known) {
  switch (header.from) {
    case mapped_header::source::subject: return encoded(who.subject);
    case mapped_header::source::email: return who.email ? std::optional(encoded(*who.email)) : std::nullopt;
    case mapped_header::source::groups: return joined(who.groups);
    case mapped_header::source::kind: return std::string(name_of(who.kind));
    case mapped_header::source::expression: return known.evaluate(*header.value);
  }
  return std::nullopt;
}

}  // namespace

std::vector<app_header> app_headers(const route_match& match, const identity& who, const request_facts& request,
                                    const budgets& limits) {
  const auto& map = match.route->service->headers;
  std::vector<app_header> set;
  set.reserve(map.size());
  lazy_facts known(match, who, request, limits);
  for (const auto& header : map) {
    auto value = value_of(header, who, known);
    if (value && !value->empty()) set.push_back({header.name, std::move(*value)});
  }
  return set;
}

result<void> check_app_headers(const service& to, const identity& who) {
  if (!to.default_headers) return {};
  // "Sallyport-Groups: " and the like.
  constexpr std::size_t names = 80;
  std::size_t plain = names + who.subject.size() + who.groups.size();
  if (who.email) plain += who.email->size();
  for (const auto& group : who.groups) plain += group.size();
  // No byte becomes more than three.
  if (plain * 3 <= max_default_header_bytes) return {};
  const auto size =
      names + encoded(who.subject).size() + encoded(who.email.value_or("")).size() + joined(who.groups).size();
  if (size <= max_default_header_bytes) return {};
  return failure(reason::identity_too_large, std::to_string(who.groups.size()) + " groups, " + std::to_string(size) +
                                                 " bytes of headers for service " + to.name + ", allowed " +
                                                 std::to_string(max_default_header_bytes));
}

bool is_mapped_header(const service& to, std::string_view name) {
  for (const auto& header : to.headers) {
    if (http::same_variable(header.name, name)) return true;
  }
  return false;
}

bool is_stripped_header(const service& to, std::string_view name) {
  for (const auto& each : to.strip) {
    if (http::same_variable(each.name, each.is_prefix ? name.substr(0, each.name.size()) : name)) return true;
  }
  return false;
}

}  // namespace sallyport::policy
