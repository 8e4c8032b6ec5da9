#include "jose/jwk_set.hpp"

#include <algorithm>

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

result<entry_list> read_entries(const json& value, lone_key lone, const jwk_set_limits& limits) {
  const json* keys = encoding::find_member(value, "keys");
  if (keys == nullptr && lone == lone_key::accepted && value.is_object()) return entry_list{&value, 1};
  if (keys == nullptr || !keys->is_array()) return failure(reason::jwks_invalid, "no member keys that is a list");
  if (keys->size() > limits.max_keys) return failure(reason::jwks_invalid, "more keys than the limit");
  if (keys->empty()) return entry_list{};
  return entry_list{&keys->front(), keys->size()};
}

result<json> read_text(std::string_view text, const jwk_set_limits& limits) {
  encoding::json_limits bounds;
  bounds.max_bytes = limits.max_bytes;
  return encoding::parse_json(text, bounds);
}

failure at_entry(std::size_t index, const failure& problem) {
  std::string detail = "key " + std::to_string(index + 1) + " of the set";
  if (!problem.detail.empty()) detail += ": " + problem.detail;
  return {problem.why, std::move(detail)};
}

// RFC 7517 section 5: keys that cannot be used are passed over; see the top of jwk_set.hpp for those that are
// dangerous.
bool is_passed_over(reason why) {
  return why == reason::jwk_invalid || why == reason::jwk_unsupported || why == reason::jwk_use_mismatch ||
         why == reason::jwk_algorithm_mismatch || why == reason::key_import_failed;
}

/// A malformed entry still claims its kid: which of the two was meant, nobody can tell. One for another use does not.
bool claims_its_kid(reason why) {
  return why == reason::jwk_invalid || why == reason::key_import_failed;
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

result<jwk_set> collect_verifiers(const entry_list& entries, key_purpose purpose, crypto::port& host) {
  std::vector<verification_key> usable;
  kid_list kids;
  failure first_problem(reason::jwks_invalid, "the set is empty");
  for (std::size_t i = 0; i < entries.count; ++i) {
    auto loaded = import_verifier(entries[i], purpose, host);
    if (!loaded.ok()) {
      if (!is_passed_over(loaded.why())) return at_entry(i, loaded.error());
      if (first_problem.why == reason::jwks_invalid) first_problem = at_entry(i, loaded.error());
      if (!claims_its_kid(loaded.why())) continue;
      if (!kids.add(encoding::string_member(entries[i], "kid").value_or(""))) {
        return at_entry(i, reason::jwk_duplicate_kid);
      }
      continue;
    }
    if (!kids.add(loaded->kid)) return at_entry(i, reason::jwk_duplicate_kid);
    usable.push_back(std::move(*loaded));
  }
  if (usable.empty()) return first_problem;
  return jwk_set(std::move(usable));
}

using signer_import = result<signing_key> (*)(const json&, crypto::port&);

result<std::vector<signing_key>> collect_signers(std::string_view text, signer_import import, crypto::port& host,
                                                 const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const json value, read_text(text, limits));
  SALLYPORT_ASSIGN(const entry_list entries, read_entries(value, lone_key::accepted, limits));
  if (entries.count == 0) return failure(reason::signing_key_missing, "the set is empty");
  if (mixes_kinds(entries)) return reason::jwk_mixed_set;
  std::vector<signing_key> keys;
  kid_list kids;
  for (std::size_t i = 0; i < entries.count; ++i) {
    auto loaded = import(entries[i], host);
    if (!loaded.ok()) return at_entry(i, loaded.error());
    if (!kids.add(loaded->kid)) return at_entry(i, reason::jwk_duplicate_kid);
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
  if (const auto* named = kid.empty() ? nullptr : find(kid)) {
    if (!named->algorithms.contains(how)) return reason::jwk_algorithm_mismatch;
    return named;
  }
  const verification_key* only = nullptr;
  std::size_t eligible = 0;
  std::size_t fitting = 0;
  for (const auto& each : keys_) {
    if (!kid.empty() && !each.kid.empty()) continue;
    ++eligible;
    if (!each.algorithms.contains(how)) continue;
    ++fitting;
    only = &each;
  }
  if (fitting == 1) return only;
  return eligible == 1 ? reason::jwk_algorithm_mismatch : reason::key_not_found;
}

result<jwk_set> parse_jwks(std::string_view text, crypto::port& host, const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const json value, read_text(text, limits));
  SALLYPORT_ASSIGN(const entry_list entries, read_entries(value, lone_key::refused, limits));
  return collect_verifiers(entries, key_purpose::verify_public, host);
}

result<verification_key> parse_public_jwk(std::string_view text, crypto::port& host) {
  SALLYPORT_ASSIGN(const json value, read_text(text, jwk_set_limits{}));
  return import_verifier(value, key_purpose::verify_public, host);
}

result<jwk_set> verification_keys(const json& jwk_or_set, crypto::port& host, const jwk_set_limits& limits) {
  SALLYPORT_ASSIGN(const entry_list entries, read_entries(jwk_or_set, lone_key::accepted, limits));
  if (mixes_kinds(entries)) return reason::jwk_mixed_set;
  return collect_verifiers(entries, key_purpose::verify_any, host);
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
