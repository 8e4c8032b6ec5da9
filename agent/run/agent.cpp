#include "agent/run/agent.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "agent/keys/channel_secret.hpp"
#include "agent/log/log.hpp"
#include "agent/openssl/host.hpp"
#include "agent/run/task_metadata.hpp"
#include "crypto/self_test.hpp"

namespace sallyport::agent::run {

namespace {

std::string describe(const failure& why) {
  return std::string(name_of(why.why)) + (why.detail.empty() ? "" : ": " + why.detail) + ". " +
         std::string(sallyport::describe(why.why).advice);
}

/// Out of the secret of `material`, or fresh. Reasons: crypto_failed.
result<gate::channel_identity_ptr> channel_identity_of(const trust::material& material, crypto::port& host) {
  if (material.channels != nullptr) return material.channels;
  SALLYPORT_ASSIGN(const auto pair, keys::make_channel_pair(host));
  return gate::channel_identity_ptr(std::make_shared<const gate::channel_identity>(host, pair));
}

/// ARN of the ECS task that this process is in, or "".
std::string own_task() {
  auto found = find_task(std::getenv(task_metadata_variable));
  if (!found.problem.empty()) {
    log::write(log::level::warning, "the task is not known",
               {{"problem", found.problem}, {"advice", "Probes of the edge are not told which task this is."}});
  }
  return std::move(found.arn);
}

}  // namespace

agent::start_result agent::start(const config::settings& settings) {
  auto host = openssl::make_host();
  if (const auto tested = crypto::self_test(*host); !tested.ok()) return {nullptr, {describe(tested.error())}};
  auto material = trust::read_material(settings, *host);
  for (const auto& each : material.warnings) log::write(log::level::warning, "starting", {{"warning", each}});
  if (!material.problems.empty()) return {nullptr, std::move(material.problems)};
  auto sink = audit::sink::open(settings.audit_output);
  if (!sink.ok()) return {nullptr, {"audit.output: " + sink.error().detail}};
  auto identity = channel_identity_of(material, *host);
  if (!identity.ok()) return {nullptr, {describe(identity.error())}};
  std::unique_ptr<agent> made(
      new agent(settings, std::move(host), std::move(*identity), std::move(material), std::move(*sink)));
  if (const auto listening = made->listen(); !listening.ok()) return {nullptr, {listening.error().detail}};
  return {std::move(made), {}};
}

agent::agent(const config::settings& settings, std::unique_ptr<crypto::port> host, gate::channel_identity_ptr identity,
             trust::material material, std::unique_ptr<audit::sink> sink)
    : settings_(settings),
      host_(std::move(host)),
      replays_(static_cast<std::size_t>(settings.replay_max_entries)),
      channel_identity_(std::move(identity)),
      channels_(static_cast<std::size_t>(settings.channel.max_entries)),
      audit_(std::move(sink)),
      keeper_(settings_, std::move(material), *host_),
      surroundings_{settings_, *host_,
                    replays_,  {channel_identity_.get(), &channels_},
                    *audit_,   [this] { return keeper_.refetch(); },
                    own_task()} {}

// The io threads first, because they wait for the keeper's word; then the keeper, because it speaks to them.
agent::~agent() {
  admin_.reset();
  if (server_) server_->stop(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
  keeper_.stop();
}

result<void> agent::listen() {
  SALLYPORT_ASSIGN(server_, proxy::server::make(surroundings_, keeper_.snapshot()));
  state_ = std::unique_ptr<admin::state>(new admin::state{*server_, keeper_, replays_, channels_, *audit_});
  SALLYPORT_ASSIGN(admin_, admin::server::start(settings_.admin_listen, *state_));
  server_->start();
  keeper_.start(
      {[this](const gate::origin_snapshot_ptr& next) { server_->adopt(next); }, [this] { server_->keys_settled(); }});
  return {};
}

// At most half of the time goes by before the doors are closed, so that what runs then has the other half.
bool agent::stop(leave how) {
  state_->stopping = true;
  const auto most = settings_.timeouts.stop / 2;
  const auto grace = how == leave::drained ? std::min(settings_.timeouts.drain, most) : std::chrono::milliseconds(0);
  return server_->stop(grace, settings_.timeouts.stop);
}

std::pair<std::string, std::string> agent::policies() const {
  const auto held = keeper_.snapshot();
  return {held->policy->digest, held->previous != nullptr ? held->previous->digest : std::string()};
}

std::vector<std::string> agent::reload(trust::keeper::steady_time now) {
  auto problems = keeper_.reload(now);
  ++(problems.empty() ? state_->reloads : state_->failed_reloads);
  state_->refused_reload.store(std::make_shared<const std::vector<std::string>>(problems));
  return problems;
}

}  // namespace sallyport::agent::run
