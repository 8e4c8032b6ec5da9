#include <charconv>
#include <iterator>

#include "caching/stored_answer.hpp"
#include "gate/edge/job_order.hpp"
#include "gate/edge/service_order.hpp"
#include "gate/protocol/problem.hpp"
#include "wasm/wire.hpp"

namespace sallyport::wasm {
namespace {

using gate::channel_news;
using gate::forward;

class line_writer {
 public:
  explicit line_writer(std::string& out) : out_(&out) { out.clear(); }

  line_writer& line(std::string_view text) {
    out_->append(text).push_back('\n');
    return *this;
  }
  line_writer& number(std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    return line({digits, static_cast<std::size_t>(end - digits)});
  }
  void rest(std::string_view text) { out_->append(text); }

 private:
  std::string* out_;
};

std::string_view name_of(forward::body_plan plan) {
  switch (plan) {
    case forward::body_plan::none: return "none";
    case forward::body_plan::bytes: return "bytes";
    case forward::body_plan::stream: return "stream";
  }
  __builtin_trap();
}

std::string_view name_of(channel_news::step step) {
  switch (step) {
    case channel_news::step::pass_on: return "pass_on";
    case channel_news::step::again: return "again";
    case channel_news::step::too_late: return "too_late";
  }
  __builtin_trap();
}

void write(line_writer& out, const gate::key_request& request) {
  out.line(request.source).line(gate::name_of(request.step)).line(request.url).number(request.max_bytes);
  out.number(static_cast<std::uint64_t>(request.timeout)).line(request.joined ? "1" : "0");
}

std::string list_of(const std::vector<http::field>& fields) {
  return fields.empty() ? std::string() : encoding::canonical_json(gate::fields_to_json(fields));
}

void write(line_writer& out, const gate::refuse& refusal, std::string_view audit) {
  const auto& row = describe(refusal.why);
  out.number(row.http_status).line(row.name).line(gate::title_of(refusal.why)).line(refusal.request_id);
  out.line(gate::challenge(refusal.why, refusal.resource_metadata))
      .line(gate::problem_body(refusal.why, refusal.request_id, refusal.detail))
      .line(audit)
      .line(list_of(refusal.fields))
      .rest(refusal.detail);
}

void write(line_writer& out, const forward& what, const gate::edge_outcome& outcome) {
  out.line(what.service).line(std::string(what.origin).append(what.target)).line(name_of(what.body));
  if (what.content_length) {
    out.number(*what.content_length);
  } else {
    out.line("");
  }
  out.line(what.repeatable ? "1" : "").line(what.wakes ? "1" : "");
  out.line(what.request_id).line(outcome.audit).number(static_cast<std::uint64_t>(what.timeout) * 1000);
  out.line(what.caller).line(what.cache ? encoding::canonical_json(gate::to_json(*what.cache)) : std::string());
  out.line(what.caller_tag).line(list_of(what.refusal_fields)).number(outcome.refresh.size());
  for (const auto& request : outcome.refresh) write(out, request);
  out.rest(gate::write_order(what.to_sign));
  for (const auto& field : what.fields) out.line(field.name).line(field.value);
}

void write(line_writer& out, const gate::need& lacking) {
  if (const auto* keys = std::get_if<gate::need::keys>(&lacking.what)) return write(out.line("keys"), keys->request);
  const auto& body = *std::get_if<gate::need::body>(&lacking.what);
  out.line("body").number(body.max_bytes).line(list_of(body.refusal_fields));
}

void write(line_writer& out, const gate::answer& what) {
  out.number(static_cast<std::uint64_t>(what.status)).number(what.fields.size());
  for (const auto& field : what.fields) out.line(field.name).line(field.value);
  out.rest(what.body);
}

}  // namespace

outcome_kind write_outcome(const gate::edge_outcome& outcome, std::string& text) {
  line_writer out(text);
  if (const auto* forwarded = std::get_if<forward>(&outcome.what)) {
    write(out, *forwarded, outcome);
    return outcome_kind::forward;
  }
  if (const auto* refused = std::get_if<gate::refuse>(&outcome.what)) {
    write(out, *refused, outcome.audit);
    return outcome_kind::refuse;
  }
  if (const auto* lacking = std::get_if<gate::need>(&outcome.what)) {
    write(out, *lacking);
    return outcome_kind::need;
  }
  if (const auto* order = std::get_if<gate::job_order>(&outcome.what)) {
    out.rest(encoding::canonical_json(gate::to_json(*order, outcome.audit)));
    return outcome_kind::job;
  }
  if (const auto* order = std::get_if<gate::service_order>(&outcome.what)) {
    out.rest(encoding::canonical_json(gate::to_json(*order, outcome.audit)));
    return outcome_kind::service;
  }
  write(out, *std::get_if<gate::answer>(&outcome.what));
  return outcome_kind::answer;
}

void write_signed(const gate::signed_request& made, std::string& out) {
  line_writer lines(out);
  lines.line(made.sig).line(made.keyid).number(made.grant.empty() ? 2 : 3);
  lines.line("signature-input").line(made.signature_input).line("signature").line(made.signature);
  if (!made.grant.empty()) lines.line("sallyport-channel-grant").line(made.grant);
  lines.rest(made.sent);
}

void write_news(const channel_news& news, std::string& out) {
  line_writer(out).line(name_of(news.next)).rest(news.note);
}

void write_refusal(const gate::refuse& refusal, std::string_view audit, std::string& text) {
  line_writer out(text);
  write(out, refusal, audit);
}

}  // namespace sallyport::wasm
