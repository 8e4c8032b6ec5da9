#include "gate/edge/job_order.hpp"

#include <algorithm>

#include "caching/stored_answer.hpp"
#include "core/ascii.hpp"
#include "encoding/base64url.hpp"
#include "encoding/structured_field.hpp"
#include "gate/edge/site.hpp"
#include "http/characters.hpp"
#include "http/field.hpp"
#include "policy/job_input.hpp"

namespace sallyport::gate {
namespace {

using encoding::json;

constexpr std::string_view jobs_path = "/.sallyport/jobs";
// A request may stay without a byte for 100 s at Cloudflare; this leaves room for the answer.
constexpr seconds longest_wait = 90;
constexpr std::size_t longest_key = 255;
constexpr std::size_t run_name_length = 22;  // 128 bits in base64url

std::string_view field(const edge_request& request, std::string_view name) {
  const auto* found = http::find_field(request.fields, name);
  return found == nullptr ? std::string_view() : found->value;
}

/// Takes what stands before the next `mark` off the text.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return http::trim_ows(taken);
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// RFC 7240 section 4.3: delta seconds; a preference that cannot be read is not one.
seconds wait_of(const edge_request& request) {
  std::string_view rest = field(request, "prefer");
  while (!rest.empty()) {
    std::string_view preference = take_until(rest, ',');
    preference = take_until(preference, ';');
    const auto name = take_until(preference, '=');
    if (!http::name_equals(name, "wait")) continue;
    seconds wait = 0;
    for (const char c : unquoted(http::trim_ows(preference))) {
      if (!ascii::is_digit(c)) return 0;
      wait = std::min(wait * 10 + (c - '0'), longest_wait);
    }
    return wait;
  }
  return 0;
}

result<std::string> idempotency_key(const edge_request& request) {
  if (http::count_fields(request.fields, "idempotency-key") > 1)
    return failure(reason::job_input_invalid, "several Idempotency-Key fields");
  const auto text = http::trim_ows(field(request, "idempotency-key"));
  const auto key = unquoted(text);
  const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!visible || key.size() > longest_key || (key.empty() && !text.empty()))
    return failure(reason::job_input_invalid, "Idempotency-Key is not 1 to 255 visible characters");
  return std::string(key);
}

/// Every browser says with a POST where it comes from, in one of these, and most in both.
bool comes_from_a_page(const edge_request& request) {
  return std::any_of(request.fields.begin(), request.fields.end(), [](const http::field& each) {
    return http::name_equals(each.name, "origin") || http::name_starts_with(each.name, "sec-fetch-");
  });
}

result<void> check_content_type(const edge_request& request) {
  const bool typed = http::find_field(request.fields, "content-type") != nullptr;
  const bool bare = !typed && request.body.content.empty() && !comes_from_a_page(request);
  auto type = field(request, "content-type");
  type = take_until(type, ';');
  if (bare || http::name_equals(type, "application/json")) return {};
  return failure(reason::job_input_invalid, "the inputs must come as application/json");
}

std::string token_of(const policy::job& job, const json& caller_key, std::string_view key, crypto::port& host) {
  const std::string all = encoding::canonical_json(json::array({job.name, caller_key, std::string(key)}));
  return encoding::encode_base64url(host.sha256(as_bytes(all)));
}

json to_json(const policy::job_environment& from) {
  json out = json::array();
  for (const auto& [name, value] : from) out.push_back(json::array({name, value}));
  return out;
}

result<job_order::action> action_of(const job_path& path, std::string_view method) {
  const bool looks = method == "GET" || method == "HEAD";
  if (looks) return path.job == nullptr ? job_order::action::list : job_order::action::get;
  if (method == "DELETE" && path.job != nullptr) return job_order::action::stop;
  return failure(reason::route_not_found, "a run can be read (GET) or stopped (DELETE)");
}

}  // namespace

bool is_jobs_path(std::string_view path) {
  return path == jobs_path || (path.starts_with(jobs_path) && path[jobs_path.size()] == '/');
}

result<job_path> parse_jobs_path(const policy::compiled_policy& policy, std::string_view path) {
  if (path == jobs_path) return job_path{};
  const auto id = path.substr(jobs_path.size() + 1);
  const auto mark = id.find('~');
  if (mark == std::string_view::npos) return reason::job_not_found;
  const auto* job = policy::find_job(policy, id.substr(0, mark));
  const auto run = id.substr(mark + 1);
  if (job == nullptr || run.size() != run_name_length || !encoding::decode_base64url(run).ok())
    return reason::job_not_found;
  return job_path{job, id};
}

std::size_t max_job_body() {
  return policy::max_override_characters * 2;
}

result<job_order> order_run(const policy::job& job, const edge_request& request, const asker& from,
                            std::string_view route, std::string_view request_id, crypto::port& host) {
  SALLYPORT_TRY(check_site(request));
  if (request.body.is == edge_body::state::too_large)
    return failure(reason::job_input_invalid, "the inputs are longer than a task can be given");
  SALLYPORT_TRY(check_content_type(request));
  SALLYPORT_ASSIGN(const auto key, idempotency_key(request));
  job_order order;
  order.what = job_order::action::run;
  order.job = job.name;
  SALLYPORT_ASSIGN(order.environment, policy::read_job_input(job, as_text(request.body.content)));
  order.input_digest =
      encoding::encode_base64url(host.sha256(as_bytes(encoding::canonical_json(to_json(order.environment)))));
  order.caller = describe_caller(from, route, host);
  order.idempotent = !key.empty();
  order.client_token = token_of(job, order.caller["key"], key.empty() ? request_id : std::string_view(key), host);
  order.wait = wait_of(request);
  order.request_id = request_id;
  return order;
}

result<job_order> order_query(const job_path& path, const edge_request& request, const asker& from,
                              std::string_view request_id, crypto::port& host) {
  job_order order;
  SALLYPORT_ASSIGN(order.what, action_of(path, request.method));
  if (order.what == job_order::action::stop) SALLYPORT_TRY(check_site(request));
  if (path.job != nullptr) order.job = path.job->name;
  order.id = path.id;
  order.caller = describe_caller(from, {}, host);
  order.wait = wait_of(request);
  order.request_id = request_id;
  return order;
}

std::string_view name_of(job_order::action what) {
  switch (what) {
    case job_order::action::run: return "run";
    case job_order::action::get: return "get";
    case job_order::action::stop: return "stop";
    case job_order::action::list: return "list";
  }
  __builtin_trap();
}

json to_json(const job_order& order, std::string_view audit) {
  json out = {{"do", std::string(name_of(order.what))},
              {"wait_ms", order.wait * 1000},
              {"request_id", order.request_id},
              {"caller", order.caller},
              {"audit", std::string(audit)}};
  if (!order.refusal_fields.empty()) out["refusal_fields"] = fields_to_json(order.refusal_fields);
  if (!order.job.empty()) out["job"] = std::string(order.job);
  if (order.what == job_order::action::run) {
    out["environment"] = to_json(order.environment);
    out["input_digest"] = order.input_digest;
    out["client_token"] = order.client_token;
    out["idempotent"] = order.idempotent;
    return out;
  }
  if (order.what == job_order::action::list) return out;
  out["id"] = order.id;
  out["may_inspect"] = order.may_inspect;
  return out;
}

}  // namespace sallyport::gate
