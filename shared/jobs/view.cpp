#include "jobs/view.hpp"

#include <algorithm>
#include <utility>

#include "core/calendar.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::jobs {
namespace {

using encoding::json;
using encoding::text_member;

constexpr std::string_view jobs_path = "/.sallyport/jobs/";
constexpr std::size_t most_listed = 100;

response respond(const asked& to, int status, const json& body) {
  return {status,
          {{"Content-Type", "application/json"},
           {"Cache-Control", "no-store"},
           {"X-Content-Type-Options", "nosniff"},
           {"Sallyport-Request-Id", std::string(to.request_id)}},
          encoding::canonical_json(body) + "\n"};
}

bool is_newer(const json& left, const json& right) {
  const auto one = text_member(left, "created"), other = text_member(right, "created");
  return one != other ? one > other : text_member(left, "id") < text_member(right, "id");
}

}  // namespace

json view_of(const run& of) {
  json out = {{"id", full_id(of)},
              {"job", of.job},
              {"state", name_of(of.state)},
              {"created", rfc3339(of.created)},
              {"caller", {{"issuer", of.from.issuer}, {"subject", of.from.subject}}},
              {"request_id", of.request_id}};
  if (of.why != run_reason::none) out["reason"] = name_of(of.why);
  if (of.exit_code) out["exit_code"] = *of.exit_code;
  if (of.stop) out["stopping"] = true;
  if (of.started > 0) out["started"] = rfc3339(of.started);
  if (of.ended > 0) out["ended"] = rfc3339(of.ended);
  return out;
}

json shown(const run& of, unix_milliseconds now) {
  const auto quarter = (std::max<unix_milliseconds>(now - of.created, 0) + 3999) / 4000;
  return {{"run", view_of(of)},
          {"over", is_final(of.state)},
          {"retry_after_s", std::clamp<unix_milliseconds>(quarter, 1, 30)}};
}

response run_response(const asked& to, const json& told) {
  const json* run = encoding::find_member(told, "run");
  const bool over = encoding::truth_member(told, "over");
  response out = respond(to, over || to.what == "get" ? 200 : 202, run == nullptr ? json::object() : *run);
  if (to.what == "run" && run != nullptr)
    out.fields.emplace_back("Location", std::string(jobs_path) + std::string(text_member(*run, "id")));
  if (over && to.wait > 0) out.fields.emplace_back("Preference-Applied", "wait=" + std::to_string(to.wait / 1000));
  const auto again = encoding::number_member(told, "retry_after_s", 1);
  if (!over) out.fields.emplace_back("Retry-After", std::to_string(again));
  return out;
}

response list_response(const asked& to, std::vector<json> views, std::vector<std::string> unavailable) {
  std::sort(views.begin(), views.end(), is_newer);
  const bool more = views.size() > most_listed;
  if (more) views.resize(most_listed);
  std::sort(unavailable.begin(), unavailable.end());
  json body = {{"runs", std::move(views)}, {"limit", most_listed}, {"more", more}};
  if (!unavailable.empty()) body["jobs_unavailable"] = std::move(unavailable);
  return respond(to, 200, body);
}

seconds retry_after(reason why) {
  if (why == reason::aws_throttled || why == reason::aws_unavailable) return 5;
  return why == reason::aws_capacity ? 30 : 0;
}

std::string rfc3339(unix_milliseconds time) {
  std::string text = rfc3339_text({time / 1000, 0});
  text.back() = '.';
  append_padded(text, time % 1000, 3);
  return text += 'Z';
}

}  // namespace sallyport::jobs
