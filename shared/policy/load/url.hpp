// The few URLs of a policy document, read strictly: no user information, no query, no fragment.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/load/node.hpp"

namespace sallyport::policy {

/// Views into the text.
struct plain_url {
  std::string_view scheme;
  /// Host and port.
  std::string_view authority;
  std::string_view host;
  /// With its leading slash; empty when there is none.
  std::string_view path;
};

/// `https://host[:port][/path]`, or http. Nothing when it is not such a URL.
std::optional<plain_url> parse_url(std::string_view text);

enum class url_path : std::uint8_t { none, any };

/// A URL that is https, or http on loopback; anything else is reported. `otherwise` ends the advice for what is no URL.
std::optional<std::string> read_url(const node& at, url_path path, std::string_view otherwise = {});

}  // namespace sallyport::policy
