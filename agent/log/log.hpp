// What operators read besides the audit: one JSON line an event on standard error. Never holds what a caller sent.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "core/result.hpp"

namespace sallyport::agent::log {

enum class level : std::uint8_t { info, warning, error };

using member = std::pair<std::string_view, std::string_view>;

/// {"level":…,"event":…, members…, "time":…}, time in ms since 1970; any thread. A line that nobody takes is lost.
void write(level how, std::string_view event, std::initializer_list<member> members = {});

/// The app tried to set a cookie in which the gate looks for tokens; at most a hundred lines a second and thread.
void credential_cookie_dropped(std::string_view request_id);

}  // namespace sallyport::agent::log
