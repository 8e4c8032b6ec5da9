// Which URLs keys may be fetched from.
#include <algorithm>

#include "gate/keys/key_set.hpp"
#include "http/host.hpp"
#include "http/url.hpp"

namespace sallyport::gate {
namespace {

bool is_url_text(std::string_view url) {
  constexpr std::string_view never = "#\"<>\\`";
  return std::all_of(url.begin(), url.end(),
                     [&](char c) { return c > ' ' && c < 0x7F && never.find(c) == std::string_view::npos; });
}

}  // namespace

bool is_key_url(std::string_view url) {
  const auto parts = is_url_text(url) ? http::split_url(url) : std::nullopt;
  const auto at = parts ? http::parse_host(parts->authority) : std::nullopt;
  return at && http::is_https_or_loopback(parts->scheme, at->host);
}

}  // namespace sallyport::gate
