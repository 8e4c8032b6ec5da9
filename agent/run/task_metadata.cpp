#include "agent/run/task_metadata.hpp"

#include <httplib.h>

#include <chrono>

#include "encoding/json.hpp"
#include "http/url.hpp"

namespace sallyport::agent::run {

namespace {

constexpr std::size_t max_document_bytes = std::size_t{256} << 10;
constexpr std::chrono::seconds patience{1};

httplib::Result ask(std::string_view authority, const std::string& path, std::string& body) {
  httplib::Client client("http://" + std::string(authority));
  client.set_follow_location(false);
  client.set_connection_timeout(patience);
  client.set_read_timeout(patience);
  client.set_write_timeout(patience);
  client.set_keep_alive(false);
  return client.Get(path, [&](const char* data, std::size_t length) {
    body.append(data, length);
    return body.size() <= max_document_bytes;
  });
}

}  // namespace

found_task find_task(const char* base) {
  if (base == nullptr || *base == '\0') return {};
  const auto url = http::split_url(base);
  if (!url || url->scheme != "http") return {"", std::string(task_metadata_variable) + " is not an http URL"};
  std::string body;
  const auto answer = ask(url->authority, std::string(url->rest) + "/task", body);
  if (!answer) return {"", "the task metadata endpoint: " + httplib::to_string(answer.error())};
  if (answer->status != 200) return {"", "the task metadata endpoint: HTTP " + std::to_string(answer->status)};
  const auto document = encoding::parse_json(body, {max_document_bytes, 32});
  const auto arn = document.ok() ? encoding::string_member(*document, "TaskARN") : std::nullopt;
  if (!arn) return {"", "the task metadata endpoint names no TaskARN"};
  return {std::string(*arn), ""};
}

}  // namespace sallyport::agent::run
