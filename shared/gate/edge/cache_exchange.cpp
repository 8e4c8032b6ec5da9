#include "gate/edge/cache_exchange.hpp"

#include "http/entity_tag.hpp"

namespace sallyport::gate {
namespace {

using encoding::json;

constexpr std::string_view identity_scope = "identity", shared_scope = "shared";

std::string_view name_of(http::reuse_scope scope) {
  return scope == http::reuse_scope::shared ? shared_scope : identity_scope;
}

/// RFC 9211 section 2.
class cache_status {
 public:
  explicit cache_status(std::string_view outcome) : text_("Sallyport; " + std::string(outcome)) {}
  cache_status& parameter(std::string_view name, std::string_view value) {
    text_.append("; ").append(name).append("=").append(value);
    return *this;
  }
  cache_status& number(std::string_view name, std::int64_t value) { return parameter(name, std::to_string(value)); }
  cache_status& flag(std::string_view name) {
    text_.append("; ").append(name);
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

cache_status forwarded(std::string_view why) {
  return cache_status("fwd=" + std::string(why));
}

// RFC 5861 section 4: what counts as an error.
bool is_failure(std::int64_t status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

// A body that was packed is unpacked on its way into the store and packed again on its way out, perhaps into other
// bytes: what speaks of its very bytes is not true of them any more (RFC 9110 sections 8.8.1 and 8.8.3.3).
void weaken(std::vector<http::field>& fields, std::string& tag_storage) {
  if (http::find_field(fields, "content-encoding") == nullptr) return;
  std::erase_if(fields, [](const http::field& each) {
    return http::name_equals(each.name, "content-digest") || http::name_equals(each.name, "accept-ranges");
  });
  for (auto& each : fields) {
    if (!http::name_equals(each.name, "etag") || each.value.starts_with("W/")) continue;
    tag_storage = "W/" + std::string(each.value);
    each.value = tag_storage;
  }
}

}  // namespace

std::optional<cache_exchange::found> cache_exchange::newest(const cache_places& places) const {
  const auto invalidated = read_invalidated(places.invalidated);
  std::optional<found> best;
  for (const auto& [scope, text] : {std::pair(identity_scope, places.identity), {shared_scope, places.shared}}) {
    auto candidate = read_stored_answer(text);
    if (!candidate || (invalidated && candidate->view().requested <= *invalidated)) continue;
    // RFC 9111 section 4: of several that fit, the most recent one.
    if (best && best->answer.view().received >= candidate->view().received) continue;
    best.emplace(found{scope, std::move(*candidate)});
  }
  return best;
}

json cache_exchange::variants_of(const cache_places& places) const {
  json variants = json::object();
  for (const auto& [scope, text] : {std::pair(identity_scope, places.identity), {shared_scope, places.shared}}) {
    if (const auto vary = read_variants(text)) variants[std::string(scope)] = variant_key(*vary, request_, host_);
  }
  return variants;
}

json cache_exchange::look_up(const cache_places& places, unix_milliseconds now) const {
  if (plan_.how == cache_plan::use::bypass) return {{"do", "send"}, {"fwd", "bypass"}};
  if (plan_.how == cache_plan::use::invalidates) return {{"do", "send"}, {"fwd", "method"}};
  auto variants = places.varied ? json::object() : variants_of(places);
  if (!variants.empty()) {
    variants["do"] = "variant";
    return variants;
  }
  const auto known = newest(places);
  const auto reuse = known ? http::plan_reuse(request_, known->answer.view(), plan_.terms, now) : http::reuse_plan();
  if (reuse.what == http::reuse::fresh || reuse.what == http::reuse::stale) return serve(*known, reuse, now);
  // RFC 9111 section 5.2.1.7.
  if (http::parse_cache_control(request_).only_if_cached) return {{"do", "refuse"}};
  if (!known) return {{"do", "send"}, {"fwd", places.varied ? "vary-miss" : "uri-miss"}};
  return send(*known, reuse);
}

json cache_exchange::serve(const found& what, const http::reuse_plan& reuse, unix_milliseconds now) const {
  const auto status = cache_status("hit").number("ttl", reuse.ttl);
  return {{"do", "serve"}, {"from", what.scope}, {"answer", answer(what.answer.view(), status.text(), now)}};
}

json cache_exchange::send(const found& what, const http::reuse_plan& reuse) const {
  json out = {{"do", "send"},
              {"fwd", reuse.by_request ? "request" : "stale"},
              {"from", what.scope},
              {"on_error", reuse.on_error}};
  if (reuse.what != http::reuse::validate || !plan_.may_validate) return out;
  out["conditions"] = fields_to_json(http::validators_of(what.answer.view()));
  out["drop"] = json::array({"if-none-match", "if-modified-since"});
  return out;
}

json cache_exchange::stand_in(std::string_view stored, std::string_view fwd, std::int64_t fwd_status,
                              unix_milliseconds now) const {
  const auto known = read_stored_answer(stored);
  if (!known || !is_failure(fwd_status)) return json::object();
  const auto reuse = http::plan_reuse(request_, known->view(), plan_.terms, now);
  if (!reuse.on_error) return json::object();
  auto status = forwarded(fwd).number("fwd-status", fwd_status).number("ttl", reuse.ttl);
  return {{"answer", answer(known->view(), status.parameter("detail", "stale-if-error").text(), now)}};
}

json cache_exchange::answer(const http::cached_answer& from, std::string_view status, unix_milliseconds now) const {
  const bool unchanged = from.status == 200 && http::client_has_it(request_, from.fields, to_seconds(now));
  std::vector<http::field> fields(from.fields.begin(), from.fields.end());
  std::string tag;
  weaken(fields, tag);
  if (unchanged) fields = http::not_modified_fields(fields);
  std::erase_if(fields, [](const http::field& each) { return http::name_equals(each.name, "age"); });
  const std::string age = std::to_string(http::current_age(from, now));
  fields.push_back({"Age", age});
  fields.push_back({"Cache-Status", status});
  return {{"status", unchanged ? 304 : from.status},
          {"fields", fields_to_json(fields)},
          {"body", !unchanged && method_ != "HEAD"}};
}

json cache_exchange::store(const cache_arrival& came) const {
  const auto plan = http::plan_storing(method_, request_, came.answer, plan_.terms);
  auto status = forwarded(came.fwd);
  if (plan_.how != cache_plan::use::answers) return {{"store", false}, {"cache_status", status.text()}};
  const auto kept = http::storable_fields(came.answer.fields);
  http::cached_answer stored = came.answer;
  stored.fields = kept;
  std::string text = plan.why_not == http::unstorable::no ? write_answer(stored) : std::string();
  if (text.empty() || text.size() > max_stored_head_bytes) {
    status.parameter("detail", text.empty() ? http::name_of(plan.why_not) : "head-too-large");
    return {{"store", false}, {"cache_status", status.text()}};
  }
  return {{"store", true},
          {"from", name_of(plan.scope)},
          {"variant", variant_key(plan.vary, request_, host_)},
          {"variants", plan.vary.empty() ? std::string() : write_variants(plan.vary)},
          {"text", std::move(text)},
          {"keep", plan.keep},
          {"cache_status", status.flag("stored").text()}};
}

json cache_exchange::freshen(std::string_view stored, const cache_arrival& came, unix_milliseconds now) const {
  const auto known = read_stored_answer(stored);
  if (!known || !http::confirms(came.answer.fields, known->view())) return {{"confirmed", false}};
  const auto held = known->view();
  const auto fields = http::freshened_fields(held.fields, came.answer.fields);
  const http::cached_answer fresh{held.status, fields, came.answer.requested, came.answer.received};
  // What is stored is the answer to a GET, also when HEAD asked whether it still is good.
  cache_plan plan = plan_;
  plan.terms.shares = plan.terms.shares && http::may_be_shared(held.fields);
  const cache_exchange as_get(plan, "GET", request_, host_);
  auto out = as_get.store({fresh, came.fwd});
  const auto status = forwarded(came.fwd).number("fwd-status", 304).text();
  out["answer"] = answer(fresh, status, now);
  out["confirmed"] = true;
  return out;
}

}  // namespace sallyport::gate
