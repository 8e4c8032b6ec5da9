#include "agent/admin/server.hpp"

#include <httplib.h>

#include <thread>

#include "encoding/json.hpp"

namespace sallyport::agent::admin {

namespace {

// A connection holds a thread; one that asks nothing, for the first of these times.
constexpr std::size_t pool_threads = 8;
constexpr time_t silence_seconds = 1;
constexpr std::size_t max_request_bytes = 1024;
constexpr time_t patience_seconds = 5;

void answer_readiness(const state& of, httplib::Response& to) {
  const failure why = readiness(of);
  encoding::json body = {{"ready", why.why == reason::ok}};
  if (why.why != reason::ok) {
    body["reason"] = std::string(name_of(why.why));
    body["detail"] = why.detail;
    body["advice"] = std::string(describe(why.why).advice);
    to.status = 503;
  }
  to.set_content(encoding::canonical_json(body) + "\n", "application/json");
}

// Before the library waits for a body that a request without a length does not have.
httplib::Server::HandlerResponse refuse_writing(const httplib::Request& request, httplib::Response& to) {
  using outcome = httplib::Server::HandlerResponse;
  if (request.method == "GET" || request.method == "HEAD") return outcome::Unhandled;
  to.status = 405;
  to.set_header("Allow", "GET, HEAD");
  return outcome::Handled;
}

}  // namespace

struct server::running {
  httplib::Server http;
  std::uint16_t port = 0;
  std::thread thread;
};

server::server(std::unique_ptr<running> runs) : runs_(std::move(runs)) {}

server::~server() {
  runs_->http.stop();
  if (runs_->thread.joinable()) runs_->thread.join();
}

std::uint16_t server::port() const {
  return runs_->port;
}

result<std::unique_ptr<server>> server::start(const config::address& where, const state& tells) {
  auto runs = std::make_unique<running>();
  httplib::Server& http = runs->http;
  // The library takes ownership of the bare pointer.
  http.new_task_queue = [] { return new httplib::ThreadPool(pool_threads); };
  // Without the library's SO_REUSEPORT, with which a second agent would share the address unnoticed.
  http.set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  http.set_payload_max_length(max_request_bytes);
  http.set_read_timeout(patience_seconds);
  http.set_write_timeout(patience_seconds);
  http.set_keep_alive_max_count(1);
  http.set_keep_alive_timeout(silence_seconds);
  http.set_pre_routing_handler(refuse_writing);
  http.Get("/healthz", [](const httplib::Request&, httplib::Response& to) { to.set_content("ok\n", "text/plain"); });
  http.Get("/readyz", [&tells](const httplib::Request&, httplib::Response& to) { answer_readiness(tells, to); });
  http.Get("/metrics", [&tells](const httplib::Request&, httplib::Response& to) {
    to.set_content(metrics_text(tells), "text/plain; version=0.0.4; charset=utf-8");
  });
  const int port = where.port == 0 ? http.bind_to_any_port(where.host.c_str())
                                   : (http.bind_to_port(where.host.c_str(), where.port) ? where.port : -1);
  if (port < 0) return failure(reason::config_invalid, config::to_text(where) + ": cannot listen there");
  runs->port = static_cast<std::uint16_t>(port);
  runs->thread = std::thread([&http] { http.listen_after_bind(); });
  // Before that, a stop would be lost.
  while (!http.is_running()) std::this_thread::yield();
  return std::unique_ptr<server>(new server(std::move(runs)));
}

}  // namespace sallyport::agent::admin
