#include "channel/place.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::channel {
namespace {

constexpr unix_milliseconds second = 1000;
constexpr unix_milliseconds frequent_within = 60 * second;
constexpr unix_milliseconds between_openings = 10 * second;
constexpr unix_milliseconds probe_patience = 10 * second;
constexpr unix_milliseconds refused_within = 60 * second;
constexpr unix_milliseconds first_pause = 60 * second;
constexpr unix_milliseconds longest_pause = 600 * second;
constexpr seconds succeeded_after = 360;
constexpr seconds unused_before_end = 90;
constexpr int most_refused = 4;
constexpr int grants_after_refusal = 32;
constexpr int most_missed = 3;
constexpr int most_lost = 3;
constexpr int answers_that_clear = 100;

bool is_small(request_body body) {
  return body == request_body::none || body == request_body::small;
}

}  // namespace

signing_plan place::next(unix_milliseconds now, request_body body) {
  settle(now);
  std::rotate(requests_.begin(), requests_.begin() + 1, requests_.end());
  requests_.back() = now;
  if (body == request_body::streams) return {};
  const bool small = is_small(body);
  if (!current_) {
    if (offer_ && small && is_frequent(now) && may_open(now)) return {signing::open, nullptr, *offer_};
    return {};
  }
  if (current_->confirmed && small) {
    if (successor_) {
      auto probed = through(successor_, small, now);
      if (probed.how != signing::asymmetric) return probed;
    } else if (to_seconds(now) >= current_->with->issued_at + succeeded_after && may_open(now)) {
      return {signing::open, nullptr, current_->with->agent};
    }
  }
  return through(current_, small, now);
}

signing_plan place::through(std::optional<link>& which, bool small, unix_milliseconds now) {
  if (which->confirmed) {
    if (which->grants_due == 0) return {signing::mac, which->with, {}};
    --which->grants_due;
    return {signing::probe, which->with, {}};
  }
  if (!small || which->probed_at != 0) return {};
  which->probed_at = now;
  return {signing::probe, which->with, {}};
}

void place::open(opened_ptr made, unix_milliseconds now) {
  opened_at_ = now;
  auto& to = current_ ? successor_ : current_;
  to = link{std::move(made), false, 0, 0, now, 0, 0, 0};
  if (&to == &current_) offer_.reset();
}

void place::not_opened(unix_milliseconds now) {
  opened_at_ = now;
  offer_.reset();
}

sent_under place::sending(const opened_ptr& with, bool probe) const {
  const auto& which = successor_ && successor_->with == with ? successor_ : current_;
  return {with->keyid, which ? which->round : 0, probe};
}

/// What time alone changes.
void place::settle(unix_milliseconds now) {
  for (auto* which : {&current_, &successor_}) {
    if (!*which) continue;
    link& here = **which;
    if (to_seconds(now) >= here.with->expires - unused_before_end) {
      which->reset();
    } else if (!here.confirmed && here.probed_at != 0 && now - here.probed_at >= probe_patience) {
      miss(*which, now);
    }
  }
  if (!current_ && successor_) current_ = std::exchange(successor_, std::nullopt);
}

bool place::is_frequent(unix_milliseconds now) const {
  return requests_.front() != 0 && now - requests_.front() <= frequent_within;
}

bool place::may_open(unix_milliseconds now) const {
  return now >= paused_until_ && (!opened_at_ || now - *opened_at_ >= between_openings);
}

std::optional<place::link>* place::find(std::string_view keyid) {
  for (auto* which : {&current_, &successor_}) {
    if (*which && (*which)->with->keyid == keyid) return which;
  }
  return nullptr;
}

result<bytes> place::confirmation_of(const sent_under& request, crypto::port& host, std::string_view nonce) const {
  for (const auto* which : {&current_, &successor_}) {
    if (*which && (*which)->with->keyid == request.keyid) {
      return confirmation(host, (*which)->with->secrets.confirmations, nonce);
    }
  }
  return reason::channel_unknown;
}

bool place::answered(const sent_under& request, const heard& what, unix_milliseconds now) {
  if (request.keyid.empty()) {
    if (!current_) take_offer(what.offer, now);
    return false;
  }
  auto* which = find(request.keyid);
  if (what.unknown) {
    if (which != nullptr) refused(*which, request, what, now);
    return true;
  }
  if (which == nullptr) return false;
  if (!request.probe) {
    if (++answered_since_ >= answers_that_clear) lost_in_a_row_ = 0, pause_ms_ = 0;
    return false;
  }
  if ((*which)->round != request.round || (*which)->confirmed) return false;
  if (!what.confirmed) {
    miss(*which, now);
    return false;
  }
  (*which)->confirmed = true;
  (*which)->probed_at = 0;
  (*which)->missed = 0;
  if (which == &successor_) current_ = std::exchange(successor_, std::nullopt);
  return false;
}

/// Counts, too.
bool place::is_refused_too_often(link& here, unix_milliseconds now) {
  if (here.refused == 0 || now - here.refused_since >= refused_within) {
    here.refused_since = now;
    here.refused = 0;
  }
  return ++here.refused > most_refused;
}

void place::refused(std::optional<link>& which, const sent_under& request, const heard& what, unix_milliseconds now) {
  link& here = *which;
  if (here.round != request.round) return;
  const bool own = what.offer && *what.offer == here.with->agent;
  if (!own || (here.confirmed && is_refused_too_often(here, now))) {
    lose(which, now);
  } else if (here.confirmed) {
    here.grants_due = grants_after_refusal;
    ++here.round;
  } else {
    miss(which, now);
  }
  if (!current_) take_offer(what.offer, now);
}

void place::unanswered(const sent_under& request, unix_milliseconds now) {
  auto* which = request.probe ? find(request.keyid) : nullptr;
  if (which != nullptr && !(*which)->confirmed && (*which)->round == request.round) miss(*which, now);
}

unix_milliseconds place::take_pause() {
  return std::exchange(untold_pause_ms_, 0);
}

/// A probe that came to nothing.
void place::miss(std::optional<link>& which, unix_milliseconds now) {
  which->probed_at = 0;
  ++which->round;
  if (++which->missed >= most_missed) lose(which, now);
}

void place::lose(std::optional<link>& which, unix_milliseconds now) {
  which.reset();
  if (!current_ && successor_) current_ = std::exchange(successor_, std::nullopt);
  answered_since_ = 0;
  if (++lost_in_a_row_ < most_lost) return;
  pause_ms_ = pause_ms_ == 0 ? first_pause : std::min(2 * pause_ms_, longest_pause);
  paused_until_ = now + pause_ms_;
  untold_pause_ms_ = pause_ms_;
  offer_.reset();
}

void place::take_offer(const std::optional<crypto::p256_point>& offer, unix_milliseconds now) {
  if (offer && now >= paused_until_) offer_ = offer;
}

place::phase place::now_in() const {
  if (current_) return current_->confirmed ? phase::confirmed : phase::probing;
  return offer_ ? phase::offered : phase::none;
}

std::string_view name_of(place::phase what) {
  constexpr std::string_view names[] = {"none", "offered", "probing", "confirmed"};
  return names[static_cast<std::size_t>(what)];
}

std::string_view name_of(signing how) {
  constexpr std::string_view names[] = {"asymmetric", "mac", "probe", "open"};
  return names[static_cast<std::size_t>(how)];
}

}  // namespace sallyport::channel
