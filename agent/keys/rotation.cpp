#include "agent/keys/rotation.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/keys/key_file.hpp"
#include "encoding/json_members.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::agent::keys {

namespace {

constexpr std::string_view marker = "rotation";

failure refuse(std::string detail) {
  return {reason::config_invalid, std::move(detail)};
}

/// What is known when a step begins.
struct position {
  json file;
  std::vector<jose::signing_key> keys;
  /// The published entries, in their order.
  json published;
  /// "", "publish", "sign" or "retire": what was last done to the file.
  std::string step;
  /// When what the step made was first seen at the URL, or 0.
  unix_seconds seen = 0;
};

bool same_key(const json& published, const jose::signing_key& ours) {
  for (const char* member : {"kid", "kty", "crv", "x", "y"}) {
    const json* const theirs = encoding::find_member(published, member);
    const json* const own = encoding::find_member(ours.public_entry, member);
    if ((theirs == nullptr) != (own == nullptr)) return false;
    if (theirs != nullptr && *theirs != *own) return false;
  }
  return true;
}

/// Whether the edge publishes exactly our keys, in our order: then it runs with this file.
bool is_deployed(const position& at) {
  if (at.published.size() != at.keys.size()) return false;
  for (std::size_t i = 0; i < at.keys.size(); ++i)
    if (!same_key(at.published[i], at.keys[i])) return false;
  return true;
}

result<position> locate(const json& file, std::string_view published, crypto::port& host) {
  position at;
  at.file = file;
  SALLYPORT_ASSIGN(at.keys, jose::parse_signing_keys(file.dump(), host));
  SALLYPORT_TRY(jose::parse_jwks(published, host));
  SALLYPORT_ASSIGN(const json document, encoding::parse_json(published));
  if (const json* keys = encoding::find_member(document, "keys")) at.published = *keys;
  if (const json* mark = encoding::find_member(file, marker)) {
    at.step = encoding::text_member(*mark, "step");
    if (const auto seen = encoding::integer_member(*mark, "seen")) at.seen = *seen;
  }
  return at;
}

void mark(json& file, std::string_view step, unix_seconds seen) {
  file[std::string(marker)] = {{"step", std::string(step)}, {"seen", seen}};
}

rotation_step advance(json file, std::string_view step, std::string told) {
  mark(file, step, 0);
  return {rotation_step::outcome::advanced, std::move(file), std::move(told), 0};
}

/// Waits for `age` since the deployed file was first seen; nothing when that is over.
std::optional<rotation_step> wait_out(position& at, unix_seconds now, seconds age, const std::string& why) {
  const bool first = at.seen == 0;
  if (first) at.seen = now;
  const seconds left = at.seen + age - now;
  if (left <= 0 && !first) return std::nullopt;
  mark(at.file, at.step, at.seen);
  return rotation_step{rotation_step::outcome::waiting, at.file, why, std::max<seconds>(left, 1)};
}

result<rotation_step> begin(position& at, crypto::port& host) {
  if (at.keys.size() != 1)
    return refuse("the file holds several keys and no rotation was begun; remove those that do not sign");
  SALLYPORT_ASSIGN(json fresh, generate_jwk(at.keys.front().algorithm, "", host));
  const std::string kid(*encoding::string_member(fresh, "kid"));
  if (!at.file.contains("keys")) at.file = make_set(at.file);
  at.file["keys"].push_back(std::move(fresh));
  return advance(std::move(at.file), "publish",
                 "Added key " + kid +
                     ", which does not sign yet. Deploy the file to both Workers, the issuer Worker first; they "
                     "then publish both keys.");
}

result<rotation_step> sign_with_new(position& at, unix_seconds now, const rotation_times& times) {
  if (auto wait = wait_out(at, now, times.cache_age, "Both keys are published; verifiers may still hold the old set."))
    return std::move(*wait);
  std::swap(at.file["keys"][0], at.file["keys"][1]);
  return advance(std::move(at.file), "sign",
                 "Key " + at.keys[1].kid +
                     " is now the first one. Deploy the file to both Workers, the issuer Worker first; the gate then "
                     "signs with it.");
}

result<rotation_step> retire_old(position& at, unix_seconds now, const rotation_times& times) {
  if (auto wait = wait_out(at, now, times.signed_age,
                           "The edge signs with the new key; what the old one signed may still be on its way."))
    return std::move(*wait);
  at.file["keys"].erase(1);
  return advance(std::move(at.file), "retire",
                 "Removed key " + at.keys[1].kid +
                     ". Deploy the file to both Workers; the edge then publishes the new key alone.");
}

rotation_step finish(position& at) {
  at.file.erase(std::string(marker));
  return {rotation_step::outcome::complete, at.file, "The old key is gone from the published set. Done.", 0};
}

}  // namespace

result<rotation_step> rotate(const json& file, std::string_view published, unix_seconds now,
                             const rotation_times& times, crypto::port& host) {
  SALLYPORT_ASSIGN(position at, locate(file, published, host));
  if (!is_deployed(at))
    return refuse(
        "the edge does not publish exactly the keys of this file; deploy the file first (a deployment may take "
        "a minute to reach every data centre)");
  if (at.step.empty()) return begin(at, host);
  if (at.step == "retire") return finish(at);
  if (at.keys.size() != 2) return refuse("a rotation was begun, but the file does not hold two keys");
  if (at.step == "publish") return sign_with_new(at, now, times);
  if (at.step == "sign") return retire_old(at, now, times);
  return refuse("the member rotation names a step that does not exist: " + at.step);
}

}  // namespace sallyport::agent::keys
