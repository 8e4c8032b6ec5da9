#include "agent/trust/keeper.hpp"

#include <chrono>
#include <utility>

#include "agent/keys/fetch.hpp"
#include "agent/log/log.hpp"

namespace sallyport::agent::trust {

namespace {

/// How often the age of the keys is looked at.
constexpr std::chrono::seconds look_interval{1};

unix_milliseconds now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

bool is_same(const gate::channel_identity_ptr& one, const gate::channel_identity_ptr& other) {
  if (one == nullptr || other == nullptr) return one == other;
  return one->own.point == other->own.point;
}

}  // namespace

keeper::keeper(const config::settings& settings, material first, crypto::port& host)
    : settings_(settings), host_(host), material_(std::move(first)) {
  if (by_url()) {
    gate::key_set_limits limits;
    limits.reserved_kids = channel::keyid_prefix;
    keys_.emplace(gate::key_source{"edge", material_.snapshot.policy->edge.issuer, settings.edge.jwks_url}, limits);
  }
  publish_if_changed(true);
}

keeper::~keeper() {
  stop();
}

void keeper::stop() {
  {
    const std::lock_guard hold(lock_);
    stopping_ = true;
  }
  cancel_.request_stop();
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void keeper::start(listeners tell) {
  tell_ = std::move(tell);
  if (by_url()) thread_ = std::thread([this] { run(); });
}

gate::origin_snapshot_ptr keeper::snapshot() const {
  const std::lock_guard hold(lock_);
  return snapshot_;
}

bool keeper::refetch() {
  const std::lock_guard hold(lock_);
  if (!keys_ || stopping_) return false;
  auto request = keys_->want(gate::key_need::unknown_kid, now());
  if (!request) return false;
  ++waiting_;
  if (request->joined) return true;
  asked_ = std::move(*request);
  wake_.notify_one();
  return true;
}

void keeper::run() {
  std::unique_lock hold(lock_);
  while (!stopping_) {
    if (step(hold)) continue;
    publish_if_changed(false);
    if (std::exchange(waiting_, 0) > 0 && tell_.settled) tell_.settled();
    wake_.wait_for(hold, look_interval, [this] { return stopping_ || asked_; });
  }
}

// One fetch, if one is due. The lock is open while it is under way.
bool keeper::step(std::unique_lock<std::mutex>& hold) {
  auto request = std::exchange(asked_, std::nullopt);
  if (!request) request = keys_->want(gate::key_need::fresh, now());
  if (!request || request->joined) return false;
  hold.unlock();
  const keys::fetched answer = keys::fetch(*request, cancel_.get_token());
  hold.lock();
  if (stopping_) return false;
  const auto taken = keys_->supply(request->step, answer.response(), now(), host_);
  tell_fetched(*request, taken);
  return taken.ok();
}

// A healthy agent's last word on its keys is not a failure.
void keeper::tell_fetched(const gate::key_request& request, const result<void>& taken) {
  if (!taken.ok()) {
    fetch_failed_ = true;
    log::write(log::level::warning, "edge keys could not be fetched",
               {{"reason", name_of(taken.why())}, {"detail", taken.error().detail}, {"url", request.url}});
    return;
  }
  if (request.step != gate::key_step::jwks || !std::exchange(fetch_failed_, false)) return;
  const std::string count = std::to_string(keys_->health(now()).keys);
  log::write(log::level::info, "edge keys are fetched again", {{"keys", count}, {"url", request.url}});
}

// Called with the lock held, so that what is published last is what is held.
void keeper::publish_if_changed(bool force) {
  auto keys = keys_ ? keys_->current(now()) : material_.snapshot.edge_keys;
  if (!force && snapshot_ != nullptr && snapshot_->edge_keys == keys) return;
  auto next = std::make_shared<gate::origin_snapshot>(material_.snapshot);
  if (keys != nullptr && !keys->passed_over().empty())
    log::write(log::level::warning, "edge keys passed over", {{"detail", keys->passed_over()}});
  next->edge_keys = std::move(keys);
  next->edge_keys_generation = keys_ ? keys_->generation() : file_generation_;
  snapshot_ = std::move(next);
  if (tell_.publish) tell_.publish(snapshot_);
}

std::vector<std::string> keeper::reload(steady_time now) {
  material fresh = read_material(settings_, host_);
  for (const auto& each : fresh.warnings) log::write(log::level::warning, "reloading", {{"warning", each}});
  if (!fresh.problems.empty()) return fresh.problems;
  const std::lock_guard hold(lock_);
  const auto& held = material_.snapshot;
  const bool changed = fresh.snapshot.policy->digest != held.policy->digest;
  // The policy in force stays acceptable while edges get the new one, unless a file says which one is.
  const bool keeps = settings_.policy.previous.empty();
  if (keeps) fresh.snapshot.previous = changed ? held.policy : held.previous;
  if (keys_ && fresh.snapshot.policy->edge.issuer != keys_->source().issuer)
    return {settings_.policy.file + ": edge.issuer changed. Restart the agent: its keys come from another place."};
  if (!is_same(fresh.channels, material_.channels))
    return {"channel.secret changed. Restart the agent: its key for channels lasts as long as its process."};
  if (keeps && changed) previous_until_ = now + settings_.policy.previous_for;
  material_ = std::move(fresh);
  ++file_generation_;
  publish_if_changed(true);
  return {};
}

bool keeper::end_previous(steady_time now) {
  const std::lock_guard hold(lock_);
  if (!previous_until_ || now < *previous_until_) return false;
  previous_until_.reset();
  material_.snapshot.previous = nullptr;
  publish_if_changed(true);
  return true;
}

gate::key_set_health keeper::health() const {
  const std::lock_guard hold(lock_);
  if (keys_) return keys_->health(now());
  gate::key_set_health of_file;
  of_file.usable = material_.snapshot.edge_keys != nullptr;
  of_file.age = 0;
  of_file.keys = of_file.usable ? material_.snapshot.edge_keys->keys().size() : 0;
  return of_file;
}

failure keeper::readiness() const {
  const std::lock_guard hold(lock_);
  const auto checked = gate::check_snapshot(*snapshot_, origin_limits_of(settings_));
  return checked.ok() ? failure(reason::ok) : checked.error();
}

}  // namespace sallyport::agent::trust
