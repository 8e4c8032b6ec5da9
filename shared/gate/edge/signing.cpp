#include "gate/edge/signing.hpp"

#include <algorithm>
#include <functional>

#include "channel/field.hpp"
#include "channel/grant.hpp"
#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"
#include "encoding/lines.hpp"
#include "encoding/shown.hpp"
#include "gate/protocol/signature_name.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::gate {
namespace {

// Shorter than the origin's limit of 60 s; long enough for a slow way there.
constexpr seconds signature_lifetime = 30;
constexpr seconds latest_again = 10;
constexpr std::size_t most_places = 256;
constexpr std::size_t secret_bytes = 32;

/// What a request was sent under, as the host keeps it.
struct sent_text {
  std::string_view place;
  channel::sent_under under;
  std::string_view nonce;
  unix_seconds created = 0;
};

std::string write_sent(std::string_view place, const channel::sent_under& under, const signature_order& order) {
  std::string out;
  out.reserve(place.size() + under.keyid.size() + 64);
  for (const std::string_view line : {place, std::string_view(under.keyid)}) out.append(line).push_back('\n');
  out.append(std::to_string(under.round)).append(under.probe ? "\n1\n" : "\n0\n");
  return out.append(order.nonce).append("\n").append(std::to_string(order.created)).append("\n");
}

std::optional<sent_text> read_sent(std::string_view text) {
  sent_text out;
  out.place = encoding::take_line(text);
  out.under.keyid = encoding::take_line(text);
  const auto round = encoding::take_number<std::uint32_t>(text);
  const auto probe = encoding::take_number<int>(text);
  out.nonce = encoding::take_line(text);
  const auto created = encoding::take_number<unix_seconds>(text);
  if (!round || !probe || !created) return std::nullopt;
  out.under.round = *round;
  out.under.probe = *probe == 1;
  out.created = *created;
  return out;
}

/// What operators hear of a place since it was asked last; mostly nothing.
std::string note_of(channel::place& where, std::string_view name) {
  const auto pause = where.take_pause();
  if (pause == 0) return {};
  return "channels to " + encoding::shown(name, 200) + " are paused for " + std::to_string(pause / 1000) +
         " s: several in a row were lost. If tasks share an address, give them one channel.secret";
}

}  // namespace

std::uint64_t request_signer::text_hash::operator()(std::string_view text) const {
  return std::hash<std::string_view>{}(text);
}

request_signer::request_signer(const policy::compiled_policy& policy, const edge_keys& keys, crypto::port& host)
    : policy_(policy), keys_(keys), host_(host), places_(most_places) {}

result<signed_request> request_signer::sign(const signature_order& order, std::string_view place, signing_turn turn,
                                            unix_milliseconds now, bytes_view entropy) {
  const auto* service = policy::find_service(policy_, order.service);
  if (service == nullptr || entropy.size() < channel_entropy_bytes) return failure(reason::internal, "signing order");
  const auto& own = *keys_.requests[static_cast<std::size_t>(service - policy_.services.data())];
  const bool channels = service->channel && service->signature != crypto::algorithm::hs256;
  std::string name(order.service);
  if (!place.empty()) name.append(" ").append(place);
  channel::sent_under under;
  channel::opened_ptr with;
  if (channels && turn == signing_turn::first) with = choose(name, order, under, now, entropy);
  auto made = with != nullptr ? sign_with(order, crypto::algorithm::hs256, *with->mac, with->keyid)
                              : sign_with(order, own.algorithm, *own.key, own.kid);
  if (!made.ok()) return made.error();
  if (with != nullptr) made->sig = channel_signature_name;
  if (under.probe) made->grant = with->grant;
  if (channels) made->sent = write_sent(name, under, order);
  return made;
}

