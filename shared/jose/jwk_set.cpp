#include "jose/jwk_set.hpp"

#include <algorithm>
#include <optional>

#include "encoding/json_members.hpp"
#include "encoding/shown.hpp"
#include "jose/jwk_import.hpp"

namespace sallyport::jose {
namespace {

/// The entries of `{"keys":[...]}`; of a JWK, itself.
struct entry_list {
  const json* first = nullptr;
  std::size_t count = 0;
  const json& operator[](std::size_t index) const { return first[index]; }
};

enum class lone_key : std::uint8_t { refused, accepted };

result<entry_list> read_entries(const json& value, lone_key lone) {
  const json* keys = encoding::find_member(value, "keys");
  if (keys == nullptr && lone == lone_key::accepted && value.is_object()) return entry_list{&value, 1};
  if (keys == nullptr || !keys->is_array()) return failure(reason::jwks_invalid, "no member keys that is a list");
  if (keys->empty()) return entry_list{};
  return entry_list{&keys->front(), keys->size()};
}

result<json> read_text(std::string_view text, const jwk_set_limits& limits) {
  encoding::json_limits bounds;
  bounds.max_bytes = limits.max_bytes;
  if (text.size() > limits.max_bytes) {
    return failure(reason::json_too_large, "longer than " + std::to_string(limits.max_bytes) + " bytes");
  }
  return encoding::parse_json(encoding::without_byte_order_mark(text), bounds);
}

/// Which entry it is, by its number and its kid.
std::string describe_entry(std::size_t index, const json& entry) {
  std::string name = "key " + std::to_string(index + 1) + " of the set";
  if (const auto kid = encoding::string_member(entry, "kid")) name += " (kid " + encoding::shown(*kid, 64) + ")";
  return name;
}

std::string describe_problem(const failure& problem) {
  std::string what(name_of(problem.why));
  return problem.detail.empty() ? what : what + ", " + problem.detail;
}

failure at_entry(std::size_t index, const json& entry, const failure& problem) {
  return {problem.why, describe_entry(index, entry) + ": " + describe_problem(problem)};
}

/// The kids of a set, each at most once.
class kid_list {
 public:
  /// False when `kid` is there already. An empty kid is none.
  bool add(std::string_view kid) {
    if (kid.empty()) return true;
    if (std::find(kids_.begin(), kids_.end(), kid) != kids_.end()) return false;
    kids_.emplace_back(kid);
    return true;
  }

 private:
  std::vector<std::string> kids_;
};

bool mixes_kinds(const entry_list& entries) {
  bool symmetric = false;
  bool asymmetric = false;
  for (std::size_t i = 0; i < entries.count; ++i) {
    const auto kty = encoding::string_member(entries[i], "kty");
    (kty && *kty == "oct" ? symmetric : asymmetric) = true;
  }
  return symmetric && asymmetric;
}

/// What is kept and what is not of a set, entry by entry.
class verifier_collection {
 public:
  verifier_collection(key_purpose purpose, crypto::port& host, const jwk_set_limits& limits)
      : purpose_(purpose), host_(host), limits_(limits) {}

  result<void> add(std::size_t index, const json& entry) {
    auto key = parse_jwk(entry, purpose_);
    if (!key.ok()) return pass_over(index, entry, key.error());
    if (is_reserved(key->kid)) {
      return pass_over(index, entry, failure(reason::jwk_invalid, "its kid is of the form of a channel's keyid"));
    }
    std::string identity = key->kid + "\n" + thumbprint(*key, host_);
    if (merge(identity, key->algorithms)) return {};
    auto loaded = import_verifier(std::move(*key), host_);
    if (!loaded.ok()) return pass_over(index, entry, loaded.error());
    if (keys_.size() == limits_.max_keys) return failure(reason::jwks_invalid, "more usable keys than the limit");
    keys_.push_back(std::move(*loaded));
    identities_.push_back(std::move(identity));
    return {};
  }

  result<jwk_set> finish() && {
    if (keys_.empty()) return first_problem_.value_or(failure(reason::jwks_invalid, "the set is empty"));
    SALLYPORT_TRY(check_claims());
    if (more_ > 0) notes_ += "; and " + std::to_string(more_) + " more";
    return jwk_set(std::move(keys_), std::move(notes_));
  }

 private:
  bool is_reserved(std::string_view kid) const {
    const std::string_view prefix = limits_.reserved_kids;
    return !prefix.empty() && kid.substr(0, prefix.size()) == prefix;
  }

  /// The same key under the same kid is one key (RFC 7517 section 4.5 speaks of different ones).
  bool merge(std::string_view identity, crypto::algorithm_set more) {
    const auto known = std::find(identities_.begin(), identities_.end(), identity);
    if (known == identities_.end()) return false;
    auto& algorithms = keys_[static_cast<std::size_t>(known - identities_.begin())].algorithms;
    for (const auto& row : crypto::all_algorithms()) {
      if (more.contains(row.id)) algorithms.insert(row.id);
    }
    return true;
  }

  // RFC 7517 section 5: keys that cannot be used are passed over.
  result<void> pass_over(std::size_t index, const json& entry, const failure& problem) {
    failure at = at_entry(index, entry, problem);
    if (problem.why == reason::jwk_private_in_public_set) return at;
    const bool malformed = problem.why == reason::jwk_invalid || problem.why == reason::key_import_failed;
    if (malformed && purpose_ == key_purpose::verify_any) {
      claims_.push_back({std::string(encoding::text_member(entry, "kid")), index});
    }
    // Keys for encryption stand in many sets and are nothing odd.
    if (problem.why != reason::jwk_use_mismatch) note(at.detail);
    if (!first_problem_) first_problem_ = std::move(at);
    return {};
  }

