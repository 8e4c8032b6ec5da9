#include "agent/proxy/app_check.hpp"

#include <string>
#include <string_view>

namespace sallyport::agent::proxy {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds check_patience{1000};
/// "HTTP/1.1 2xx"
constexpr std::size_t status_line_start = 12;

bool is_good(std::string_view line) {
  return line.starts_with("HTTP/1.") && line[8] == ' ' && (line[9] == '2' || line[9] == '3');
}

io::task<bool> gives_good_response(upstream_connection& to, std::string_view path, const config::address& app) {
  const std::string head = "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + config::to_text(app) +
                           "\r\nUser-Agent: sallyport\r\nConnection: close\r\n\r\n";
  boost::asio::const_buffer part(head.data(), head.size());
  if (!(co_await to.link.write({&part, 1}, check_patience)).ok()) co_return false;
  while (to.box.unread().size() < status_line_start) {
    const io::io_result got = co_await to.link.read(to.box.room(), check_patience);
    if (!got.ok()) co_return false;
    to.box.arrived(got.bytes);
  }
  co_return is_good(to.box.unread());
}

}  // namespace

io::task<bool> is_app_there(upstream_pool& pool, const config::upstream& settings) {
  const auto made = co_await pool.connect();
  if (!made.ok()) co_return false;
  const std::string_view get = config::ready_get;
  if (settings.ready.compare(0, get.size(), get) != 0) co_return true;
  co_return co_await gives_good_response(**made, std::string_view(settings.ready).substr(get.size()), settings.address);
}

}  // namespace sallyport::agent::proxy
