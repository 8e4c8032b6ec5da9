#include "tests/probe/gate_arguments.hpp"

#include "policy/load/load.hpp"

namespace sallyport::probe {
namespace {

void add_field(field_list& to, const std::string& name, const json& value) {
  if (value.is_string()) to.emplace_back(name, value.get_ref<const std::string&>());
  if (!value.is_array()) return;
  for (const auto& each : value) add_field(to, name, each);
}

void add_pair(field_list& to, const json& pair) {
  if (pair.is_array() && pair.size() == 2 && pair[0].is_string()) {
    add_field(to, pair[0].get_ref<const std::string&>(), pair[1]);
  }
}

}  // namespace

const json& member_or_empty(const json& in, std::string_view name) {
  static const json nothing = json::object();
  const auto* member = encoding::find_member(in, name);
  return member != nullptr && member->is_object() ? *member : nothing;
}

std::string document_argument(const json& in, std::string_view name) {
  const auto* member = encoding::find_member(in, name);
  if (member == nullptr || member->is_null()) return "";
  return member->is_string() ? member->get_ref<const std::string&>() : encoding::canonical_json(*member);
}

result<policy::policy_ptr> policy_argument(const json& in, std::string_view name, crypto::port& host) {
  auto loaded = policy::load_policy(document_argument(in, name), host);
  if (loaded.policy == nullptr) return failure(loaded.problems.front().why, policy::describe(loaded.problems.front()));
  return loaded.policy;
}

unix_milliseconds time_argument(const json& in, std::string_view name, unix_milliseconds otherwise) {
  const std::int64_t number = integer_argument(in, name, otherwise);
  constexpr std::int64_t first_milliseconds = 100'000'000'000;
  return number < first_milliseconds && number > -first_milliseconds ? number * 1000 : number;
}

std::string text_argument(const json& in, std::string_view name, std::string_view otherwise) {
  return std::string(encoding::string_member(in, name).value_or(otherwise));
}

std::string bytes_argument(const json& in, std::string_view name) {
  const auto encoded = base64_argument(in, std::string(name) + "_b64");
  return encoded ? *encoded : text_argument(in, name);
}

crypto::p256_scalar scalar_argument(const json& in, std::string_view name) {
  crypto::p256_scalar out{};
  const auto octets = base64_argument(in, name);
  if (octets && octets->size() == out.size()) std::copy(octets->begin(), octets->end(), out.begin());
  return out;
}

field_list fields_argument(const json& in) {
  field_list fields;
  const auto* member = encoding::find_member(in, "fields");
  if (member == nullptr) member = encoding::find_member(in, "headers");
  if (member == nullptr) return fields;
  if (member->is_array()) {
    for (const auto& pair : *member) add_pair(fields, pair);
  } else if (member->is_object()) {
    for (const auto& [name, value] : member->items()) add_field(fields, name, value);
  }
  return fields;
}

std::vector<http::field> views_of(const field_list& fields) {
  std::vector<http::field> views;
  for (const auto& [name, value] : fields) views.push_back({name, value});
  return views;
}

std::string keys_argument(const json& in, std::string_view part) {
  const auto* all = encoding::find_member(in, "keys");
  const std::string named = all == nullptr ? "" : document_argument(*all, part);
  return named.empty() ? document_argument(in, std::string(part) + "_keys") : named;
}

json fields_out(const std::vector<http::field>& fields) {
  json out = json::array();
  for (const auto& each : fields) out.push_back(json::array({std::string(each.name), std::string(each.value)}));
  return out;
}

json audit_out(const std::string& line) {
  auto record = encoding::parse_json(line);
  return record.ok() ? std::move(*record) : json(nullptr);
}

result<std::shared_ptr<const jose::jwk_set>> public_keys(std::string_view any_set, crypto::port& host) {
  SALLYPORT_ASSIGN(const auto set, encoding::parse_json(any_set));
  SALLYPORT_ASSIGN(auto keys, jose::verification_keys(set, host));
  return std::make_shared<const jose::jwk_set>(std::move(keys));
}

namespace {

void add_channel(json& to, const std::string& field) {
  if (!field.empty()) to["channel"] = field;
}

answer refusal(const gate::refused& no) {
  json out = {{"outcome", "refuse"},
              {"audit", audit_out(no.audit)},
              {"request_id", no.request_id},
              {"unknown_key", no.unknown_key}};
  add_channel(out, no.channel.field);
  return {no.why, std::move(out)};
}

std::string_view body_plan_of(const gate::opened& request) {
  if (request.digest) return "signed";
  return request.head.body == http::body_framing::none ? "none" : "stream";
}

answer admission(const gate::admitted& in, std::string_view body, const std::string& channel) {
  json out = {{"outcome", "admit"},
              {"method", std::string(in.method)},
              {"target", std::string(in.target)},
              {"host", std::string(in.host)},
              {"fields", fields_out(in.fields)},
              {"route", std::string(in.route)},
              {"request_id", std::string(in.request_id)},
              {"clock_difference", in.clock_difference},
              {"body", std::string(body)},
              {"audit", audit_out(in.audit)}};
  add_channel(out, channel);
  return {reason::ok, std::move(out)};
}

}  // namespace

answer run_message(const origin_run& with, std::string_view message, gate::replay_guard& seen, crypto::port& host) {
  gate::origin at(with.snapshot, host, with.limits, with.channels);
  const std::size_t end = message.find("\r\n\r\n");
  const std::string_view head_text = message.substr(0, end == std::string_view::npos ? message.size() : end + 4);
  auto head = http::parse_request_head(head_text);
  if (!head.ok()) return refusal(at.refuse(head.error(), nullptr, nullptr, with.now));
  auto step = at.open(std::move(*head), with.now);
  if (const auto* no = std::get_if<gate::refused>(&step)) return refusal(*no);
  auto& request = *std::get_if<gate::opened>(&step);
  const std::string body(body_plan_of(request));
  const std::string channel = request.channel.field;
  const auto wrong = at.check_body(request, as_bytes(message.substr(head_text.size())), with.now);
  if (wrong) return refusal(*wrong);
  const auto last = at.admit(std::move(request), seen, with.now);
  if (const auto* no = std::get_if<gate::refused>(&last)) return refusal(*no);
  return admission(*std::get_if<gate::admitted>(&last), body, channel);
}

}  // namespace sallyport::probe
