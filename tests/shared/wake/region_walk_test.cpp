// Random walks of a Region keep its invariants; what it stores is read as it was written, and nothing else is.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/shared/wake/region.hpp"
#include "wake/region/json.hpp"

using namespace sallyport;
using namespace sallyport::region;
using encoding::json;
using sallyport::testing::region_walk;

namespace {

class crowd {
 public:
  explicit crowd(std::uint32_t seed) : random_(seed) {
    w_.settings.waiting_most = 200;
    w_.settings.look.watches_most = 50;
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      w_.then(any_event(), below(4) == 0 ? below(20'000) : below(200));
      check();
      if (below(200) == 0) begin_anew();
    }
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  std::string any_place() { return "p" + std::to_string(below(300)); }

  event any_event() {
    switch (below(9)) {
      case 0: return alarm_rang{};
      case 1: return report{any_grant(), static_cast<outcome>(below(5))};
      case 2:
        return watch{any_place(), "c" + std::to_string(below(3)), "s" + std::to_string(below(60)), any_tasks(),
                     static_cast<watch_kind>(below(4))};
      case 3: return any_answer();
      case 4: return present{any_place(), "pol" + std::to_string(below(3)), below(2) == 0};
      case 5: return remove_place{any_place(), "pol" + std::to_string(below(3))};
      default:
        return admit{any_place(),
                     std::to_string(below(3)),
                     below(3) == 0 ? "team" : "",
                     static_cast<operation>(below(4)),
                     below(5),
                     static_cast<urgency>(below(5)),
                     below(4) == 0 ? below(8'000'000) : 0};
    }
  }

  std::vector<std::string> any_tasks() {
    std::vector<std::string> out;
    for (auto n = below(4); n > 0; --n) out.push_back("t" + std::to_string(below(100)));
    return out;
  }

  std::string any_grant() {
    if (grants_.empty() || below(10) == 0) return "unheard of";
    return grants_[below(static_cast<std::uint32_t>(grants_.size()))];
  }

  event any_answer() {
    look_answer out;
    out.id = below(400);
    if (below(3) == 0) out.refused = static_cast<look_refusal>(below(4));
    for (auto n = below(5); n > 0; --n) {
      aws::task one;
      one.arn = "t" + std::to_string(below(100));
      one.status = static_cast<aws::task_status>(below(7));
      out.tasks.push_back({"s" + std::to_string(below(60)), one});
      out.services.push_back({"s" + std::to_string(below(60)), {}});
      out.listed.push_back("t" + std::to_string(below(100)));
    }
    if (below(4) == 0) out.next_page = "more";
    return out;
  }

  void check() {
    const auto most = allowances_of(w_.settings);
    for (std::size_t i = 0; i < bucket_count; ++i) {
      const auto& one = w_.state.buckets[i];
      CHECK(one.tokens >= 0);
      CHECK(one.tokens <= most[i].burst);
      CHECK(one.promised >= 0);
      CHECK((one.tokens == 0 || one.promised == 0));
      CHECK(one.rate >= most[i].rate / 10);
      CHECK(one.rate <= most[i].rate);
    }
    std::size_t waiting = 0;
    for (const auto& each : w_.state.lines) waiting += each.size();
    CHECK(waiting <= w_.settings.waiting_most);
    CHECK(w_.state.looks.size() <= w_.settings.look.watches_most);
    CHECK(w_.state.looks.under_way() <= w_.settings.look.under_way_most);
    CHECK((waiting == 0 || (w_.effects.alarm > w_.now && w_.effects.alarm <= w_.now + 5'000)));
    check_answer();
    for (const auto& each : w_.effects.calls) {
      CHECK((each.kind == look_kind::list_cluster || !each.names.empty()));
      CHECK(each.names.size() <= (each.kind == look_kind::services ? 10U : 100U));
    }
  }

  void check_answer() {
    if (const auto* told = w_.is_queued()) {
      CHECK(told->ask_ms >= w_.settings.ask_least);
      CHECK(told->ask_ms <= w_.settings.ask_most);
      CHECK(told->eta_ms > w_.settings.go_within);
    }
    if (const auto* at = w_.is_go()) {
      CHECK(at->in_ms >= 0);
      CHECK(at->in_ms <= w_.settings.go_within);
      grants_.push_back(at->grant);
    }
  }

  void begin_anew() {
    const auto stored = stored_of(w_.state);
    w_.state = region_from(stored, w_.now, w_.settings);
    for (const auto& each : w_.state.buckets) CHECK(each.tokens == 0);
    CHECK(stored_of(w_.state) == stored);
  }

  std::mt19937 random_;
  region_walk w_;
  std::vector<std::string> grants_;
};

}  // namespace

TEST_CASE("random walks of a Region keep its invariants") {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    crowd(seed).run(600);
  }
}

TEST_CASE("grants never exceed burst and rate, whoever asks") {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    std::mt19937 random(seed);
    region_walk w;
    w.filled();
    const auto begun = w.now;
    std::vector<unix_milliseconds> sent;
    for (int i = 0; i < 3'000; ++i) {
      w.now += static_cast<unix_milliseconds>(random() % 200);
      if (w.start("p" + std::to_string(random() % 900), "", std::to_string(random() % 5)) == nullptr) continue;
      const auto at = w.now + w.is_go()->in_ms - begun;
      if (std::find(sent.begin(), sent.end(), at) == sent.end() || w.is_go()->in_ms == 0) sent.push_back(at);
    }
    std::sort(sent.begin(), sent.end());
    for (std::size_t i = 0; i < sent.size(); ++i) CHECK(static_cast<std::int64_t>(i) <= 40 + (sent[i] * 4) / 1'000 + 1);
  }
}

TEST_CASE("what cannot be read is as if nothing were stored") {
  const region_settings settings;
  const auto fresh = stored_of(begin_region(1'000, settings));
  for (const char* text : {"null", "[]", "{}", R"({"version":2,"rates":{"run_stop":{"rate":1}}})",
                           R"({"version":1,"rates":[],"ours":{},"policies":3})",
                           R"({"version":1,"rates":{"run_stop":{"rate":"fast"}},"ours":[{"place":7}]})"}) {
    CAPTURE(text);
    CHECK(stored_of(region_from(*encoding::parse_json(text), 1'000, settings)) == fresh);
  }
}

TEST_CASE("a stored rate counts as far as the share goes, and never below a tenth of it") {
  const region_settings settings;
  const auto rate = [&](std::int64_t stored) {
    const json from = {{"version", 1}, {"rates", {{"update_service", {{"rate", stored}}}}}};
    return region_from(from, 1'000, settings).buckets[0].rate;
  };
  CHECK(rate(2'000) == 2'000);
  CHECK(rate(1'000'000) == 4'000);
  CHECK(rate(-5) == 400);
}
