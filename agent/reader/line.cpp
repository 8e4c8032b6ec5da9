#include "agent/reader/line.hpp"

#include <initializer_list>

#include "core/calendar.hpp"
#include "core/reason.hpp"
#include "encoding/json_members.hpp"
#include "encoding/visible.hpp"

namespace sallyport::agent::reader {

namespace {

using encoding::text_member;

constexpr std::size_t max_text = 300;
constexpr std::string_view red = "\x1b[31m", green = "\x1b[32m", yellow = "\x1b[33m", dim = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

/// Shortened at a character's start, on one line, and nothing that a terminal obeys.
std::string shown(std::string_view text) {
  std::size_t end = std::min(text.size(), max_text);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string out = encoding::visible(text.substr(0, end)) + (end < text.size() ? "…" : "");
  for (char& c : out) c = c == '\n' || c == '\t' ? ' ' : c;
  return out;
}

std::string or_dash(std::string_view text) {
  return text.empty() ? "-" : shown(text);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string painted(std::string text, std::string_view with, colour how) {
  return how == colour::off ? text : std::string(with) + text + std::string(plain);
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string line;
  for (const auto& part : parts) {
    if (!part.empty()) line += (line.empty() ? "" : "  ") + part;
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

/// UTC; the edge and its agents are anywhere.
std::string time_of(const json& record) {
  const auto since = encoding::integer_member(record, "time");
  if (!since || *since < 0 || *since > 253402300799999) return padded("-", 14);
  // Without year, T and Z.
  const std::string text = rfc3339_text({*since / 1000, 0});
  return text.substr(5, 5) + " " + text.substr(11, 8);
}

/// The first of an end's records that has the member; null counts as absent.
std::string_view first_text(std::initializer_list<const json*> records, const char* name) {
  for (const json* each : records) {
    const auto text = text_member(*each, name);
    if (!text.empty()) return text;
  }
  return "";
}

bool is_failed(const json& outcome) {
  if (outcome.is_null()) return false;
  const auto how = text_member(outcome, "how");
  return text_member(outcome, "reason") != "ok" || how == "cut_by_caller" || how == "cut_by_app" || how == "cut_by_us";
}

/// The public code of a response that the agent gave in the app's place, as worker-shim/observe.js tells it; or "".
std::string_view agent_refusal(const json& edge_outcome) {
  constexpr std::string_view says = "the agent refused: ";
  const auto detail = text_member(edge_outcome, "detail");
  if (!detail.starts_with(says)) return "";
  return detail.substr(says.size(), detail.find(';') - says.size());
}

int status_of(std::string_view reason) {
  const auto known = reason_named(reason);
  return known == reason::internal && reason != "internal" ? 0 : describe(known).http_status;
}

verdict refused(std::string_view what, const json& record) {
  const auto reason = text_member(record, "reason");
  const auto status = encoding::integer_member(record, "status");
  return {std::string(what), status ? static_cast<int>(*status) : status_of(reason), std::string(reason),
          std::string(text_member(record, "detail"))};
}

std::string milliseconds_of(const request_records& request) {
  for (const json* outcome : {&request.origin.outcome, &request.edge.outcome}) {
    for (const char* name : {"ms", "first_ms"}) {
      if (const auto time = encoding::integer_member(*outcome, name)) return std::to_string(*time) + " ms";
    }
  }
  return "-";
}

/// Only the edge sends a request on a second time.
std::string_view ends_of(const request_records& request) {
  if (request.edge.empty() && request.attempts.empty()) return "origin";
  return request.origin.empty() ? "edge" : "both";
}

std::string why_of(const request_records& request, const verdict& came) {
  const auto route = first_text({&request.edge.decision, &request.origin.decision}, "route");
  if (came.what == "deny" || came.what == "fail") return or_dash(came.reason);
  return route.empty() ? "-" : "route " + shown(route);
}

std::string_view paint_of(std::string_view what) {
  if (what == "allow") return green;
  return what == "run" ? plain : what == "deny" ? yellow : red;
}

std::string line_of_change(const json& record, const std::string& start, std::string_view what) {
  const auto from = text_member(record, "from");
  const auto subject = text_member(record, "subject");
  const auto reason = text_member(record, "reason");
  return joined({start + " " + padded(std::string(what), 5),
                 padded(or_dash(text_member(record, what == "job" ? "run" : "service")), 9),
                 (from.empty() ? "" : shown(from) + " -> ") + or_dash(text_member(record, "to")),
                 subject.empty() ? "" : "for " + shown(subject), shown(reason), shown(text_member(record, "detail"))});
}

}  // namespace

verdict verdict_of(const request_records& request) {
  for (const end_records* end : {&request.edge, &request.origin}) {
    if (text_member(end->decision, "decision") == "deny") return refused("deny", end->decision);
  }
  for (const end_records* end : {&request.edge, &request.origin}) {
    if (is_failed(end->outcome)) return refused("fail", end->outcome);
  }
  // The agent's own records say more, where they are at hand.
  if (const auto code = agent_refusal(request.edge.outcome); !code.empty()) {
    auto came = refused("fail", request.edge.outcome);
    came.reason = code;
    return came;
  }
  for (const end_records* end : {&request.edge, &request.origin}) {
    if (!end->outcome.is_null()) return refused("allow", end->outcome);
  }
  return {"run", 0, "ok", ""};
}

std::string line_of(const request_records& request, colour with) {
  const auto came = verdict_of(request);
  const auto& [edge, origin] = std::tie(request.edge, request.origin);
  const std::initializer_list<const json*> all = {&edge.decision, &origin.decision, &edge.outcome, &origin.outcome};
  const json* first = &edge.decision;
  for (const json* each : all) {
    if (first->is_null()) first = each;
  }
  const auto subject = first_text(all, "subject");
  const std::string who = edge.decision.is_null() && origin.decision.is_null() ? "-" : "nobody";
  const std::string tries = request.attempts.empty() ? "" : std::to_string(request.attempts.size() + 1) + " tries";
  return joined({time_of(*first) + " " + padded(std::string(ends_of(request)), 6) + " " +
                     painted(padded(came.what, 5), paint_of(came.what), with) + " " +
                     padded(came.status == 0 ? "-" : std::to_string(came.status), 3),
                 padded(subject.empty() ? who : shown(subject), 14),
                 or_dash(first_text(all, "method")) + " " + or_dash(first_text(all, "path")), why_of(request, came),
                 milliseconds_of(request), tries, shown(request.id),
                 came.detail.empty() ? "" : painted(shown(came.detail), dim, with)});
}

std::string line_of(const json& record, colour with) {
  const auto type = text_member(record, "type");
  const std::string start = time_of(record) + " " + padded(shown(text_member(record, "end")), 6);
  if (type == "wake" || type == "job") return line_of_change(record, start, type);
  const auto level = text_member(record, "level");
  std::string rest;
  for (const auto& [name, value] : record.items()) {
    if (name == "end" || name == "event" || name == "level" || name == "time" || name == "type" || name == "v")
      continue;
    const auto* text = value.get_ptr<const std::string*>();
    rest += (rest.empty() ? "" : "  ") + shown(name) + "=" + (text != nullptr ? shown(*text) : shown(value.dump()));
  }
  const auto paint = level == "error" ? red : level == "warning" ? yellow : plain;
  return joined({start + " " + painted(padded(level == "warning" ? "warn" : or_dash(level), 5), paint, with),
                 or_dash(text_member(record, "event")), rest.empty() ? "" : painted(rest, dim, with)});
}

std::string line_of_other(std::string_view line, colour with) {
  return painted(shown(line), dim, with);
}

json object_of(const request_records& request) {
  const auto came = verdict_of(request);
  json out{{"id", request.id}, {"verdict", came.what}, {"reason", came.reason}};
  if (came.status != 0) out["status"] = came.status;
  const auto put = [&](const char* name, const end_records& end) {
    if (!end.decision.is_null()) out[name]["decision"] = end.decision;
    if (!end.outcome.is_null()) out[name]["outcome"] = end.outcome;
  };
  put("edge", request.edge);
  put("origin", request.origin);
  if (!request.attempts.empty()) out["attempts"] = request.attempts;
  return out;
}

}  // namespace sallyport::agent::reader
