// p256: {"secret_b64", "point_b64"}: what they agree on, as agreed_b64, and the secret's own point.
// hkdf: {"secret_b64", "salt_b64", "info_b64", "size"}: okm_b64.
// channel_field: {"text"}: unknown, key_b64?, confirm_b64?, and the text as it would be written.
// channel_grant: {"grant", "secret_b64" (the agent's), "jwks"?, "nonce"?}: what the agent makes of it: its members, keyid,
//   requests_b64, confirmations_b64, and confirm_b64 of the nonce; with `jwks` only if that verifies it.
// channel_place: {"now", "events"}, of which each is [milliseconds since the one before, "send", body], [ms, "hear", number of
//   the request, unknown, key (0: none), confirmed] or [ms, "drop", number of the request]: the steps, a text each.
#include "channel/field.hpp"
#include "channel/grant.hpp"
#include "channel/place.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/p256.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/gate_arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

std::string in_base64(bytes_view octets) {
  return encoding::encode_base64(octets);
}

std::string octets_of(const json& in, std::string_view name) {
  return base64_argument(in, name).value_or(std::string());
}

json members_of(const channel::unverified_grant& read) {
  return {{"agent", read.content.agent},
          {"aud", read.content.audience},
          {"exp", read.content.expires},
          {"iat", read.content.issued_at},
          {"iss", read.content.issuer},
          {"jti", read.content.id},
          {"kid", read.kid},
          {"keyid", channel::keyid_of(read.id)}};
}

/// One place, and whoever talks to it.
class talk {
 public:
  explicit talk(unix_milliseconds now) : now_(now) {}

  std::string step(const json& event) {
    if (!event.is_array() || event.size() < 3 || !event[0].is_number_integer() || !event[1].is_string()) return "?";
    now_ += event[0].get<std::int64_t>();
    const auto what = event[1].get<std::string>();
    std::string said = what == "send" ? send(event[2]) : what == "hear" ? hear(event) : drop(event[2]);
    said.append(" ").append(name_of(place_.now_in()));
    if (const auto pause = place_.take_pause(); pause > 0) said.append(" paused ").append(std::to_string(pause));
    return said;
  }

 private:
  static crypto::p256_point key_of(std::int64_t number) {
    crypto::p256_point point{};
    point.front() = 0x04;
    point.back() = static_cast<byte>(number);
    return point;
  }

  std::string send(const json& body) {
    const auto kind = body.is_number_integer() ? body.get<std::int64_t>() & 3 : 0;
    auto plan = place_.next(now_, static_cast<channel::request_body>(kind));
    std::string said(name_of(plan.how));
    const bool probe = plan.how == channel::signing::probe || plan.how == channel::signing::open;
    if (plan.how == channel::signing::open) {
      auto made = std::make_shared<channel::opened>();
      made->keyid = "ch1." + std::to_string(++made_);
      made->agent = plan.agent;
      made->issued_at = to_seconds(now_);
      made->expires = to_seconds(now_) + channel::max_grant_lifetime;
      plan.with = made;
      place_.open(plan.with, now_);
    }
    sent_.push_back(plan.with != nullptr ? place_.sending(plan.with, probe) : channel::sent_under());
    return plan.with != nullptr ? said.append(" ").append(plan.with->keyid) : said;
  }

  const channel::sent_under* sent(const json& number) const {
    const auto at = number.is_number_integer() ? number.get<std::int64_t>() : -1;
    return at >= 0 && at < static_cast<std::int64_t>(sent_.size()) ? &sent_[static_cast<std::size_t>(at)] : nullptr;
  }

  std::string hear(const json& event) {
    const auto* request = event.size() == 6 ? sent(event[2]) : nullptr;
    if (request == nullptr) return "?";
    channel::heard what{event[3] == json(true), {}, event[5] == json(true)};
    if (event[4].is_number_integer() && event[4] != json(0)) what.offer = key_of(event[4].get<std::int64_t>());
    return place_.answered(*request, what, now_) ? "again" : "pass_on";
  }

  std::string drop(const json& number) {
    const auto* request = sent(number);
    if (request == nullptr) return "?";
    place_.unanswered(*request, now_);
    return "dropped";
  }

