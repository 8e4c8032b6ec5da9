// Places walked at random against agents that restart, forget and lie, with what must hold at every step.
#include <doctest/doctest.h>

#include <random>
#include <set>
#include <vector>

#include "channel/place.hpp"

using namespace sallyport;
using channel::request_body;
using channel::signing;

namespace {

constexpr unix_milliseconds second = 1000;

struct agent {
  byte key = 0;
  std::set<std::string> held;
};

struct in_flight {
  signing how = signing::asymmetric;
  channel::sent_under under;
  channel::opened_ptr with;
  std::size_t to = 0;
};

class walk {
 public:
  /// `share_key`: until one of them restarts.
  walk(std::uint32_t seed, std::size_t agents, bool share_key) : random_(seed), agents_(agents) {
    for (auto& each : agents_) each.key = share_key && keys_ > 0 ? keys_ : ++keys_;
  }

  void step() {
    switch (below(12)) {
      case 0: now_ += static_cast<unix_milliseconds>(below(90)) * second; break;
      case 1: now_ += static_cast<unix_milliseconds>(below(3000)); break;
      case 2: restart(); break;
      case 3: one_of(agents_).held.clear(); break;
      case 4:
      case 5:
      case 6:
      case 7: send(); break;
      default: receive();
    }
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  agent& one_of(std::vector<agent>& all) { return all[below(all.size())]; }

  void restart() {
    if (below(10) != 0) return;
    auto& which = one_of(agents_);
    which.key = ++keys_;
    which.held.clear();
  }

  void send() {
    const auto body = static_cast<request_body>(below(4));
    const bool small = body == request_body::none || body == request_body::small;
    auto plan = place_.next(now_, body);
    hear_of_pause();
    const bool probe = plan.how == signing::probe || plan.how == signing::open;
    if (plan.how == signing::open && !open(plan)) return;
    if (plan.how != signing::asymmetric) {
      REQUIRE(body != request_body::streams);
      REQUIRE(to_seconds(now_) < plan.with->expires - 90);
    }
    if (probe && !confirmed_.contains(plan.with->keyid)) {
      REQUIRE(small);
      hold_one_probe(plan.with->keyid);
    }
    if (plan.how == signing::mac) REQUIRE(confirmed_.contains(plan.with->keyid));
    in_flight made{plan.how, {}, plan.with, below(agents_.size())};
    if (plan.with != nullptr) made.under = place_.sending(plan.with, probe);
    flying_.push_back(std::move(made));
  }

  bool open(channel::signing_plan& plan) {
    REQUIRE(offered_.contains(plan.agent.back()));
    REQUIRE(now_ >= paused_until_);
    if (opened_at_) REQUIRE(now_ - *opened_at_ >= 10 * second);
    opened_at_ = now_;
    if (below(10) == 0) {
      place_.not_opened(now_);
      return false;
    }
    auto made = std::make_shared<channel::opened>();
    made->keyid = "ch1." + std::to_string(++channels_);
    made->agent = plan.agent;
    made->issued_at = to_seconds(now_);
    made->expires = to_seconds(now_) + 600;
    plan.with = std::move(made);
    place_.open(plan.with, now_);
    return true;
  }

  /// A probe is on its way for 10 s at most, and no other one meanwhile.
  void hold_one_probe(const std::string& keyid) {
    if (probed_ == keyid && probe_waits_) REQUIRE(now_ - probed_at_ >= 10 * second);
    probed_ = keyid;
    probed_at_ = now_;
    probe_waits_ = true;
  }

  void receive() {
    if (flying_.empty()) return;
    const auto at = flying_.begin() + static_cast<std::ptrdiff_t>(below(flying_.size()));
    const in_flight request = *at;
    flying_.erase(at);
    if (request.under.probe && request.under.keyid == probed_) probe_waits_ = false;
    if (below(20) == 0) {
      place_.unanswered(request.under, now_);
      return hear_of_pause();
    }
    const auto what = say(request);
    const bool again = place_.answered(request.under, what, now_);
    REQUIRE(again == (what.unknown && !request.under.keyid.empty()));
    if (what.offer) offered_.insert(what.offer->back());
    if (what.confirmed) confirmed_.insert(request.under.keyid);
    hear_of_pause();
  }

  void hear_of_pause() {
    const auto pause = place_.take_pause();
    if (pause == 0) return;
    REQUIRE(pause >= 60 * second);
    REQUIRE(pause <= 600 * second);
    paused_until_ = now_ + pause;
    offered_.clear();
  }

  channel::heard say(const in_flight& request) {
    auto& to = agents_[request.to];
    crypto::p256_point own{};
    own.front() = 0x04;
    own.back() = to.key;
    // Whoever stands between may say what he likes, but for a confirm.
    if (below(30) == 0) return {below(2) == 0, own, false};
    if (request.with == nullptr) return {false, own, false};
    if (to.held.contains(request.with->keyid)) return {false, std::nullopt, request.under.probe};
    if (!request.under.probe || request.with->agent.back() != to.key) return {true, own, false};
    to.held.insert(request.with->keyid);
    return {false, std::nullopt, true};
  }

  std::mt19937 random_;
  std::vector<agent> agents_;
  channel::place place_;
  unix_milliseconds now_ = 1'760'000'000 * second;
  unix_milliseconds paused_until_ = 0, probed_at_ = 0;
  std::optional<unix_milliseconds> opened_at_;
  std::vector<in_flight> flying_;
  std::set<byte> offered_;
  std::set<std::string> confirmed_;
  std::string probed_;
  bool probe_waits_ = false;
  byte keys_ = 0;
  int channels_ = 0;
};

}  // namespace

TEST_CASE("a place that is walked at random keeps its rules") {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    walk one(seed, 1 + seed % 3, seed % 2 == 0);
    for (int i = 0; i < 2000; ++i) one.step();
  }
}
