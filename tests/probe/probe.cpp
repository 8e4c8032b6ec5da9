#include "tests/probe/probe.hpp"

namespace sallyport::probe {
namespace {

// As a value, a line can become some thirty times as large, and must fit into the two GiB of a Wasm module.
constexpr encoding::json_limits line_limits{std::size_t{32} << 20, 128};

std::string error_line(const json& id, std::string message) {
  return encoding::canonical_json(json{{"id", id}, {"error", std::move(message)}});
}

std::string not_json(const failure& why) {
  return "not JSON: " + (why.detail.empty() ? std::string(name_of(why.why)) : why.detail);
}

std::string outcome_line(const json& id, const outcome& what) {
  if (const auto* wrong = std::get_if<bad_arguments>(&what)) return error_line(id, wrong->message);
  const auto& given = *std::get_if<answer>(&what);
  json line{{"id", id}, {"reason", std::string(name_of(given.why))}};
  if (given.why == reason::ok || !given.out.empty()) line["out"] = given.out;
  return encoding::canonical_json(line);
}

}  // namespace

std::string respond(std::string_view line, crypto::port& host) {
  const auto request = encoding::parse_json(line, line_limits);
  if (!request.ok()) return error_line(nullptr, not_json(request.error()));
  const json* id = encoding::find_member(*request, "id");
  const json known_id = id != nullptr ? *id : json(nullptr);
  const auto name = encoding::string_member(*request, "op");
  if (!name) return error_line(known_id, "op is missing or not a string");
  const operation run = find_operation(*name);
  if (run == nullptr) return error_line(known_id, "unknown op " + std::string(*name));
  const json* in = encoding::find_member(*request, "in");
  if (in == nullptr || !in->is_object()) return error_line(known_id, "in is missing or not an object");
  return outcome_line(known_id, run(*in, host));
}

}  // namespace sallyport::probe
