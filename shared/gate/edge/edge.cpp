#include "gate/edge/edge.hpp"

#include "gate/edge/exchange.hpp"
#include "gate/edge/probe.hpp"
#include "gate/edge/state.hpp"

namespace sallyport::gate {
namespace {

authenticator_limits authenticator_limits_of(const edge_limits& limits) {
  return {limits.max_token_bytes, limits.verified_tokens, limits.keys};
}

}  // namespace

edge::state::state(edge_config config, edge_keys arranged, crypto::port& crypto)
    : policy(std::move(config.policy)),
      limits(config.limits),
      host(crypto),
      keys(std::move(arranged)),
      own(*policy, keys, config.build),
      callers(policy, authenticator_limits_of(limits), host),
      mint(policy, *keys.assertions, limits.minted_assertions, host),
      signer(*policy, keys, host) {}

edge::edge(std::unique_ptr<state> data) : state_(std::move(data)) {}
edge::~edge() = default;

result<std::unique_ptr<edge>> edge::make(edge_config config, crypto::port& host) {
  if (config.policy == nullptr) return failure(reason::config_invalid, "no policy");
  if (credential_places(*config.policy).size() > credential_places::max_places) {
    return failure(reason::config_invalid, "the issuers name more than 64 places for a credential");
  }
  SALLYPORT_ASSIGN(auto keys, arrange_keys(*config.policy, std::move(config.signing_keys), std::move(config.secrets)));
  return std::unique_ptr<edge>(new edge(std::make_unique<state>(std::move(config), std::move(keys), host)));
}

edge_outcome edge::handle(const edge_request& request, unix_milliseconds now, bytes_view entropy) {
  return edge_exchange(*state_, request, now, entropy).run();
}

result<signed_request> edge::sign(const signature_order& order, std::string_view place, signing_turn turn,
                                  unix_milliseconds now, bytes_view entropy) {
  return state_->signer.sign(order, place, turn, now, entropy);
}

channel_news edge::answered(std::string_view sent, int status, std::string_view field, unix_milliseconds now) {
  return state_->signer.answered(sent, status, field, now);
}

channel_news edge::unanswered(std::string_view sent, unix_milliseconds now) {
  return state_->signer.unanswered(sent, now);
}

result<signed_probe> edge::probe(std::string_view service, unix_milliseconds now, bytes_view entropy) const {
  return sign_probe(*state_->policy, state_->keys, service, now, entropy, state_->host);
}

result<std::string> edge::supply_keys(const key_request& request, const key_response& answer, unix_milliseconds now) {
  return state_->callers.supply(request, answer, now);
}

std::vector<std::pair<std::string, key_set_health>> edge::health(unix_milliseconds now) const {
  return state_->callers.health(now);
}

}  // namespace sallyport::gate
