#include "caching/stored_answer.hpp"

#include "encoding/base64url.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::gate {
namespace {

using encoding::find_member;
using encoding::json;

constexpr encoding::json_limits stored_limits{std::size_t{64} << 10, 8};

std::string write(std::string_view kind, json content) {
  content["v"] = 1;
  content["kind"] = kind;
  return encoding::encode_base64url(as_bytes(encoding::canonical_json(content)));
}

std::optional<json> read(std::string_view kind, std::string_view text) {
  const auto raw = encoding::decode_base64url(text);
  if (!raw.ok()) return std::nullopt;
  auto content = encoding::parse_json(as_text(*raw), stored_limits);
  if (!content.ok() || encoding::string_member(*content, "kind") != kind) return std::nullopt;
  const auto* version = find_member(*content, "v");
  return version != nullptr && *version == 1 ? std::optional(std::move(*content)) : std::nullopt;
}

}  // namespace

stored_answer::stored_answer(json content)
    : content_(std::move(content)),
      status_(static_cast<int>(encoding::number_member(content_, "status"))),
      fields_(fields_from(find_member(content_, "fields"))),
      requested_(encoding::number_member(content_, "requested")),
      received_(encoding::number_member(content_, "received")) {}

std::string write_answer(const http::cached_answer& answer) {
  return write("answer", {{"status", answer.status},
                          {"fields", fields_to_json(answer.fields)},
                          {"requested", answer.requested},
                          {"received", answer.received}});
}

std::string write_variants(const std::vector<std::string>& vary) {
  return write("variants", {{"vary", vary}});
}

std::string write_invalidated(unix_milliseconds time) {
  return write("invalidated", {{"time", time}});
}

std::optional<stored_answer> read_stored_answer(std::string_view text) {
  auto content = read("answer", text);
  return content ? std::optional<stored_answer>(std::in_place, std::move(*content)) : std::nullopt;
}

std::optional<std::vector<std::string>> read_variants(std::string_view text) {
  const auto content = read("variants", text);
  const auto* names = content ? find_member(*content, "vary") : nullptr;
  if (names == nullptr || !names->is_array()) return std::nullopt;
  std::vector<std::string> vary;
  for (const auto& each : *names) {
    if (!each.is_string()) return std::nullopt;
    vary.push_back(each.get<std::string>());
  }
  return vary;
}

std::optional<unix_milliseconds> read_invalidated(std::string_view text) {
  const auto content = read("invalidated", text);
  return content ? std::optional(encoding::number_member(*content, "time")) : std::nullopt;
}

std::string variant_key(const std::vector<std::string>& vary, std::span<const http::field> request,
                        crypto::port& host) {
  if (vary.empty()) return {};
  json selecting = json::array();
  for (const auto& name : vary) {
    const auto value = http::combined_field(request, name);
    selecting.push_back(json::array({name, value ? json(*value) : json(nullptr)}));
  }
  return encoding::encode_base64url(host.sha256(as_bytes(encoding::canonical_json(selecting))));
}

json fields_to_json(std::span<const http::field> fields) {
  json all = json::array();
  for (const auto& each : fields) all.push_back(json::array({each.name, each.value}));
  return all;
}

std::vector<http::field> fields_from(const json* from) {
  std::vector<http::field> fields;
  if (from == nullptr || !from->is_array()) return fields;
  for (const auto& each : *from) {
    if (!each.is_array() || each.size() != 2 || !each[0].is_string() || !each[1].is_string()) continue;
    fields.push_back({each[0].get_ref<const std::string&>(), each[1].get_ref<const std::string&>()});
  }
  return fields;
}

}  // namespace sallyport::gate
