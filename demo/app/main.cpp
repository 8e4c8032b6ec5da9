// A small app to stand behind an agent, for the demo and the tests: it shows who called, and moves bytes.
//
//   demo_app [HOST:PORT]      default 127.0.0.1:8000; port 0 takes a free one. Prints "listening on HOST:PORT".
//
//   GET  /                    who called, for people (an HTML page) or machines (JSON)
//   any  /echo                method, target, fields and body as JSON
//   POST /upload              counts and hashes the body as it streams in
//   GET  /download?bytes=N    streams N bytes; so does /stock/download
//   GET  /slow?ms=N           answers after N milliseconds, at most a minute
//   GET  /status/NNN          answers with that status
//   GET  /seen                how many requests were received so far; so does /invite/seen
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "demo/app/page.hpp"
#include "demo/app/request_view.hpp"
#include "demo/app/streams.hpp"

namespace {

using sallyport::app::json;

constexpr std::uint64_t max_download_bytes = std::uint64_t{1} << 32;
constexpr std::uint64_t max_slow_ms = 60000;
/// A thread holds a connection for as long as it is kept, so there must be more of them than the agent pools.
constexpr std::size_t threads = 256;

/// What GET /seen tells.
struct counters {
  std::atomic<std::uint64_t> requests{0};
};

std::uint64_t number(const httplib::Request& request, const char* name, std::uint64_t most) {
  const std::string text = request.get_param_value(name);
  if (text.empty() || text.size() > 12 || text.find_first_not_of("0123456789") != std::string::npos) return 0;
  return std::min<std::uint64_t>(std::stoull(text), most);
}

void answer(httplib::Response& to, const json& body) {
  to.set_content(body.dump(2) + "\n", "application/json");
}

bool prefers_html(const httplib::Request& request) {
  return request.get_header_value("Accept").find("text/html") != std::string::npos;
}

void add_routes(httplib::Server& http, counters& seen) {
  using httplib::Request;
  using httplib::Response;
  const auto who = [](const Request& request, Response& to) {
    const json view = sallyport::app::describe(request);
    if (!prefers_html(request)) return answer(to, view);
    to.set_content(sallyport::app::page(view), "text/html; charset=utf-8");
  };
  const auto echo = [](const Request& request, Response& to) {
    json view = sallyport::app::describe(request);
    view["body"] = request.body;
    answer(to, view);
  };
  http.set_pre_routing_handler([&seen](const Request&, Response&) {
    seen.requests.fetch_add(1);
    return httplib::Server::HandlerResponse::Unhandled;
  });
  http.Get(R"((?:/invite)?/seen)", [&seen](const Request&, Response& to) {
    answer(to, {{"requests", seen.requests.load()}});
  });
  http.Get("/echo", echo);
  http.Post("/echo", echo);
  http.Put("/echo", echo);
  http.Delete("/echo", echo);
  http.Post("/upload", sallyport::app::upload);
  http.Put("/upload", sallyport::app::upload);
  http.Get(R"((?:/stock)?/download)", [](const Request& request, Response& to) {
    sallyport::app::download(number(request, "bytes", max_download_bytes), to);
  });
  http.Get("/slow", [](const Request& request, Response& to) {
    std::this_thread::sleep_for(std::chrono::milliseconds(number(request, "ms", max_slow_ms)));
    answer(to, {{"slept_ms", number(request, "ms", max_slow_ms)}});
  });
  http.Get(R"(/status/([2-5]\d\d))", [](const Request& request, Response& to) {
    to.status = std::stoi(request.matches[1]);
    answer(to, {{"status", to.status}});
  });
  // Whatever the policy lets through: who called is shown for it.
  http.Get(".*", who);
  http.Post(".*", echo);
  http.Put(".*", echo);
  http.Delete(".*", echo);
}

/// The library lets five connections wait to be accepted. A burst of first requests is more; those that find no place
/// are sent again by TCP after seconds.
class patient_server : public httplib::Server {
 public:
  bool let_more_wait() { return ::listen(svr_sock_, SOMAXCONN) == 0; }
};

struct address {
  std::string host = "127.0.0.1";
  int port = 8000;
};

address read_address(int argc, char** argv) {
  if (argc < 2) return {};
  const std::string text = argv[1];
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {"127.0.0.1", std::atoi(text.c_str())};
  return {text.substr(0, colon), std::atoi(text.c_str() + colon + 1)};
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  patient_server http;
  counters seen;
  // The library takes ownership of the bare pointer.
  http.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  http.set_tcp_nodelay(true);
  http.set_keep_alive_max_count(1000000);
  http.set_keep_alive_timeout(30);
  add_routes(http, seen);
  address where = read_address(argc, argv);
  if (where.port == 0)
    where.port = http.bind_to_any_port(where.host);
  else if (!http.bind_to_port(where.host, where.port))
    where.port = -1;
  if (where.port < 0 || !http.let_more_wait()) {
    std::cerr << "demo_app: cannot listen on " << where.host << "\n";
    return 1;
  }
  std::cout << "listening on " << where.host << ":" << where.port << std::endl;
  return http.listen_after_bind() ? 0 : 1;
}
