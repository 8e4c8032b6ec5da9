#include "gate/edge/mint.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "jose/jws.hpp"

namespace sallyport::gate {
namespace {

unix_seconds expiry(const assertion_order& order, unix_seconds now) {
  const unix_seconds full = now + order.route->assertion_ttl;
  const double until = std::ceil(order.caller->until);
  return until < static_cast<double>(full) ? static_cast<unix_seconds>(until) : full;
}

bool is_good_enough(const minted_assertion& held, unix_seconds now, unix_seconds best, seconds ttl) {
  if (held.issued_at > now || held.expires <= now) return false;
  return held.expires >= best || (held.expires - now) * 2 >= ttl;
}

}  // namespace

assertion_mint::assertion_mint(policy::policy_ptr policy, const jose::signing_key& key, std::size_t capacity,
                               crypto::port& host)
    : policy_(std::move(policy)),
      key_(key),
      header_(jose::protected_header(key, assertion_typ)),
      host_(host),
      memory_(std::max<std::size_t>(1, capacity)) {}

std::uint64_t assertion_mint::entry_hash::operator()(const entry_key& key) const {
  std::uint64_t hash = 0;
  std::memcpy(&hash, key.caller.data(), sizeof hash);
  // Routes lie in one vector: their addresses differ by multiples of the element's size.
  hash ^= static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(key.route)) * 0x9E3779B97F4A7C15U;
  return (hash ^ hash >> 32) + static_cast<std::uint64_t>(key.body);
}

result<minted_ptr> assertion_mint::assertion_for(const assertion_order& order, unix_seconds now, std::string_view id) {
  const entry_key key{order.caller->digest, order.route, order.body};
  const unix_seconds expires = expiry(order, now);
  const auto* held = memory_.find(key);
  if (held != nullptr && is_good_enough(**held, now, expires, order.route->assertion_ttl)) return *held;
  SALLYPORT_ASSIGN(auto fresh, make(order, now, expires, id));
  return memory_.insert(key, std::move(fresh));
}

result<minted_ptr> assertion_mint::make(const assertion_order& order, unix_seconds now, unix_seconds expires,
                                        std::string_view id) {
  assertion content;
  content.issuer = policy_->edge.issuer;
  content.audience = std::string(service_audience_prefix) + order.route->service->name;
  content.route = order.route->id;
  content.policy_digest = policy_->digest;
  content.id = id;
  content.issued_at = now;
  content.expires = expires;
  content.body = order.body;
  content.who = order.caller->who;
  auto made = std::make_shared<minted_assertion>();
  const std::string payload = write_assertion(content, order.route->used);
  SALLYPORT_ASSIGN(made->compact, jose::sign_jws(header_, as_bytes(payload), key_.algorithm, *key_.key, host_));
  if (made->compact.size() > max_assertion_bytes) return failure(reason::jws_too_large, "the assertion");
  made->id = id;
  made->issued_at = now;
  made->expires = expires;
  return minted_ptr(std::move(made));
}

}  // namespace sallyport::gate
