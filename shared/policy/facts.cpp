#include "policy/facts.hpp"

#include <algorithm>

#include "cel/json_value.hpp"
#include "core/calendar.hpp"
#include "encoding/json.hpp"
#include "encoding/percent.hpp"
#include "http/path.hpp"

namespace sallyport::policy {
namespace {

using cel::value;
using std::string_view;

/// What cannot be told reads as an evaluation error, so that the condition denies.
value unreadable(cel::arena& memory, string_view why) {
  const auto* what = memory.make<cel::fault>(cel::fault{why, 0});
  return value::error(what);
}

/// Text from outside; CEL's strings are UTF-8.
value text_value(string_view text, cel::arena& memory, string_view why) {
  return encoding::is_utf8(text) ? value::string(text) : unreadable(memory, why);
}

value time_value(unix_seconds when, std::int32_t milliseconds, cel::arena& memory) {
  constexpr unix_seconds year_1 = -62135596800;
  if (when < year_1 || when >= year_10000) return unreadable(memory, "a time outside the years 1 to 9999");
  return value::instant({when, milliseconds * 1'000'000});
}

void sort_entries(std::span<cel::map_entry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const cel::map_entry& a, const cel::map_entry& b) { return a.key.as_string() < b.key.as_string(); });
}

value groups_value(const std::vector<std::string>& groups, cel::arena& memory) {
  const auto list = memory.make_array<value>(groups.size());
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = value::string(groups[i]);
  return list.size() == groups.size() ? value::list(list) : unreadable(memory, "identity.groups takes too much memory");
}

}  // namespace

std::optional<value> identity_object::field(string_view name, cel::arena& memory) const {
  if (name == "issuer") return value::string(who_.issuer);
  if (name == "subject") return value::string(who_.subject);
  if (name == "kind") return value::string(name_of(who_.kind));
  if (name == "groups") {
    if (!built_.groups) built_.groups = groups_value(who_.groups, memory);
    return built_.groups;
  }
  if (name == "claims") {
    if (!built_.claims) built_.claims = cel::value_of_json(who_.claims, memory);
    return built_.claims;
  }
  if (name == "email" && who_.email) return value::string(*who_.email);
  if (name == "email_verified" && who_.email_verified) return value::boolean(*who_.email_verified);
  if (name == "expires" && who_.expires) return time_value(*who_.expires, 0, memory);
  return std::nullopt;
}

std::optional<value> params_object::field(string_view name, cel::arena& memory) const {
  for (std::size_t i = 0; i < match_.parameter_count; ++i) {
    if (match_.names[i] == name) return value_of(match_.values[i], memory);
  }
  return std::nullopt;
}

std::span<const cel::map_entry> params_object::entries(cel::arena& memory) const {
  const auto all = memory.make_array<cel::map_entry>(match_.parameter_count);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {value::string(match_.names[i]), value_of(match_.values[i], memory)};
  }
  sort_entries(all);
  return all;
}

/// Precondition: a segment of a canonical path, whose triplets are all well-formed.
value params_object::value_of(string_view segment, cel::arena& memory) const {
  if (!decoded_ || segment.find('%') == string_view::npos) return value::string(segment);
  const auto decoded = encoding::decode_percent(segment);
  return text_value(memory.copy(*decoded), memory, "a parameter that is not UTF-8 once it is decoded");
}

std::optional<value> headers_object::field(string_view name, cel::arena& memory) const {
  if (route_.service == nullptr) return std::nullopt;
  const auto& visible = route_.service->signed_headers;
  if (std::find(visible.begin(), visible.end(), name) == visible.end()) return std::nullopt;
  const auto count = http::count_fields(request_.headers, name);
  if (count == 0) return std::nullopt;
  constexpr string_view why = "a header whose value is not UTF-8";
  if (count == 1) return text_value(http::find_field(request_.headers, name)->value, memory, why);
  return text_value(memory.copy(*http::combined_field(request_.headers, name)), memory, why);
}

