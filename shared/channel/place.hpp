// What one isolate of the edge knows of one place: a task (ARN and address) with direct reach, else a service. A pure state
// machine: its clock, its requests and what is heard of them come from outside.
//
// | state | event | then |
// | --- | --- | --- |
// | none | an offer in the response to a request that was signed asymmetrically; not paused | offered |
// | offered | the 4th request within 60 s, none opened in the last 10 s, body none or small | probing; this request is the probe |
// | offered | the same, and no channel can be made: the offer is no point of the curve | none, no other for 10 s |
// | probing | the head of the probe's response has the right confirm | confirmed |
// | probing | a head without it, none for 10 s, or no response | the next small request probes with the same grant; after 3: lost |
// | confirmed | a request whose body is none or held | MAC, no grant; one whose body streams is signed asymmetrically |
// | confirmed | `unknown` beside the channel's own key | the next 32 requests bring the grant along; the 5th time in 60 s: lost |
// | probing, confirmed | `unknown` otherwise | lost; the key beside it is the new offer |
// | confirmed | 360 s after the grant was made | a successor to the same key is opened and probed while this one goes on |
// | any | 90 s before the grant expires | none: a signature lives for 30 s, and clocks may be 60 s apart |
// | lost | three in a row, no 100 responses under a confirmed one between | paused for 1 min, doubling to 10 |
//
// Rules
// * A response counts for the channel, and the state of it, that its request was sent under: of 100 that are refused at
//   once the first loses the channel, and the others lose nothing.
// * While a channel is probed or confirmed, offers in other responses are ignored.
// * Nobody signs `unknown`: what it costs is bounded by the pause and by 4 a minute, and the request is sent once more
//   whatever the state is.
// * Tasks at one address that have one key (channel.secret) do not know of each other's channels. Who refuses beside that
//   key would take the grant, and so would all: requests bring it along until chance has brought it to each of them. In
//   state probing such a refusal is a head without confirm.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "channel/keys.hpp"
#include "core/time.hpp"

namespace sallyport::channel {

/// A channel as the edge has it: its grant is signed and its keys are derived.
struct opened {
  std::string keyid;
  std::string grant;
  keys secrets;
  /// secrets.requests, imported.
  crypto::key_ptr mac;
  crypto::p256_point agent{};
  unix_seconds issued_at = 0;
  unix_seconds expires = 0;
};
using opened_ptr = std::shared_ptr<const opened>;

/// What a request brings, as far as it decides whether it could be sent a second time.
enum class request_body : std::uint8_t {
  none,
  /// Held, at most max_probe_body_bytes.
  small,
  held,
  streams,
};
inline constexpr std::size_t max_probe_body_bytes = std::size_t{16} << 10;

/// How a request is signed.
enum class signing : std::uint8_t {
  /// With the published key.
  asymmetric,
  /// With the channel's MAC.
  mac,
  /// The same, and the grant goes with it.
  probe,
  /// As `probe` with a new channel: make one to `agent` and say `open`, or sign asymmetrically and say `not_opened`.
  open,
};

struct signing_plan {
  signing how = signing::asymmetric;
  opened_ptr with;
  crypto::p256_point agent{};
};

/// What a request was sent under.
struct sent_under {
  /// Empty: it was signed asymmetrically.
  std::string keyid;
  /// Of the channel's state: it changes with each refusal.
  std::uint32_t round = 0;
  bool probe = false;
};

/// What the head of a response says.
struct heard {
  bool unknown = false;
  std::optional<crypto::p256_point> offer;
  /// The confirm is that of this request.
  bool confirmed = false;
};

class place {
 public:
  enum class phase : std::uint8_t { none, offered, probing, confirmed };

  signing_plan next(unix_milliseconds now, request_body body);
  /// After a plan to open one: the request that it was made for goes out as its probe.
  void open(opened_ptr made, unix_milliseconds now);
  /// The same, and none could be made. Whoever writes offers must not make the edge try with each request.
  void not_opened(unix_milliseconds now);
  /// What a request goes out under that `next` and `open` have planned: to be given back with its response.
  sent_under sending(const opened_ptr& with, bool probe) const;

  /// The right confirm of a probe (channel/keys.hpp). Reasons: channel_unknown (it is not probed any more), crypto_failed.
  result<bytes> confirmation_of(const sent_under& request, crypto::port& host, std::string_view nonce) const;
  /// Whether the request is to be sent once more, signed asymmetrically.
  bool answered(const sent_under& request, const heard& what, unix_milliseconds now);
  /// There was no response.
  void unanswered(const sent_under& request, unix_milliseconds now);
  /// For how long channels to this place have been paused since this was asked last; 0: they were not.
  unix_milliseconds take_pause();

  phase now_in() const;
  bool has_successor() const { return successor_.has_value(); }

 private:
  struct link {
    opened_ptr with;
    bool confirmed = false;
    std::uint32_t round = 0;
    int missed = 0;
    /// When the probe went out that is waited for; 0: none is.
    unix_milliseconds probed_at = 0;
    /// Refusals beside the channel's own key, since then.
    int refused = 0;
    unix_milliseconds refused_since = 0;
    /// How many more requests bring the grant along, though it is confirmed.
    int grants_due = 0;
  };

  void settle(unix_milliseconds now);
  bool is_frequent(unix_milliseconds now) const;
  bool may_open(unix_milliseconds now) const;
  signing_plan through(std::optional<link>& which, bool small, unix_milliseconds now);
  std::optional<link>* find(std::string_view keyid);
  static bool is_refused_too_often(link& here, unix_milliseconds now);
  void refused(std::optional<link>& which, const sent_under& request, const heard& what, unix_milliseconds now);
  void miss(std::optional<link>& which, unix_milliseconds now);
  void lose(std::optional<link>& which, unix_milliseconds now);
  void take_offer(const std::optional<crypto::p256_point>& offer, unix_milliseconds now);

  std::optional<crypto::p256_point> offer_;
  std::optional<link> current_;
  /// Probed while current_ is confirmed.
  std::optional<link> successor_;
  /// Of the latest requests, the oldest first; 0: none yet.
  std::array<unix_milliseconds, 4> requests_{};
  std::optional<unix_milliseconds> opened_at_;
  int lost_in_a_row_ = 0;
  int answered_since_ = 0;
  unix_milliseconds pause_ms_ = 0;
  unix_milliseconds paused_until_ = 0;
  unix_milliseconds untold_pause_ms_ = 0;
};

std::string_view name_of(place::phase what);
std::string_view name_of(signing how);

}  // namespace sallyport::channel
