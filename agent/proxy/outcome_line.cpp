#include "agent/proxy/outcome_line.hpp"

#include "audit/outcome.hpp"

namespace sallyport::agent::proxy {

namespace records = sallyport::audit;

namespace {

using steady = std::chrono::steady_clock;

std::uint64_t milliseconds_between(steady::time_point from, steady::time_point to) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

/// How a response ended that had begun.
records::ending ending_of(reason why) {
  if (why == reason::ok) return records::ending::complete;
  if (why == reason::shutting_down) return records::ending::cut_by_us;
  return describe(why).severity == severity::client ? records::ending::cut_by_caller : records::ending::cut_by_app;
}

}  // namespace

std::string outcome_line(const exchange_end& end, const carried_request& request, unix_milliseconds now) {
  records::outcome what;
  what.end = records::end::origin;
  what.time = now;
  what.why = end.why.why;
  what.detail = end.why.detail;
  what.id = request.id;
  what.service = request.service;
  what.status = end.status;
  if (end.answered) what.how = ending_of(end.why.why);
  what.reused = end.reused;
  what.attempts = end.attempts;
  what.in = request.in;
  what.out = end.out;
  if (end.head_at) what.first_ms = milliseconds_between(request.decided, *end.head_at);
  what.ms = milliseconds_between(request.decided, steady::now());
  return records::line(what);
}

}  // namespace sallyport::agent::proxy
