#include "policy/load/sample.hpp"

#include <utility>
#include <variant>

namespace sallyport::policy {

path_pattern pattern_of(const route& of) {
  auto parsed = parse_path_pattern(of.path);
  auto* pattern = std::get_if<path_pattern>(&parsed);
  return pattern != nullptr ? std::move(*pattern) : path_pattern();
}

std::string sample_path(const path_pattern& pattern) {
  std::string path;
  for (const auto& segment : pattern) {
    path += '/';
    path += segment.kind == segment_kind::literal ? segment.text : std::string("any-1");
  }
  return path;
}

std::string sample_host(const route& of) {
  return of.host.starts_with("*.") ? "any-1" + of.host.substr(1) : of.host;
}

std::string sample_method(const route& of) {
  return of.methods.empty() ? "GET" : of.methods.front();
}

}  // namespace sallyport::policy
