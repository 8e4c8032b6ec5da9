#include "gate/keys/key_set.hpp"

#include <algorithm>

#include "caching/cache_control.hpp"
#include "encoding/json.hpp"
#include "encoding/shown.hpp"
#include "http/field.hpp"

namespace sallyport::gate {
namespace {

constexpr std::string_view discovery_path = "/.well-known/openid-configuration";

/// Whether `wait` seconds are over since `since`. A clock that went back cannot hold anything up.
bool elapsed(std::optional<unix_milliseconds> since, seconds wait, unix_milliseconds now) {
  return !since || now < *since || now - *since >= wait * 1000;
}

/// For how long the answer says that it is fresh, or nothing.
std::optional<seconds> max_age(std::string_view cache_control) {
  const http::field field{"cache-control", cache_control};
  const auto said = http::parse_cache_control({&field, 1});
  return said.no_store || said.no_cache ? std::optional<seconds>(0) : said.max_age;
}

std::string discovery_url(std::string_view issuer) {
  // OpenID Connect Discovery 1.0 section 4.1: a terminating slash of the issuer is removed first.
  if (!issuer.empty() && issuer.back() == '/') issuer.remove_suffix(1);
  return std::string(issuer) + std::string(discovery_path);
}

result<void> check_answer(const key_response& answer, const key_set_limits& limits) {
  if (answer.status == 0) return failure(reason::keys_fetch_failed, "no answer: " + std::string(answer.problem));
  if (answer.status != 200) {
    return failure(reason::keys_fetch_failed, "answered with status " + std::to_string(answer.status));
  }
  if (!answer.problem.empty() || answer.body.size() > limits.max_bytes) {
    return failure(reason::keys_fetch_failed,
                   "the document is longer than " + std::to_string(limits.max_bytes) + " bytes, the limit");
  }
  return {};
}

}  // namespace

std::string_view name_of(key_step step) {
  switch (step) {
    case key_step::discovery: return "discovery";
    case key_step::jwks: return "jwks";
  }
  __builtin_trap();
}

key_set::key_set(key_source source, const key_set_limits& limits) : source_(std::move(source)), limits_(limits) {}

key_set::key_set(key_source source, std::shared_ptr<const jose::jwk_set> fixed)
    : source_(std::move(source)), keys_(std::move(fixed)), is_fixed_(true) {}

std::shared_ptr<const jose::jwk_set> key_set::current(unix_milliseconds now) const {
  if (is_fixed_) return keys_;
  if (keys_ == nullptr || now - fetched_at_ >= limits_.hard_age * 1000) return nullptr;
  return keys_;
}

bool key_set::stale(unix_milliseconds now) const {
  return !is_fixed_ && (keys_ == nullptr || elapsed(fetched_at_, soft_age_, now));
}

std::optional<key_request> key_set::want(key_need need, unix_milliseconds now) {
  if (is_fixed_) return std::nullopt;
  if (in_flight_ && !elapsed(last_attempt_, limits_.in_flight_timeout, now)) {
    // Whoever can go on with what is held does not wait for a refresh.
    if (need == key_need::fresh && current(now) != nullptr) return std::nullopt;
    key_request request = describe_fetch(*in_flight_);
    request.joined = true;
    return request;
  }
  if (!keys_next_ && !due(need, now)) return std::nullopt;
  return begin(need, now);
}

bool key_set::due(key_need need, unix_milliseconds now) const {
  if (need == key_need::unknown_kid) {
    return elapsed(last_unknown_kid_, limits_.refetch_interval, now) &&
           elapsed(last_attempt_, limits_.retry_interval, now);
  }
  if (current(now) != nullptr && !stale(now)) return false;
  return failures_ == 0 || elapsed(last_attempt_, limits_.retry_interval, now);
}

key_request key_set::begin(key_need need, unix_milliseconds now) {
  const bool known = !source_.jwks_uri.empty() ||
                     (!discovered_uri_.empty() && (keys_next_ || !elapsed(discovered_at_, limits_.hard_age, now)));
  in_flight_ = known ? key_step::jwks : key_step::discovery;
  keys_next_ = false;
  last_attempt_ = now;
  if (need == key_need::unknown_kid) last_unknown_kid_ = now;
  return describe_fetch(*in_flight_);
}

key_request key_set::describe_fetch(key_step step) const {
  key_request request;
  request.source = source_.name;
  request.step = step;
  request.max_bytes = limits_.max_bytes;
  request.timeout = limits_.fetch_timeout;
  if (step == key_step::discovery) {
    request.url = discovery_url(source_.issuer);
  } else {
    request.url = source_.jwks_uri.empty() ? discovered_uri_ : source_.jwks_uri;
  }
  return request;
}

result<void> key_set::supply(key_step step, const key_response& answer, unix_milliseconds now, crypto::port& host) {
  if (is_fixed_) return failure(reason::internal, "keys that are not fetched");
  in_flight_.reset();
  const auto taken = take(step, answer, now, host);
  if (taken.ok()) {
    failures_ = 0;
    last_failure_ = reason::ok;
    last_detail_.clear();
    return {};
  }
  ++failures_;
  last_failure_ = taken.why();
  // The detail alone may be empty, or name a place and not what is wrong there.
  const bool told = taken.error().detail.find(name_of(taken.why())) != std::string::npos ||
                    taken.why() == reason::keys_fetch_failed || taken.why() == reason::discovery_invalid;
  last_detail_ =
      std::string(name_of(step)) + ": " + (told ? "" : std::string(name_of(taken.why())) + ", ") + taken.error().detail;
  last_attempt_ = now;
  // The keys may have moved: look for them anew.
  discovered_uri_.clear();
  keys_next_ = false;
  return taken;
}

result<void> key_set::take(key_step step, const key_response& answer, unix_milliseconds now, crypto::port& host) {
  SALLYPORT_TRY(check_answer(answer, limits_));
  if (step == key_step::discovery) return take_discovery(answer.body, now);
  return take_keys(answer, now, host);
}

result<void> key_set::take_discovery(std::string_view body, unix_milliseconds now) {
  const auto document = encoding::parse_json(encoding::without_byte_order_mark(body), {limits_.max_bytes, 16});
  if (!document.ok()) return failure(reason::discovery_invalid, "not JSON: " + document.error().detail);
  const auto issuer = encoding::string_member(*document, "issuer");
  if (!issuer || *issuer != source_.issuer) {
    const auto theirs = issuer ? encoding::shown(*issuer, 200) : std::string("missing");
    return failure(reason::discovery_invalid, "the document's issuer is " + theirs + ", not " + source_.issuer);
  }
  const auto uri = encoding::string_member(*document, "jwks_uri");
  if (!uri || !is_key_url(*uri)) {
    return failure(reason::discovery_invalid, "jwks_uri is missing or not https (http for loopback)");
  }
  discovered_uri_ = *uri;
  discovered_at_ = now;
  keys_next_ = true;
  return {};
}

result<void> key_set::take_keys(const key_response& answer, unix_milliseconds now, crypto::port& host) {
  const unix_milliseconds fetched_at = answer.fetched_at > 0 ? std::min(answer.fetched_at, now) : now;
  if (now - fetched_at >= limits_.hard_age * 1000) return failure(reason::keys_fetch_failed, "a copy that is too old");
  if (keys_ != nullptr && answer.fetched_at > 0 && fetched_at < fetched_at_) {
    return failure(reason::keys_fetch_failed, "a copy older than the set that is held");
  }
  if (keys_ == nullptr || answer.body != text_) {
    const jose::jwk_set_limits limits{limits_.max_bytes, limits_.max_keys, limits_.reserved_kids};
    SALLYPORT_ASSIGN(auto parsed, jose::parse_jwks(answer.body, host, limits));
    keys_ = std::make_shared<const jose::jwk_set>(std::move(parsed));
    text_ = answer.body;
    ++generation_;
  }
  fetched_at_ = fetched_at;
  // The issuer itself was asked when the copy left it: a kid that an old copy does not have is asked for at once.
  if (answer.fetched_at > 0) last_attempt_ = fetched_at;
  soft_age_ =
      std::clamp(max_age(answer.cache_control).value_or(limits_.soft_default), limits_.soft_min, limits_.soft_max);
  return {};
}

key_set_health key_set::health(unix_milliseconds now) const {
  key_set_health state;
  state.usable = current(now) != nullptr;
  state.age = keys_ == nullptr ? -1 : std::max<seconds>(0, (now - fetched_at_) / 1000);
  if (is_fixed_) state.age = 0;
  state.keys = keys_ == nullptr ? 0 : keys_->keys().size();
  state.failures_in_a_row = failures_;
  state.last_failure = last_failure_;
  state.last_detail = last_detail_;
  if (keys_ != nullptr) state.passed_over = keys_->passed_over();
  return state;
}

}  // namespace sallyport::gate