std::span<const cel::map_entry> headers_object::entries(cel::arena& memory) const {
  if (route_.service == nullptr) return {};
  const auto& visible = route_.service->signed_headers;
  const auto all = memory.make_array<cel::map_entry>(visible.size());
  std::size_t used = 0;
  for (const auto& name : visible) {
    const auto found = field(name, memory);
    if (found && used < all.size()) all[used++] = {value::string(name), *found};
  }
  sort_entries(all.first(used));
  return all.first(used);
}

std::optional<value> request_object::field(string_view name, cel::arena& memory) const {
  if (name == "method") return value::string(request_.method);
  if (name == "path") return value::string(request_.path);
  if (name == "host") {
    if (!built_.host) built_.host.emplace(request_.host);
    return text_value(built_.host->view(), memory, "a host that is not UTF-8");
  }
  if (name == "params") return value::of_object(&params_);
  if (name == "params_decoded") return value::of_object(&decoded_params_);
  if (name == "headers") return value::of_object(&headers_);
  if (name == "ip") return text_value(request_.ip, memory, "an address that is not text");
  if (name == "country") return value::string(request_.country.empty() ? "XX" : request_.country);
  if (name == "asn") return value::integer(request_.asn);
  if (name == "id") return value::string(request_.id);
  if (name == "time") {
    const auto whole = to_seconds(request_.time);
    return time_value(whole, static_cast<std::int32_t>(request_.time - whole * 1000), memory);
  }
  if (name != "query") return std::nullopt;
  if (!built_.query) built_.query = query(memory);
  return built_.query;
}

namespace {

/// The values of one name, in their order.
value values_of(const std::vector<http::query_pair>& pairs, string_view name, cel::arena& memory) {
  const auto is_named = [&](const http::query_pair& pair) { return pair.first == name; };
  const auto count = static_cast<std::size_t>(std::count_if(pairs.begin(), pairs.end(), is_named));
  const auto list = memory.make_array<value>(count);
  std::size_t used = 0;
  for (const auto& pair : pairs) {
    if (is_named(pair) && used < list.size()) list[used++] = value::string(memory.copy(pair.second));
  }
  return value::list(list);
}

}  // namespace

value request_object::query(cel::arena& memory) const {
  const auto pairs = http::parse_query(request_.query);
  if (!pairs.ok()) return unreadable(memory, "the query has too many parameters, or one that is not UTF-8");
  std::vector<string_view> names;
  for (const auto& pair : *pairs) names.push_back(pair.first);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const auto entries = memory.make_array<cel::map_entry>(names.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] = {value::string(memory.copy(names[i])), values_of(*pairs, names[i], memory)};
  }
  return memory.exhausted() ? unreadable(memory, "the query takes too much memory") : value::map(entries);
}

std::optional<value> labels_object::field(string_view name, cel::arena&) const {
  for (const auto& each : labels_) {
    if (each.name == name) return value::string(each.value);
  }
  return std::nullopt;
}

std::span<const cel::map_entry> labels_object::entries(cel::arena& memory) const {
  const auto all = memory.make_array<cel::map_entry>(labels_.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {value::string(labels_[i].name), value::string(labels_[i].value)};
  }
  return all;
}

std::optional<value> named_object::field(string_view name, cel::arena&) const {
  if (name == name_member_) return value::string(name_);
  if (name == "labels") return value::of_object(&labels_);
  return std::nullopt;
}

facts::facts(const identity& who, const request_facts& request, const route_match& match)
    : identity_(who, built_),
      request_(request, match, built_),
      route_("sallyport.Route", "id", match.route->id, match.route->labels) {
  const auto* to = match.route->service;
  if (to != nullptr) service_.emplace("sallyport.Service", "name", to->name, to->labels);
  slots_ = {value::of_object(&identity_), value::of_object(&request_), value::of_object(&route_),
            service_ ? value::of_object(&*service_) : value::absent()};
}

}  // namespace sallyport::policy
