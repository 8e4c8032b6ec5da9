#include "demo/app/request_view.hpp"

#include <string_view>

#include "http/field.hpp"

namespace sallyport::app {

namespace {

// What the library adds of its own about the connection.
bool is_from_library(const std::string& name) {
  return name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT";
}

/// A text that JSON can hold, whatever the caller sent.
std::string printable(const std::string& text) {
  return encoding::is_utf8(text) ? text : "(not UTF-8)";
}

void add(json& to, const std::string& name, const std::string& value) {
  if (!to.contains(name)) {
    to[name] = printable(value);
    return;
  }
  if (!to[name].is_array()) to[name] = json::array({to[name]});
  to[name].push_back(printable(value));
}

}  // namespace

json describe(const httplib::Request& request) {
  json fields = json::object();
  json identity = json::object();
  constexpr std::string_view prefix = "sallyport-";
  for (const auto& [name, value] : request.headers) {
    if (is_from_library(name)) continue;
    const std::string lower = http::to_lower(name);
    add(fields, lower, value);
    const bool mine = lower.starts_with(prefix) && lower != "sallyport-assertion";
    if (mine) add(identity, lower.substr(prefix.size()), value);
  }
  return {{"method", request.method},
          {"target", printable(request.target)},
          {"identity", std::move(identity)},
          {"headers", std::move(fields)}};
}

}  // namespace sallyport::app
