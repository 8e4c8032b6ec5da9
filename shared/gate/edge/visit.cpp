#include "gate/edge/visit.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "http/characters.hpp"
#include "http/field.hpp"

namespace sallyport::gate {
namespace {

constexpr std::string_view purpose_fields[] = {"sec-purpose", "purpose", "x-purpose", "x-moz"};
constexpr std::string_view speculations[] = {"prefetch", "prerender", "preview"};

bool is_speculation(std::string_view word) {
  return std::any_of(std::begin(speculations), std::end(speculations),
                     [&](std::string_view each) { return http::name_equals(word, each); });
}

/// Of an item with parameters, or a list of them: `prefetch;prerender`.
bool holds_speculation(std::string_view value) {
  while (!value.empty()) {
    const auto end = std::min(value.find_first_of(";,"), value.size());
    if (is_speculation(http::trim_ows(value.substr(0, end)))) return true;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return false;
}

bool is_speculative(const http::field& each) {
  const bool tells = std::any_of(std::begin(purpose_fields), std::end(purpose_fields),
                                 [&](std::string_view name) { return http::name_equals(each.name, name); });
  return tells && holds_speculation(each.value);
}

bool is_preflight(const edge_request& request) {
  return request.method == "OPTIONS" && http::find_field(request.fields, "origin") != nullptr &&
         http::find_field(request.fields, "access-control-request-method") != nullptr;
}

}  // namespace

bool is_visit(const edge_request& request, const policy::route& route) {
  const auto& ecs = route.service->ecs;
  if (!ecs || !ecs->wake) return true;
  return route.wakes && !is_preflight(request) &&
         std::none_of(request.fields.begin(), request.fields.end(), is_speculative);
}

}  // namespace sallyport::gate