  channel::place place_;
  unix_milliseconds now_;
  std::vector<channel::sent_under> sent_;
  int made_ = 0;
};

}  // namespace

outcome run_p256(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"secret_b64", base64, true}, {"point_b64", base64, true}})) return *mistake;
  const auto own = host.p256_public(scalar_argument(in, "secret_b64"));
  if (!own.ok()) return answer{own.why(), {}};
  const auto point = crypto::read_p256_point(as_bytes(octets_of(in, "point_b64")));
  if (!point.ok()) return answer{point.why(), {}};
  const auto agreed = host.p256_agree(scalar_argument(in, "secret_b64"), *point);
  if (!agreed.ok()) return answer{agreed.why(), {}};
  return answer{reason::ok, {{"agreed_b64", in_base64(*agreed)}, {"public_b64", in_base64(*own)}}};
}

outcome run_hkdf(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(
          in, {{"secret_b64", base64, true}, {"salt_b64", base64}, {"info_b64", base64}, {"size", number, true}})) {
    return *mistake;
  }
  const auto size = integer_argument(in, "size", -1);
  if (size < 0) return bad_arguments{"size is a number of octets"};
  const auto made =
      crypto::hkdf_sha256(host, as_bytes(octets_of(in, "secret_b64")), as_bytes(octets_of(in, "salt_b64")),
                          as_bytes(octets_of(in, "info_b64")), static_cast<std::size_t>(size));
  if (!made.ok()) return answer{made.why(), {}};
  return answer{reason::ok, {{"okm_b64", in_base64(*made)}}};
}

outcome run_channel_field(const json& in, crypto::port&) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"text", text, true}})) return *mistake;
  const auto read = channel::read_field(encoding::string_member(in, "text").value_or(std::string_view()));
  json out = {{"unknown", read.unknown}, {"written", channel::write_field(read)}};
  if (read.key) out["key_b64"] = in_base64(*read.key);
  if (read.confirm) out["confirm_b64"] = in_base64(*read.confirm);
  return answer{reason::ok, std::move(out)};
}

outcome run_channel_grant(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(
          in, {{"grant", text, true}, {"secret_b64", base64, true}, {"nonce", text}, {"jwks", object_or_list}}))
    return *mistake;
  const auto compact = encoding::string_member(in, "grant").value_or(std::string_view());
  const auto read = channel::read_grant(compact, host);
  if (!read.ok()) return answer{read.why(), {}};
  if (const auto* jwks = encoding::find_member(in, "jwks")) {
    const auto keys = public_keys(encoding::canonical_json(*jwks), host);
    if (!keys.ok()) return answer{keys.why(), {}};
    bool unknown_key = false;
    const auto verified = channel::verify_grant(*read, **keys, host, unknown_key);
    if (!verified.ok()) return answer{verified.why(), {{"unknown_key", unknown_key}}};
  }
  const auto own = channel::make_pair(host, scalar_argument(in, "secret_b64"));
  if (!own.ok()) return answer{own.why(), {}};
  const auto keys = channel::derive(host, own->secret, read->content.edge, read->id, read->content.edge, own->point);
  if (!keys.ok()) return answer{keys.why(), {}};
  json out = members_of(*read);
  out["thumbprint"] = channel::thumbprint(host, own->point);
  out["requests_b64"] = in_base64(keys->requests);
  out["confirmations_b64"] = in_base64(keys->confirmations);
  const auto nonce = encoding::string_member(in, "nonce").value_or(std::string_view());
  const auto confirm = channel::confirmation(host, keys->confirmations, nonce);
  if (confirm.ok()) out["confirm_b64"] = in_base64(*confirm);
  return answer{reason::ok, std::move(out)};
}

outcome run_channel_place(const json& in, crypto::port&) {
  const auto* events = encoding::find_member(in, "events");
  if (events == nullptr || !events->is_array()) return bad_arguments{"events is a list"};
  talk one(integer_argument(in, "now", 0));
  json steps = json::array();
  for (const auto& event : *events) steps.push_back(one.step(event));
  return answer{reason::ok, {{"steps", std::move(steps)}}};
}

}  // namespace sallyport::probe
