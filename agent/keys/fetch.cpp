#include "agent/keys/fetch.hpp"

#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "http/url.hpp"

namespace sallyport::agent::keys {

namespace {

/// Ends a request that takes too long as a whole, or that nobody wants any more; the client's own limits are for each
/// read.
class watchdog {
 public:
  watchdog(httplib::Client& client, std::chrono::seconds patience, const std::stop_token& stop)
      : thread_([this, &client, patience, stop] { watch(client, patience, stop); }) {}
  ~watchdog() {
    {
      const std::lock_guard hold(lock_);
      done_ = true;
    }
    over_.notify_one();
    thread_.join();
  }
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  void watch(httplib::Client& client, std::chrono::seconds patience, const std::stop_token& stop) {
    std::unique_lock hold(lock_);
    over_.wait_for(hold, stop, patience, [this] { return done_; });
    // Again and again, because it has no effect on a connection that is still being made.
    while (!done_) {
      client.stop();
      over_.wait_for(hold, std::chrono::milliseconds(50), [this] { return done_; });
    }
  }

  std::mutex lock_;
  std::condition_variable_any over_;
  bool done_ = false;
  std::thread thread_;
};

void prepare(httplib::Client& client, std::chrono::seconds timeout) {
  client.set_follow_location(false);
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  client.set_keep_alive(false);
  client.enable_server_certificate_verification(true);
  if (client.ssl_context() != nullptr) SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_2_VERSION);
}

/// host:port, also where the URL leaves the port out.
std::string address_of(const http::url_parts& url) {
  const auto host_ends = url.authority.find(']');
  const bool has_port =
      url.authority.find(':', host_ends == std::string_view::npos ? 0 : host_ends) != std::string_view::npos;
  return std::string(url.authority) + (has_port ? "" : ":" + std::to_string(http::default_port(url.scheme)));
}

std::string describe(httplib::Error what, const std::string& address) {
  switch (what) {
    case httplib::Error::Connection: return "no connection to " + address;
    case httplib::Error::ConnectionTimeout: return "no connection to " + address + " in time";
    case httplib::Error::SSLConnection: return "no TLS connection to " + address;
    case httplib::Error::SSLServerVerification: return "the certificate of " + address + " does not verify";
    case httplib::Error::Read:
    case httplib::Error::Write: return address + " broke off or took too long";
    default: return address + ": " + httplib::to_string(what);
  }
}

}  // namespace

fetched fetch(const gate::key_request& request, const std::stop_token& stop) {
  if (!gate::is_key_url(request.url)) return {0, "", "", "neither https nor loopback: " + request.url};
  const auto parts = http::split_url(request.url);
  const std::chrono::seconds timeout(request.timeout);
  httplib::Client client(request.url.substr(0, request.url.size() - parts->rest.size()));
  if (!client.is_valid()) return {0, "", "", "not a URL: " + request.url};
  prepare(client, timeout);
  fetched got;
  const auto collect = [&](const char* data, std::size_t size) {
    // One byte more than allowed is kept, so that the key set sees that it is too long.
    got.body.append(data, std::min(size, request.max_bytes + 1 - got.body.size()));
    return got.body.size() <= request.max_bytes;
  };
  const watchdog guard(client, timeout, stop);
  const httplib::Headers headers{{"Accept", "application/json"}, {"User-Agent", "sallyport-agent"}};
  const std::string target = (parts->rest.starts_with('/') ? "" : "/") + std::string(parts->rest);
  const auto answer = client.Get(target.c_str(), headers, collect);
  if (!answer && got.body.size() > request.max_bytes) return {200, std::move(got.body), "", ""};
  if (!answer) return {0, "", "", describe(answer.error(), address_of(*parts))};
  got.status = answer->status;
  got.cache_control = answer->get_header_value("Cache-Control");
  return got;
}

}  // namespace sallyport::agent::keys
