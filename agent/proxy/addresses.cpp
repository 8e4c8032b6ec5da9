#include "agent/proxy/addresses.hpp"

#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "agent/proxy/listener.hpp"

namespace sallyport::agent::proxy {

namespace {

constexpr std::chrono::seconds pause{1};

}  // namespace

struct upstream_addresses::shared {
  finder find;
  std::mutex lock;
  list known;
  bool asking = false;
  std::chrono::steady_clock::time_point asked_at = std::chrono::steady_clock::now() - pause;
};

upstream_addresses::upstream_addresses(addresses known, finder find) : shared_(std::make_shared<shared>()) {
  shared_->known = std::make_shared<const addresses>(std::move(known));
  shared_->find = std::move(find);
}

result<upstream_addresses> upstream_addresses::look_up(const config::address& where) {
  SALLYPORT_ASSIGN(auto found, resolve(where));
  return upstream_addresses(std::move(found), [where] { return resolve(where); });
}

upstream_addresses::list upstream_addresses::known() const {
  const std::lock_guard hold(shared_->lock);
  return shared_->known;
}

// On a thread of its own that nobody waits for: the system may take half a minute to say that there is no answer, and
// neither requests nor the agent's end shall wait for that.
void upstream_addresses::look_up_again() {
  {
    const std::lock_guard hold(shared_->lock);
    const auto now = std::chrono::steady_clock::now();
    if (shared_->asking || !shared_->find || now - shared_->asked_at < pause) return;
    shared_->asking = true;
    shared_->asked_at = now;
  }
  std::thread([to = shared_] {
    auto found = to->find();
    const std::lock_guard hold(to->lock);
    to->asking = false;
    if (found.ok()) to->known = std::make_shared<const addresses>(std::move(*found));
  }).detach();
}

}  // namespace sallyport::agent::proxy
