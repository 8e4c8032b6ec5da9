#include "agent/reader/feed.hpp"

#include <ostream>
#include <utility>

#include "encoding/json_members.hpp"
#include "encoding/visible.hpp"

namespace sallyport::agent::reader {

namespace {

bool is_of_request(const json& record) {
  const auto type = encoding::text_member(record, "type");
  const bool joined = type == "decision" || type == "outcome" || type == "attempt";
  return joined && !encoding::text_member(record, "id").empty();
}

std::string compact(const json& value) {
  return encoding::visible(encoding::canonical_json(value)) + "\n";
}

}  // namespace

feed::feed(feed_settings settings, std::ostream& out)
    : settings_(std::move(settings)),
      out_(out),
      requests_(
          settings_.joining, [this](const request_records& request) { print(request); },
          [this](const json& record) { print(record); }) {}

std::vector<json> feed::read(std::string_view line, finder& of_input) {
  auto records = of_input.records_in(line);
  if (records.empty() && settings_.all && !settings_.as_json && !line.empty()) {
    out_ << line_of_other(line, settings_.with) << "\n";
  }
  for (const auto& each : records) {
    if (encoding::string_member(each, "end") == "origin") requests_.heard_of_origin();
  }
  if (!settings_.id.empty()) std::erase_if(records, [this](const json& each) { return !is_asked_for(each); });
  return records;
}

bool feed::is_asked_for(const json& record) const {
  for (const char* name : {"id", "cause", "request_id"}) {
    if (encoding::string_member(record, name) == settings_.id) return true;
  }
  return false;
}

void feed::take(json record, std::int64_t now) {
  found_ = true;
  if (is_of_request(record)) return requests_.take(std::move(record), now);
  requests_.pass(std::move(record));
}

void feed::print(const request_records& request) {
  out_ << (settings_.as_json ? compact(object_of(request)) : line_of(request, settings_.with) + "\n");
}

void feed::print(const json& record) {
  out_ << (settings_.as_json ? compact(record) : line_of(record, settings_.with) + "\n");
}

}  // namespace sallyport::agent::reader
