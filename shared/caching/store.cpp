// What may be stored (RFC 9111 section 3).
#include <algorithm>

#include "caching/common.hpp"
#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/date.hpp"
#include "http/fields.hpp"

namespace sallyport::http {
namespace {

// Final statuses whose meaning for caches is understood here: those that RFC 9110 section 15.1 calls cacheable, without
// 206, and the two temporary redirects, which need an explicit lifetime like all others do here.
constexpr int storable_statuses[] = {200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501};
// An answer that depends on more than this is of no use to anybody else.
constexpr std::size_t max_vary_names = 16;

bool is_storable_status(int status) {
  return std::find(std::begin(storable_statuses), std::end(storable_statuses), status) != std::end(storable_statuses);
}

// RFC 9111 section 5.2.2.3: who understands the status does not mind the no-store beside must-understand.
bool forbids_storing(const cache_control& answer) {
  return answer.no_store && !answer.must_understand;
}

// What stands in these the edge, the agent or the platform sets, changes or keeps to itself, for any service.
constexpr std::string_view set_on_the_way[] = {"cache-control", "cdn-loop", "expect",      "if-modified-since",
                                               "if-none-match", "pragma",   "traceparent", "tracestate"};
constexpr std::string_view always_of_callers[] = {"authorization", "cf-access-jwt-assertion"};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_own(std::string_view lower_name, const cache_terms& terms) {
  if (holds(always_of_callers, lower_name)) return false;
  if (classify(lower_name) != field_class::ordinary || lower_name.starts_with("cf-")) return true;
  return holds(set_on_the_way, lower_name) || holds(terms.own_fields, lower_name);
}

bool tells_the_caller(const std::vector<std::string>& vary, const cache_terms& terms) {
  return std::any_of(vary.begin(), vary.end(), [&](const std::string& name) {
    return holds(always_of_callers, name) || holds(terms.caller_fields, name);
  });
}

/// Whether no other spelling means the same field to an app.
bool has_one_spelling(std::string_view name) {
  return all_are(name, plain_name_char);
}

/// The names of Vary, lower-case, sorted, each once; nothing when no other request could be known to match.
std::optional<std::vector<std::string>> read_vary(std::span<const field> answer, const cache_terms& terms) {
  std::vector<std::string> names;
  for (const auto& each : answer) {
    if (!name_equals(each.name, "vary")) continue;
    std::string_view rest = each.value, name;
    while (next_list_member(rest, name)) {
      if (!has_one_spelling(name)) return std::nullopt;
      names.push_back(ascii::to_lower(name));
      if (is_own(names.back(), terms)) return std::nullopt;
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names.size() <= max_vary_names ? std::optional(std::move(names)) : std::nullopt;
}

unstorable refuse_request(std::string_view method, std::span<const field> request) {
  if (method != "GET" || !is_cacheable_request(method, request)) return unstorable::request;
  const auto asked = parse_cache_control(request);
  return asked.no_store || asked.malformed ? unstorable::request_no_store : unstorable::no;
}

unstorable refuse_answer(const cached_answer& answer, const cache_control& said) {
  if (!is_storable_status(answer.status)) return unstorable::status;
  if (said.malformed || !date_of(answer)) return unstorable::malformed;
  if (forbids_storing(said)) return unstorable::no_store;
  if (said.is_private) return unstorable::is_private;
  if (find_field(answer.fields, "set-cookie") != nullptr) return unstorable::set_cookie;
  if (find_field(answer.fields, "content-range") != nullptr) return unstorable::status;
  if (!said.present && find_field(answer.fields, "expires") == nullptr) return unstorable::not_explicit;
  return unstorable::no;
}

seconds useful_for(const cached_answer& answer, const cache_control& said, const cache_terms& terms) {
  if (has_validator(answer.fields)) return longest_kept;
  const seconds left = freshness_lifetime(answer, terms) - current_age(answer, answer.received);
  const seconds in_need = forbids_stale(said) ? 0 : error_window(said, terms);
  return std::min(longest_kept, left + in_need);
}

// RFC 9111 section 3.5.
bool is_for_all(const cache_control& said) {
  return said.is_public || said.s_maxage;
}

/// For whom the answer is, and for whom the terms let it be kept; nothing: for nobody.
std::optional<reuse_scope> scope_of(const cache_control& said, const std::vector<std::string>& vary,
                                    const cache_terms& terms) {
  const bool shared = is_for_all(said) && !tells_the_caller(vary, terms);
  if (shared && terms.shares) return reuse_scope::shared;
  return terms.keeps_own ? std::optional(reuse_scope::identity) : std::nullopt;
}

storing refused(unstorable why) {
  storing plan;
  plan.why_not = why;
  return plan;
}

}  // namespace

bool is_cacheable_request(std::string_view method, std::span<const field> request) {
  if (method != "GET" && method != "HEAD") return false;
  return std::none_of(request.begin(), request.end(), [](const field& each) {
    return name_equals(each.name, "range") || name_equals(each.name, "if-range") ||
           name_equals(each.name, "if-match") || name_equals(each.name, "if-unmodified-since") ||
           !has_one_spelling(each.name);
  });
}

std::string_view name_of(unstorable why) {
  switch (why) {
    case unstorable::no: return "";
    case unstorable::request: return "request";
    case unstorable::request_no_store: return "request-no-store";
    case unstorable::status: return "status";
    case unstorable::malformed: return "malformed";
    case unstorable::no_store: return "no-store";
    case unstorable::is_private: return "private";
    case unstorable::set_cookie: return "set-cookie";
    case unstorable::vary: return "vary";
    case unstorable::not_explicit: return "not-explicit";
    case unstorable::expired: return "expired";
    case unstorable::not_public: return "not-public";
  }
  __builtin_trap();
}

storing plan_storing(std::string_view method, std::span<const field> request, const cached_answer& answer,
                     const cache_terms& terms) {
  if (const auto why = refuse_request(method, request); why != unstorable::no) return refused(why);
  const auto said = parse_cache_control(answer.fields);
  if (const auto why = refuse_answer(answer, said); why != unstorable::no) return refused(why);
  auto vary = read_vary(answer.fields, terms);
  if (!vary) return refused(unstorable::vary);
  const seconds keep = useful_for(answer, said, terms);
  if (keep <= 0) return refused(unstorable::expired);
  const auto scope = scope_of(said, *vary, terms);
  if (!scope) return refused(unstorable::not_public);
  return {unstorable::no, *scope, std::move(*vary), keep};
}

bool may_be_shared(std::span<const field> answer) {
  return is_for_all(parse_cache_control(answer));
}

std::vector<field> storable_fields(std::span<const field> answer) {
  std::vector<field> kept;
  const bool connection_names = has_connection_names(answer);
  for (const auto& each : answer) {
    const auto kind = classify(each.name);
    if (kind == field_class::hop_by_hop || kind == field_class::framing || kind == field_class::sallyport) continue;
    if (connection_names && named_by_connection(answer, each.name)) continue;
    kept.push_back(each);
  }
  return kept;
}

}  // namespace sallyport::http
