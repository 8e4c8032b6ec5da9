// What may be reused, and how long (RFC 9111 section 4).
#include <algorithm>

#include "caching/common.hpp"
#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/date.hpp"
#include "http/entity_tag.hpp"
#include "http/fields.hpp"

namespace sallyport::http {
namespace {

/// What the client asks of a cache. Whoever writes what is not understood gets the origin's word.
struct demand {
  explicit demand(std::span<const field> request) : said(parse_cache_control(request)) {
    // RFC 9111 section 5.4: Pragma counts only where there is no Cache-Control.
    const auto pragma = combined_field(request, "pragma");
    const bool old_no_cache = !said.present && pragma && list_contains(*pragma, "no-cache");
    no_cache = said.no_cache || said.malformed || old_no_cache;
  }

  cache_control said;
  bool no_cache = false;
};

// The first of several (RFC 9111 section 5.1); one that is no number is ignored, as the section says.
seconds age_value(std::span<const field> answer) {
  const auto* found = find_field(answer, "age");
  if (found == nullptr) return 0;
  return parse_delta_seconds(trim_ows(found->value.substr(0, found->value.find(',')))).value_or(0);
}

// RFC 9111 section 5.3: an invalid date, "0" above all, is in the past; so is one that comes twice.
seconds lifetime_by_expires(const cached_answer& answer) {
  const auto expires = single_field(answer.fields, "expires");
  if (!expires) return 0;
  const auto until = parse_http_date(*expires, to_seconds(answer.received));
  const auto date = date_of(answer);
  return until && date ? std::clamp<seconds>(*until - *date, 0, most_seconds) : 0;
}

bool is_fresh_enough(const reuse_plan& plan, const cache_control& asked) {
  if (plan.ttl <= 0 || (asked.min_fresh && plan.ttl < *asked.min_fresh)) return false;
  return !asked.max_age || plan.age < *asked.max_age;
}

// RFC 9111 sections 5.2.1.1 and 5.2.1.2: stale is what is over its lifetime, or over the client's own max-age.
bool is_accepted_stale(const reuse_plan& plan, const cache_control& asked) {
  if (!asked.max_stale || asked.min_fresh) return false;
  const seconds over_client = asked.max_age ? plan.age - *asked.max_age : -1;
  return std::max(-plan.ttl, over_client) <= *asked.max_stale;
}

bool is_acceptable(const reuse_plan& plan, const cache_control& answer, const cache_control& asked) {
  if (is_fresh_enough(plan, asked)) return true;
  return (plan.ttl > 0 || !forbids_stale(answer)) && is_accepted_stale(plan, asked);
}

bool may_stand_in(const reuse_plan& plan, const cache_control& answer, const cache_control& asked,
                  const cache_terms& terms) {
  seconds window = error_window(answer, terms);
  if (asked.stale_if_error) window = std::min(window, *asked.stale_if_error);
  return window > 0 && -plan.ttl <= window && (plan.ttl > 0 || !forbids_stale(answer));
}

bool is_updatable(const field& each) {
  // RFC 9111 section 3.2: what the body was processed by stays as it was.
  constexpr std::string_view fixed[] = {"content-encoding", "content-type", "content-range", "content-digest"};
  return std::none_of(std::begin(fixed), std::end(fixed),
                      [&](std::string_view name) { return name_equals(each.name, name); });
}

/// Whether it is a Vary that none of `fields` repeats.
bool is_other_vary(std::span<const field> fields, const field& each) {
  return name_equals(each.name, "vary") && std::none_of(fields.begin(), fields.end(), [&](const field& other) {
           return name_equals(other.name, "vary") && other.value == each.value;
         });
}

bool has_field(std::span<const field> fields, std::string_view name) {
  return find_field(fields, ascii::to_lower(name)) != nullptr;
}

}  // namespace

bool forbids_stale(const cache_control& answer) {
  return answer.no_cache || answer.must_revalidate || answer.proxy_revalidate || answer.s_maxage;
}

seconds error_window(const cache_control& answer, const cache_terms& terms) {
  return answer.stale_if_error.value_or(terms.stale_if_error);
}

bool has_validator(std::span<const field> answer) {
  const auto tag = single_field(answer, "etag");
  return (tag && is_entity_tag(*tag)) || single_field(answer, "last-modified");
}

std::optional<unix_seconds> date_of(const cached_answer& answer) {
  if (find_field(answer.fields, "date") == nullptr) return to_seconds(answer.received);
  const auto text = single_field(answer.fields, "date");
  return text ? parse_http_date(*text, to_seconds(answer.received)) : std::nullopt;
}

seconds current_age(const cached_answer& answer, unix_milliseconds now) {
  const auto date = date_of(answer).value_or(0);
  const seconds apparent = std::max<seconds>(0, to_seconds(answer.received) - date);
  const auto delay = std::max<unix_milliseconds>(0, answer.received - answer.requested);
  const auto resident = std::max<unix_milliseconds>(0, now - answer.received);
  const auto corrected = std::max(apparent * 1000, age_value(answer.fields) * 1000 + delay);
  return (corrected + resident) / 1000;
}

seconds freshness_lifetime(const cached_answer& answer, const cache_terms& terms) {
  const auto said = parse_cache_control(answer.fields);
  const auto explicit_age = said.s_maxage ? said.s_maxage : said.max_age;
  const seconds lifetime = explicit_age ? *explicit_age : lifetime_by_expires(answer);
  return std::min(lifetime, terms.max_age.value_or(most_seconds));
}

reuse_plan plan_reuse(std::span<const field> request, const cached_answer& stored, const cache_terms& terms,
                      unix_milliseconds now) {
  const demand asks(request);
  const auto said = parse_cache_control(stored.fields);
  reuse_plan plan;
  plan.age = current_age(stored, now);
  plan.ttl = freshness_lifetime(stored, terms) - plan.age;
  const bool askable = has_validator(stored.fields);
  plan.what = askable ? reuse::validate : reuse::forward;
  const bool must_ask = said.no_cache || said.malformed;
  plan.on_error = !asks.no_cache && !must_ask && may_stand_in(plan, said, asks.said, terms);
  const bool serves = !must_ask && !asks.no_cache && is_acceptable(plan, said, asks.said);
  plan.by_request = !serves && !must_ask && plan.ttl > 0;
  if (serves) plan.what = plan.ttl > 0 ? reuse::fresh : reuse::stale;
  return plan;
}

std::vector<field> validators_of(const cached_answer& stored) {
  std::vector<field> conditions;
  const auto tag = single_field(stored.fields, "etag");
  if (tag && is_entity_tag(*tag)) conditions.push_back({"If-None-Match", *tag});
  if (const auto modified = single_field(stored.fields, "last-modified")) {
    conditions.push_back({"If-Modified-Since", *modified});
  }
  return conditions;
}

bool confirms(std::span<const field> update, const cached_answer& stored) {
  const auto held_tag = single_field(stored.fields, "etag");
  if (const auto tag = single_field(update, "etag")) {
    return held_tag && is_entity_tag(*tag) && weakly_equal(*tag, *held_tag);
  }
  const auto modified = single_field(update, "last-modified");
  return !modified || modified == single_field(stored.fields, "last-modified");
}

std::vector<field> freshened_fields(std::span<const field> stored, std::span<const field> update) {
  auto fields = storable_fields(update);
  std::erase_if(fields, [](const field& each) { return !is_updatable(each); });
  const std::size_t updated = fields.size();
  for (const auto& each : stored) {
    const std::span<const field> newer(fields.data(), updated);
    if (!has_field(newer, each.name) || is_other_vary(newer, each)) fields.push_back(each);
  }
  // An Age of the first answer says nothing about this one.
  if (!has_field(update, "age")) std::erase_if(fields, [](const field& e) { return name_equals(e.name, "age"); });
  return fields;
}

std::vector<field> not_modified_fields(std::span<const field> stored) {
  constexpr std::string_view kept[] = {"cache-control", "content-location", "date", "etag", "expires", "vary"};
  std::vector<field> fields;
  for (const auto& each : stored) {
    const bool keep =
        std::any_of(std::begin(kept), std::end(kept), [&](auto name) { return name_equals(each.name, name); });
    if (keep) fields.push_back(each);
  }
  return fields;
}

}  // namespace sallyport::http
