#include "agent/proxy/server.hpp"

#include <algorithm>
#include <utility>

#include "agent/proxy/listener.hpp"

namespace sallyport::agent::proxy {

std::size_t thread_count(const config::settings& settings) {
  if (settings.threads > 0) return static_cast<std::size_t>(settings.threads);
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

result<std::unique_ptr<server>> server::make(const worker_surroundings& surroundings,
                                             gate::origin_snapshot_ptr snapshot) {
  const config::settings& settings = surroundings.settings;
  SALLYPORT_ASSIGN(auto upstream, upstream_addresses::look_up(settings.upstream.address));
  SALLYPORT_ASSIGN(const listeners made, listen(settings.listen, thread_count(settings)));
  std::unique_ptr<server> ready(new server(surroundings, std::move(upstream), made.where));
  for (const int descriptor : made.descriptors)
    ready->workers_.push_back(
        std::make_unique<worker>(surroundings, ready->commons_, ready->upstream_, made.protocol, descriptor, snapshot));
  return ready;
}

server::server(const worker_surroundings& surroundings, upstream_addresses upstream,
               boost::asio::ip::tcp::endpoint where)
    : surroundings_(surroundings),
      where_(std::move(where)),
      upstream_(std::move(upstream)),
      commons_(surroundings.settings.limits) {}

server::~server() {
  stop(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
}

void server::start() {
  running_ = workers_.size();
  for (const auto& each : workers_)
    threads_.emplace_back([this, &each] {
      each->run();
      const std::lock_guard hold(lock_);
      --running_;
      ended_.notify_all();
    });
}

bool server::stop(std::chrono::milliseconds grace, std::chrono::milliseconds patience) {
  for (const auto& each : workers_) each->stop(grace);
  const bool ended = wait_for_end(patience);
  if (!ended)
    for (const auto& each : workers_) each->close_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  return ended;
}

bool server::wait_for_end(std::chrono::milliseconds patience) {
  std::unique_lock hold(lock_);
  return ended_.wait_for(hold, patience, [this] { return running_ == 0; });
}

void server::adopt(const gate::origin_snapshot_ptr& snapshot) {
  for (const auto& each : workers_) each->adopt(snapshot);
}

void server::keys_settled() {
  for (const auto& each : workers_) each->keys_settled();
}

std::vector<const metrics::thread_metrics*> server::counts() const {
  std::vector<const metrics::thread_metrics*> all;
  for (const auto& each : workers_) all.push_back(&each->counts());
  return all;
}

}  // namespace sallyport::agent::proxy
