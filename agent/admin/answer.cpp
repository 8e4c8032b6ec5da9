#include "agent/admin/answer.hpp"

#include "encoding/json.hpp"

namespace sallyport::agent::admin {

namespace {

struct reply {
  std::string_view status = "200 OK";
  std::string_view type = "text/plain";
  std::string body;
};

reply tell_readiness(const state& of) {
  const failure why = readiness(of);
  encoding::json body = {{"ready", why.why == reason::ok}};
  if (why.why != reason::ok) {
    body["reason"] = std::string(name_of(why.why));
    body["detail"] = why.detail;
    body["advice"] = std::string(describe(why.why).advice);
  }
  // It serves what it held before, so it stays ready.
  if (const auto refused = of.refused_reload.load(); refused != nullptr && !refused->empty())
    body["reload_refused"] = *refused;
  const std::string_view status = why.why == reason::ok ? "200 OK" : "503 Service Unavailable";
  return {status, "application/json", encoding::canonical_json(body) + "\n"};
}

reply tell(std::string_view path, const state& of) {
  if (path == "/healthz") return {.body = "ok\n"};
  if (path == "/readyz") return tell_readiness(of);
  if (path == "/metrics") return {"200 OK", "text/plain; version=0.0.4; charset=utf-8", metrics_text(of)};
  return {.status = "404 Not Found", .body = ""};
}

reply reply_to(std::string_view method, std::string_view target, const state& of) {
  if (method != "GET" && method != "HEAD") return {.status = "405 Method Not Allowed", .body = ""};
  return tell(target.substr(0, target.find('?')), of);
}

std::string written(const reply& of, bool head_only) {
  std::string text = "HTTP/1.1 " + std::string(of.status) + "\r\n";
  if (of.status.starts_with("405")) text += "Allow: GET, HEAD\r\n";
  if (!of.body.empty()) text += "Content-Type: " + std::string(of.type) + "\r\n";
  text +=
      "Content-Length: " + std::to_string(of.body.size()) + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
  return head_only ? text : text + of.body;
}

}  // namespace

std::string answer(std::string_view head, const state& tells) {
  if (head.find("\r\n\r\n") == std::string_view::npos)
    return written({.status = "431 Request Header Fields Too Large", .body = ""}, false);
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == last || !line.substr(last + 1).starts_with("HTTP/1."))
    return written({.status = "400 Bad Request", .body = ""}, false);
  const std::string_view method = line.substr(0, first);
  return written(reply_to(method, line.substr(first + 1, last - first - 1), tells), method == "HEAD");
}

}  // namespace sallyport::agent::admin