  /// In a set of our own a malformed key is a mistake, and claims its kid: which of two was meant, nobody can tell.
  result<void> check_claims() const {
    for (const auto& [kid, index] : claims_) {
      const auto is_its = [&claimed = kid](const verification_key& each) { return each.kid == claimed; };
      if (kid.empty() || std::none_of(keys_.begin(), keys_.end(), is_its)) continue;
      return failure(reason::jwk_duplicate_kid, "key " + std::to_string(index + 1) + " of the set is malformed");
    }
    return {};
  }

  void note(std::string_view what) {
    constexpr std::size_t max_notes_bytes = 1024;
    if (notes_.size() + what.size() > max_notes_bytes) {
      ++more_;
      return;
    }
    notes_.append(notes_.empty() ? "" : "; ").append(what);
  }

  key_purpose purpose_;
  crypto::port& host_;
  const jwk_set_limits& limits_;
  std::vector<verification_key> keys_;
  /// Of each key its kid and thumbprint.
  std::vector<std::string> identities_;
  std::optional<failure> first_problem_;
  /// Kids of malformed keys, and which entries those are.
  std::vector<std::pair<std::string, std::size_t>> claims_;
  std::string notes_;
  std::size_t more_ = 0;
};

result<jwk_set> collect_verifiers(const entry_list& entries, key_purpose purpose, crypto::port& host,
                                  const jwk_set_limits& limits) {
  verifier_collection kept(purpose, host, limits);
  for (std::size_t i = 0; i < entries.count; ++i) SALLYPORT_TRY(kept.add(i, entries[i]));
  return std::move(kept).finish();
}

using signer_import = result<signing_key> (*)(const json&, crypto::port&);

result<std::vector<signing_key>> collect_signers(std::string_view text, signer_import import, crypto::port& host,
                                                 const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const json value, read_text(text, limits));
  SALLYPORT_ASSIGN(const entry_list entries, read_entries(value, lone_key::accepted));
  if (entries.count == 0) return failure(reason::signing_key_missing, "the set is empty");
  if (entries.count > limits.max_keys) return failure(reason::jwks_invalid, "more keys than the limit");
  if (mixes_kinds(entries)) return reason::jwk_mixed_set;
  std::vector<signing_key> keys;
  kid_list kids;
  for (std::size_t i = 0; i < entries.count; ++i) {
    auto loaded = import(entries[i], host);
    if (!loaded.ok()) return at_entry(i, entries[i], loaded.error());
    if (!kids.add(loaded->kid)) return at_entry(i, entries[i], reason::jwk_duplicate_kid);
    keys.push_back(std::move(*loaded));
  }
  return keys;
}

}  // namespace

const verification_key* jwk_set::find(std::string_view kid) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const auto& each) { return each.kid == kid; });
  return found == keys_.end() ? nullptr : &*found;
}

result<const verification_key*> jwk_set::choose(crypto::algorithm how, std::string_view kid) const {
  const bool named = !kid.empty() && find(kid) != nullptr;
  // Under a kid that no key has, those without one are meant.
  const std::string_view wanted = named ? kid : std::string_view();
  const verification_key* only = nullptr;
  std::size_t eligible = 0;
  std::size_t fitting = 0;
  for (const auto& each : keys_) {
    if (!kid.empty() && each.kid != wanted) continue;
    ++eligible;
    if (!each.algorithms.contains(how)) continue;
    ++fitting;
    only = &each;
  }
  if (fitting == 1) return only;
  const std::string asked = kid.empty() ? "the token names no kid" : "kid " + encoding::shown(kid, 64);
  if (fitting > 1) return failure(reason::key_not_found, asked + ", and several keys fit");
  if (named || eligible == 1) {
    const std::string alg(crypto::describe(how).jose_name);
    return failure(reason::jwk_algorithm_mismatch, asked + ", and the key is not for " + alg);
  }
  return failure(reason::key_not_found, asked + ", and no key fits");
}

result<jwk_set> parse_jwks(std::string_view text, crypto::port& host, const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const json value, read_text(text, limits));
  return public_keys(value, host, limits);
}

result<jwk_set> public_keys(const json& set, crypto::port& host, const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const entry_list entries, read_entries(set, lone_key::refused));
  return collect_verifiers(entries, key_purpose::verify_public, host, limits);
}

result<verification_key> parse_public_jwk(std::string_view text, crypto::port& host) {
  SALLYPORT_ASSIGN(const json value, read_text(text, jwk_set_limits{}));
  return import_verifier(value, key_purpose::verify_public, host);
}

result<jwk_set> verification_keys(const json& jwk_or_set, crypto::port& host, const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const entry_list entries, read_entries(jwk_or_set, lone_key::accepted));
  if (mixes_kinds(entries)) return reason::jwk_mixed_set;
  return collect_verifiers(entries, key_purpose::verify_any, host, limits);
}

result<std::vector<signing_key>> parse_signing_keys(std::string_view text, crypto::port& host,
                                                    const jwk_set_limits& limits) {
  return collect_signers(text, import_private_signer, host, limits);
}

result<std::vector<signing_key>> parse_secret_keys(std::string_view text, crypto::port& host,
                                                   const jwk_set_limits& limits) {
  return collect_signers(text, import_secret_signer, host, limits);
}

std::string write_public_set(const std::vector<signing_key>& keys) {
  json entries = json::array();
  for (const auto& each : keys) {
    if (!each.public_entry.is_null()) entries.push_back(each.public_entry);
  }
  return encoding::canonical_json(json{{"keys", std::move(entries)}});
}

}  // namespace sallyport::jose
