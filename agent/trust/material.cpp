#include "agent/trust/material.hpp"

#include "agent/config/file.hpp"
#include "agent/keys/channel_secret.hpp"
#include "crypto/wipe.hpp"
#include "document/units.hpp"
#include "jose/jwk_set.hpp"
#include "policy/load/load.hpp"

namespace sallyport::agent::trust {

namespace {

constexpr std::size_t max_policy_bytes = std::size_t{8} << 20;
constexpr std::size_t max_keys_bytes = std::size_t{64} << 10;
constexpr std::size_t max_channel_secret_bytes = 4096;

std::string describe(const std::string& file, const failure& why) {
  std::string text = file + ": " + std::string(name_of(why.why));
  if (!why.detail.empty()) text += ", " + why.detail;
  return text + ". " + std::string(sallyport::describe(why.why).advice);
}

std::string describe_absence(const std::string& file, const failure& why) {
  return file + ": " + why.detail + ". Name a file that can be used.";
}

policy::policy_ptr read_policy(const std::string& file, crypto::port& host, std::vector<std::string>& problems) {
  const auto text = config::read_file(file, max_policy_bytes);
  if (!text.ok()) {
    problems.push_back(describe_absence(file, text.error()));
    return nullptr;
  }
  auto loaded = policy::load_policy(*text, host);
  for (const auto& each : loaded.problems) problems.push_back(file + ":" + policy::describe(each));
  return loaded.policy;
}

void read_edge_keys(const std::string& file, crypto::port& host, material& into) {
  const auto text = config::read_file(file, max_keys_bytes);
  if (!text.ok()) return into.problems.push_back(describe_absence(file, text.error()));
  jose::jwk_set_limits limits;
  limits.reserved_kids = channel::keyid_prefix;
  auto keys = jose::parse_jwks(*text, host, limits);
  if (!keys.ok()) return into.problems.push_back(describe(file, keys.error()));
  into.snapshot.edge_keys = std::make_shared<const jose::jwk_set>(std::move(*keys));
}

void read_secrets(const config::hmac& from, crypto::port& host, material& into) {
  if (from.file.empty() && from.secret.empty()) return;
  std::string text = from.secret;
  std::string source = "SALLYPORT_HMAC_SECRET";
  if (!from.file.empty()) {
    source = from.file;
    auto contents = config::read_secret_file(from.file, max_keys_bytes);
    if (!contents.ok()) return into.problems.push_back(describe_absence(source, contents.error()));
    text = std::move(*contents);
  }
  auto secrets = jose::parse_secret_keys(text, host);
  if (!secrets.ok()) return into.problems.push_back(describe(source, secrets.error()));
  for (const auto& each : *secrets)
    if (channel::is_keyid(each.kid))
      return into.problems.push_back(describe(source, {reason::config_invalid, std::string(channel::kid_is_taken)}));
  into.snapshot.secrets = std::move(*secrets);
}

// Never in the text of a problem: what of it is wrong is told by its place.
void read_channel_secret(const config::settings& settings, crypto::port& host, material& into) {
  const config::channel& from = settings.channel;
  if (from.secret_file.empty() && from.secret.empty()) return;
  const std::string source = from.secret_file.empty() ? "SALLYPORT_CHANNEL_SECRET" : from.secret_file;
  auto text = from.secret_file.empty() ? result<std::string>(from.secret)
                                       : config::read_secret_file(from.secret_file, max_channel_secret_bytes);
  if (!text.ok()) return into.problems.push_back(describe_absence(source, text.error()));
  auto secret = keys::read_channel_secret(*text);
  if (!secret.ok()) return into.problems.push_back(source + ":" + secret.error().detail);
  const crypto::wiped after(*secret);
  const auto pair = channel::derive_pair(host, *secret, settings.service);
  if (!pair.ok()) return into.problems.push_back(describe(source, pair.error()));
  into.channels = std::make_shared<const gate::channel_identity>(host, *pair);
}

// A body that the edge signs and this agent would not hold could never pass.
void check_body_limits(const config::settings& settings, material& of) {
  for (const auto& route : of.snapshot.policy->routes) {
    if (route.service == nullptr || route.service->name != settings.service) continue;
    const bool streams = route.body.how == policy::body_rule::mode::stream;
    if (streams || route.body.signed_bytes <= settings.limits.max_signed_body_bytes) continue;
    of.problems.push_back(settings.policy.file + ": route " + route.id + " has bodies signed up to " +
                          document::size_text(route.body.signed_bytes) + ", limits.max_signed_body_bytes is " +
                          document::size_text(settings.limits.max_signed_body_bytes) + ". Raise the limit.");
  }
}

}  // namespace

gate::origin_limits origin_limits_of(const config::settings& settings) {
  gate::origin_limits limits;
  limits.skew = std::chrono::duration_cast<std::chrono::seconds>(settings.skew).count();
  limits.max_signed_body_bytes = static_cast<std::size_t>(settings.limits.max_signed_body_bytes);
  return limits;
}

material read_material(const config::settings& settings, crypto::port& host) {
  material read;
  read.snapshot.service = settings.service;
  read.snapshot.policy = read_policy(settings.policy.file, host, read.problems);
  if (!settings.policy.previous.empty())
    read.snapshot.previous = read_policy(settings.policy.previous, host, read.problems);
  if (!settings.edge.jwks_file.empty()) read_edge_keys(settings.edge.jwks_file, host, read);
  read_secrets(settings.hmac, host, read);
  read_channel_secret(settings, host, read);
  for (const auto& file : {settings.policy.file, settings.policy.previous, settings.edge.jwks_file})
    if (!file.empty() && config::anyone_may_write(file))
      read.warnings.push_back(file +
                              ": anybody on this system may write to it, and so decide who gets in. chmod o-w it.");
  if (!read.problems.empty()) return read;
  const auto fits = gate::check_snapshot(read.snapshot, origin_limits_of(settings));
  if (!fits.ok() && fits.why() != reason::not_ready)
    read.problems.push_back(describe(settings.policy.file, fits.error()));
  check_body_limits(settings, read);
  return read;
}

}  // namespace sallyport::agent::trust