result<signed_request> request_signer::sign_with(const signature_order& order, crypto::algorithm how,
                                                 const crypto::key& key, std::string_view keyid) {
  httpsig::profile_message message;
  message.method = order.method;
  message.path = order.path;
  message.query = order.query;
  message.assertion = order.assertion;
  message.context = order.context;
  message.content_type = order.content_type;
  if (!order.content_length.empty()) message.content_length = order.content_length;
  if (!order.content_digest.empty()) message.content_digest = order.content_digest;
  const httpsig::profile_parameters parameters{order.created, order.created + signature_lifetime, order.nonce, keyid,
                                               how};
  SALLYPORT_ASSIGN(auto fields, httpsig::sign_profile(host_, key, message, parameters));
  signed_request made;
  made.signature_input = std::move(fields.signature_input);
  made.signature = std::move(fields.signature);
  made.keyid = keyid;
  made.sig = signature_name(how);
  return made;
}

channel::place& request_signer::place_of(std::string_view name) {
  auto* known = places_.find(name);
  return known != nullptr ? *known : places_.insert(std::string(name), channel::place());
}

channel::opened_ptr request_signer::choose(std::string_view name, const signature_order& order,
                                           channel::sent_under& under, unix_milliseconds now, bytes_view entropy) {
  auto& where = place_of(name);
  auto plan = where.next(now, order.body);
  bool probe = plan.how == channel::signing::probe;
  if (plan.how == channel::signing::open) {
    plan.with = open(order.service, plan.agent, to_seconds(now), entropy);
    probe = plan.with != nullptr;
    if (probe) {
      where.open(plan.with, now);
    } else {
      where.not_opened(now);
    }
  }
  if (plan.with != nullptr) under = where.sending(plan.with, probe);
  return plan.with;
}

/// Null where it does not work out this time, such as with an agent whose key is none.
channel::opened_ptr request_signer::open(std::string_view service, const crypto::p256_point& agent, unix_seconds now,
                                         bytes_view entropy) {
  crypto::p256_scalar secret;
  std::copy_n(entropy.begin(), secret.size(), secret.begin());
  const crypto::wiped secret_octets(secret);
  const auto own = channel::make_pair(host_, secret);
  if (!own.ok()) return nullptr;
  channel::grant what;
  what.agent = channel::thumbprint(host_, agent);
  what.audience = std::string(channel::audience_prefix).append(service);
  what.edge = own->point;
  what.issuer = policy_.edge.issuer;
  what.issued_at = now;
  what.expires = now + channel::max_grant_lifetime;
  what.id = encoding::encode_base64url(entropy.subspan(secret_bytes, 16));
  auto grant = channel::sign_grant(what, *keys_.assertions, host_);
  if (!grant.ok()) return nullptr;
  const auto keys = channel::derive(host_, secret, agent, grant->id, own->point, agent);
  if (!keys.ok()) return nullptr;
  auto made = std::make_shared<channel::opened>();
  made->keyid = channel::keyid_of(grant->id);
  made->grant = std::move(grant->compact);
  made->secrets = *keys;
  made->agent = agent;
  made->issued_at = what.issued_at;
  made->expires = what.expires;
  auto mac = host_.import_secret(keys->requests);
  if (!mac.ok()) return nullptr;
  made->mac = std::move(*mac);
  return made;
}

channel_news request_signer::answered(std::string_view sent, int status, std::string_view text, unix_milliseconds now) {
  const auto request = read_sent(sent);
  if (!request) return {};
  const auto said = channel::read_field(text);
  auto& where = place_of(request->place);
  const bool refused = status == describe(reason::channel_unknown).http_status;
  channel::heard heard{said.unknown && refused, said.key, false};
  if (request->under.probe && said.confirm) {
    const auto right = where.confirmation_of(request->under, host_, request->nonce);
    heard.confirmed = right.ok() && host_.equal_constant_time(*right, *said.confirm);
  }
  channel_news news;
  const bool again = where.answered(request->under, heard, now);
  if (again) {
    const bool late = to_seconds(now) > request->created + latest_again;
    news.next = late ? channel_news::step::too_late : channel_news::step::again;
  }
  news.note = note_of(where, request->place);
  return news;
}

channel_news request_signer::unanswered(std::string_view sent, unix_milliseconds now) {
  const auto request = read_sent(sent);
  if (!request) return {};
  auto& where = place_of(request->place);
  where.unanswered(request->under, now);
  return {channel_news::step::pass_on, note_of(where, request->place)};
}

}  // namespace sallyport::gate
