#include "jose/jwk_usage.hpp"

#include <algorithm>

namespace sallyport::jose {
namespace {

/// The private half of a key signs what its other half verifies, so "sign" vouches for both when we hold it.
bool serves(std::string_view operation, key_purpose purpose) {
  switch (purpose) {
    case key_purpose::verify_public: return operation == "verify";
    case key_purpose::sign_private: return operation == "sign";
    case key_purpose::verify_any:
    case key_purpose::share_secret: return operation == "verify" || operation == "sign";
  }
  __builtin_trap();
}

bool is_list_of_different_strings(const json& list) {
  if (!list.is_array()) return false;
  for (auto entry = list.begin(); entry != list.end(); ++entry) {
    // RFC 7517 section 4.3: duplicate values must not be present.
    if (!entry->is_string() || std::find(list.begin(), entry, *entry) != entry) return false;
  }
  return true;
}

result<void> check_key_ops(const json& list, bool with_use, key_purpose purpose) {
  if (!is_list_of_different_strings(list)) {
    return failure(reason::jwk_invalid, "key_ops is not a list of different strings");
  }
  const auto text = [](const json& entry) { return std::string_view(*entry.get_ptr<const std::string*>()); };
  if (std::none_of(list.begin(), list.end(), [&](const json& entry) { return serves(text(entry), purpose); })) {
    return failure(reason::jwk_use_mismatch, "key_ops does not name the operation");
  }
  // RFC 7517 section 4.3: use and key_ops, if both are there, must be consistent.
  const auto is_for_signatures = [&](const json& entry) { return text(entry) == "sign" || text(entry) == "verify"; };
  if (with_use && !std::all_of(list.begin(), list.end(), is_for_signatures)) {
    return failure(reason::jwk_use_mismatch, "key_ops contradicts use");
  }
  return {};
}

}  // namespace

result<void> check_use(const json& value, key_purpose purpose) {
  const json* use = encoding::find_member(value, "use");
  if (use != nullptr && !use->is_string()) return failure(reason::jwk_invalid, "use is not a string");
  if (use != nullptr && *use != "sig") return failure(reason::jwk_use_mismatch, "use is not sig");
  const json* key_ops = encoding::find_member(value, "key_ops");
  if (key_ops == nullptr) return {};
  return check_key_ops(*key_ops, use != nullptr, purpose);
}

result<std::optional<crypto::algorithm>> read_algorithm(const json& value) {
  const json* member = encoding::find_member(value, "alg");
  if (member == nullptr) return std::optional<crypto::algorithm>();
  const auto name = encoding::string_member(value, "alg");
  if (!name) return failure(reason::jwk_invalid, "alg is not a string");
  const auto known = crypto::from_jose_name(*name);
  if (!known) return failure(reason::jwk_unsupported, "alg is not a signature algorithm of the table");
  return known;
}

}  // namespace sallyport::jose
