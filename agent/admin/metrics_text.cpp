#include <algorithm>
#include <cstdlib>

#include "agent/admin/exposition.hpp"
#include "agent/admin/state.hpp"
#include "agent/version.hpp"

namespace sallyport::agent::admin {

namespace {

using metrics::thread_metrics;
using threads = std::vector<const thread_metrics*>;

template <class Read>
std::uint64_t sum(const threads& all, Read read) {
  std::uint64_t total = 0;
  for (const thread_metrics* each : all) total += read(*each);
  return total;
}

std::uint64_t sum(const threads& all, metrics::counter thread_metrics::*which) {
  return sum(all, [&](const thread_metrics& each) { return (each.*which).value(); });
}

void write_reasons(exposition& to, const threads& all, metrics::reason_counters thread_metrics::*which) {
  for (const reason_row& row : all_reasons()) {
    const auto count = sum(all, [&](const thread_metrics& each) { return (each.*which).value(row.code); });
    if (count == 0 && row.code != reason::ok) continue;
    to.sample(count, {{"reason", row.name}, {"severity", name_of(row.severity)}});
  }
}

void write_channels(exposition& to, const threads& all, const trust::channel_stripes& held) {
  to.family("sallyport_channel_requests_total", "counter", "Requests signed under a channel that is held.");
  to.sample(sum(all, &thread_metrics::channel_requests));
  to.family("sallyport_channel_unknown_total", "counter",
            "Requests under a channel that the edge was asked to sign with its key, by reason.");
  for (const reason_row& row : all_reasons()) {
    const auto count = sum(all, [&](const thread_metrics& each) { return each.channel_unknown.value(row.code); });
    if (count > 0 || row.code == reason::channel_unknown) to.sample(count, {{"reason", row.name}});
  }
  to.family("sallyport_channel_grants_verified_total", "counter", "Grants whose signature was verified.");
  to.sample(sum(all, &thread_metrics::channel_grants_verified));
  to.family("sallyport_channel_grants", "gauge", "Channels that are held.").sample(std::uint64_t{held.size()});
  to.family("sallyport_channel_evicted_total", "counter", "Channels forgotten to make room for others.");
  to.sample(held.evicted());
}

void write_histogram(exposition& to, const threads& all, metrics::histogram thread_metrics::*which) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at <= metrics::histogram::bounds_us.size(); ++at) {
    count += sum(all, [&](const thread_metrics& each) { return (each.*which).bucket(at); });
    const bool last = at == metrics::histogram::bounds_us.size();
    const std::string bound = last ? "+Inf" : seconds_text(metrics::histogram::bounds_us[at] * 1000);
    to.sample(count, {{"le", bound}}, "_bucket");
  }
  const auto total = sum(all, [&](const thread_metrics& each) { return (each.*which).sum_ns(); });
  to.sample(seconds_text(total), {}, "_sum").sample(count, {}, "_count");
}

void write_requests(exposition& to, const threads& all) {
  to.family("sallyport_decisions_total", "counter", "Requests decided, by reason; ok: allowed.");
  write_reasons(to, all, &thread_metrics::decisions);
  to.family("sallyport_failures_total", "counter", "Requests that failed after they were allowed, by reason.");
  write_reasons(to, all, &thread_metrics::failures);
  to.family("sallyport_probes_total", "counter", "Times that the edge asked for the agent's status, by reason.");
  write_reasons(to, all, &thread_metrics::probes);
  to.family("sallyport_request_seconds", "histogram", "From the head of a request to the end of its answer.");
  write_histogram(to, all, &thread_metrics::request_time);
  to.family("sallyport_decision_seconds", "histogram", "Verification and policy, of requests whose body is not held.");
  write_histogram(to, all, &thread_metrics::decision_time);
}

