// What the gate costs for one GET: CPU time a request, edge and origin, for each algorithm of the request signature.
// Everything is warm, as for a caller who comes again: tokens, assertions and keys are known.
//
//   cmake --preset release && ninja -C build/release bench_gate && build/release/bench_gate [SECONDS]
#include <cstdio>
#include <cstdlib>
#include <ctime>

// One translation unit with the world of the tests: there is one set of keys, policies and requests for both.
#include "tests/shared/gate/world.cpp"

namespace {

using namespace sallyport;
using namespace sallyport::testing;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Microseconds of CPU that one call takes, the best of five rounds.
template <class Call>
double measure(double round_seconds, Call call) {
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    std::size_t calls = 0;
    const double begin = cpu_seconds();
    double end = begin;
    while (end - begin < round_seconds) {
      for (int i = 0; i < 64; ++i) call();
      calls += 64;
      end = cpu_seconds();
    }
    best = std::min(best, (end - begin) * 1e6 / static_cast<double>(calls));
  }
  return best;
}

client_request browser_request(const std::string& host_name) {
  client_request request;
  request.host = host_name;
  request.target = "/api/v1/reports/2026?month=7&view=table";
  request.fields = {
      {"user-agent",
       "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"},
      {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
      {"accept-language", "en-US,en;q=0.5"},
      {"accept-encoding", "gzip, deflate, br"},
      {"cache-control", "no-cache"},
      {"cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"},
      {"sec-fetch-mode", "navigate"},
      {"sec-fetch-site", "none"},
      {"cf-ray", "8f0e4b2c1d3a5f67-FRA"},
  };
  return request.bearer(alice_token());
}

/// Lets every request in: the set is measured beside, since one message is admitted once.
class open_door final : public gate::replay_guard {
 public:
  reason admit(const gate::replay_key&, unix_seconds, unix_seconds) override { return reason::ok; }
};

void ensure_ok(bool holds, std::string_view what) {
  ensure(holds, what);
}

double measure_primitive(double seconds, const jose::signing_key& key, std::string_view text) {
  const auto made = host().sign(key.algorithm, *key.key, as_bytes(text));
  ensure_ok(made.ok(), "sign");
  return measure(seconds, [&] {
    ensure_ok(host().verify(key.algorithm, *key.verification.key, as_bytes(text), *made), "verify");
  });
}

void report_origin(double seconds, const std::string& service, const jose::signing_key& key) {
  world edge;
  agent at(service);
  open_door door;
  const std::string message = edge.wire(browser_request(service + ".test"));
  const double parse = measure(seconds, [&] { ensure_ok(http::parse_request_head(message).ok(), "parse"); });
  const double whole = measure(seconds, [&] {
    auto head = http::parse_request_head(message);
    auto step = at.origin.open(std::move(*head), start);
    auto* request = std::get_if<gate::opened>(&step);
    ensure_ok(request != nullptr, "open");
    const auto last = at.origin.admit(std::move(*request), door, start);
    ensure_ok(std::get_if<gate::admitted>(&last) != nullptr, "admit");
  });
  const double primitive = measure_primitive(seconds, key, std::string(1300, 'x'));
  std::printf("origin %-4s parse %5.2f  open+admit %6.2f  of it the signature %6.2f  ours %5.2f us\n", service.c_str(),
              parse, whole - parse, primitive, whole - parse - primitive);
}

void report_edge(double seconds, const std::string& service) {
  world edge;
  const auto request = browser_request(service + ".test");
  ensure_ok(reason_of(edge.through(request)) == reason::ok, "forward");
  std::vector<http::field> fields;
  for (const auto& [name, value] : request.fields) fields.push_back({name, value});
  gate::edge_request view;
  view.method = request.method;
  view.scheme = request.scheme;
  view.host = request.host;
  view.target = request.target;
  view.fields = fields;
  view.ip = request.ip;
  view.country = request.country;
  view.asn = request.asn;
  const bytes random = entropy(1);
  const double cost = measure(seconds, [&] {
    auto outcome = edge.edge->handle(view, start, random);
    sign_forward(*edge.edge, outcome, start, random);
    ensure_ok(std::get_if<gate::forward>(&outcome.what) != nullptr, "forward");
  });
  std::printf("edge   %-4s handle %6.2f us\n", service.c_str(), cost);
}

void report_replay_set(double seconds) {
  gate::replay_set seen({std::size_t{1} << 22, 16});
  std::uint64_t counter = 0;
  unix_seconds now = start_s;
  const double cost = measure(seconds, [&] {
    ++counter;
    if (counter % 20'000 == 0) ++now;
    const gate::replay_key key{counter * 0x9E3779B97F4A7C15U, ~counter * 0xC2B2AE3D27D4EB4FU};
    ensure_ok(seen.admit(key, now + 35, now) == reason::ok, "admit");
  });
  std::printf("replay set: %.3f us a nonce at 20,000 requests a second, %zu held\n", cost, seen.size());
}

}  // namespace

int main(int count, char** arguments) {
  const double seconds = count > 1 ? std::atof(arguments[1]) : 0.2;
  report_origin(seconds, "mac", keys().secret);
  report_origin(seconds, "es", keys().edge[0]);
  report_origin(seconds, "ed", keys().edge[1]);
  for (const char* service : {"mac", "es", "ed"}) report_edge(seconds, service);
  report_replay_set(seconds);
}
