#include "gate/edge/caller.hpp"

#include <cstdint>
#include <initializer_list>

#include "encoding/base64url.hpp"
#include "gate/edge/address_block.hpp"

namespace sallyport::gate {

using encoding::json;

namespace {

bool is_anonymous(const asker& from) {
  return from.who.kind == policy::identity_kind::anonymous;
}

std::string_view network_of(std::string_view ip) {
  std::size_t colons = 0;
  for (std::size_t at = 0; at < ip.size(); ++at) {
    if (ip[at] != ':') continue;
    if (++colons == 4 || (at + 1 < ip.size() && ip[at + 1] == ':')) return ip.substr(0, at);
  }
  return ip;
}

// FNV-1a: a collision lets two callers be counted as one, and no caller chooses the issuer and subject of another one.
std::uint64_t hash_of(std::initializer_list<std::string_view> texts) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const auto text : texts) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xFFU) * 0x100000001b3;
  }
  return hash;
}

/// As JSON, so that no issuer and subject run into each other.
std::string key_of(const asker& from, std::string_view place, crypto::port& host) {
  json name = json::array({from.who.issuer, from.who.subject});
  if (is_anonymous(from)) name.push_back(std::string(place));
  return encoding::encode_base64url(host.sha256(as_bytes(encoding::canonical_json(name))));
}

}  // namespace

std::string caller_key(const asker& from, crypto::port& host) {
  return key_of(from, network_of(from.ip), host);
}

std::string caller_tag(const asker& from) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint64_t hash =
      is_anonymous(from) ? hash_of({"", network_of(from.ip)}) : hash_of({"caller", from.who.issuer, from.who.subject});
  std::string tag(16, '0');
  for (auto at = tag.rbegin(); at != tag.rend(); ++at, hash >>= 4) *at = digits[hash & 0xF];
  return tag;
}

json describe_caller(const asker& from, std::string_view route, crypto::port& host) {
  const auto& who = from.who;
  json out = {{"key", caller_key(from, host)},
              {"issuer", who.issuer},
              {"subject", who.subject},
              {"kind", std::string(policy::name_of(who.kind))}};
  if (is_anonymous(from)) out["budget"] = key_of(from, address_block(from.ip), host);
  if (who.email) out["email"] = *who.email;
  if (!route.empty()) out["route"] = std::string(route);
  return out;
}

}  // namespace sallyport::gate