void write_connections(exposition& to, const threads& all) {
  const auto counter = [&](std::string_view name, std::string_view help, metrics::counter thread_metrics::*which) {
    to.family(name, "counter", help).sample(sum(all, which));
  };
  const auto gauge = [&](std::string_view name, std::string_view help, metrics::counter thread_metrics::*which) {
    to.family(name, "gauge", help).sample(sum(all, which));
  };
  gauge("sallyport_connections", "Connections of callers.", &thread_metrics::connections_open);
  counter("sallyport_connections_total", "Connections accepted.", &thread_metrics::connections_accepted);
  counter("sallyport_connections_refused_total", "Connections over the limit.", &thread_metrics::connections_refused);
  gauge("sallyport_upstream_connections", "Connections to the app.", &thread_metrics::upstream_open);
  counter("sallyport_upstream_connects_total", "Connections made to the app.", &thread_metrics::upstream_connects);
  counter("sallyport_upstream_reuses_total", "Requests on a pooled connection.", &thread_metrics::upstream_reuses);
  counter("sallyport_upstream_retries_total", "Requests repeated because a pooled connection had been closed.",
          &thread_metrics::upstream_retries);
  counter("sallyport_upstream_unasked_total", "Connections given up because the app sent what no request asked for.",
          &thread_metrics::upstream_unasked);
  counter("sallyport_received_bytes_total", "Bytes from callers.", &thread_metrics::bytes_from_callers);
  counter("sallyport_sent_bytes_total", "Bytes to callers.", &thread_metrics::bytes_to_callers);
}

void write_clock(exposition& to, const threads& all) {
  std::int64_t last = 0;
  std::int64_t worst = 0;
  for (const thread_metrics* each : all) {
    if (const auto seen = each->clock_last.load(std::memory_order_relaxed); seen != 0) last = seen;
    const auto seen = each->clock_worst.load(std::memory_order_relaxed);
    if (std::abs(seen) > std::abs(worst)) worst = seen;
  }
  to.family("sallyport_clock_difference_seconds", "gauge", "This clock minus the edge's, as last measured.");
  to.sample(last);
  to.family("sallyport_clock_difference_worst_seconds", "gauge", "The furthest from zero since the start.");
  to.sample(worst);
}

void write_trust(exposition& to, const state& of) {
  const gate::key_set_health keys = of.keeper.health();
  to.family("sallyport_ready", "gauge", "1: requests are served.");
  to.sample(std::uint64_t{readiness(of).why == reason::ok});
  to.family("sallyport_edge_keys", "gauge", "Public keys of the edge that are held.").sample(std::uint64_t{keys.keys});
  to.family("sallyport_edge_keys_age_seconds", "gauge", "Since they were fetched; -1: never.").sample(keys.age);
  to.family("sallyport_edge_keys_failures", "gauge", "Fetches that failed in a row.").sample(keys.failures_in_a_row);
  to.family("sallyport_replay_entries", "gauge", "Nonces remembered.").sample(std::uint64_t{of.replays.size()});
  to.family("sallyport_replay_capacity", "gauge", "Nonces that can be remembered.");
  to.sample(std::uint64_t{of.replays.capacity()});
  to.family("sallyport_signed_body_bytes", "gauge", "Memory taken by signed bodies.").sample(of.server.held_bytes());
  to.family("sallyport_audit_waiting_bytes", "gauge", "Audit lines that are not written yet.");
  to.sample(std::uint64_t{of.audit.waiting_bytes()});
  to.family("sallyport_policy_info", "gauge", "The policy in force.");
  to.sample(std::uint64_t{1}, {{"digest", of.keeper.snapshot()->policy->digest}});
  to.family("sallyport_reloads_total", "counter", "Times that the files were read again.");
  to.sample(of.reloads.load(), {{"outcome", "ok"}}).sample(of.failed_reloads.load(), {{"outcome", "failed"}});
  const auto refused = of.refused_reload.load();
  to.family("sallyport_last_reload_successful", "gauge", "0: the files do not load; what was read before is in force.");
  to.sample(std::uint64_t{refused == nullptr || refused->empty()});
  to.family("sallyport_build_info", "gauge", "This program.").sample(std::uint64_t{1}, {{"version", version}});
}

}  // namespace

failure readiness(const state& of) {
  if (of.stopping.load()) return {reason::shutting_down, "the agent is stopping"};
  if (!of.audit.takes_lines()) return {reason::audit_blocked, "audit lines are not being read"};
  return of.keeper.readiness();
}

std::string metrics_text(const state& of) {
  exposition text;
  const threads all = of.server.counts();
  write_requests(text, all);
  write_connections(text, all);
  write_channels(text, all, of.channels);
  write_clock(text, all);
  write_trust(text, of);
  return text.text();
}

}  // namespace sallyport::agent::admin
