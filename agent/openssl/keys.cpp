#include "agent/openssl/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

namespace sallyport::openssl {
namespace {

// RFC 7518 section 3.5: the salt is as long as the hash; MGF1 uses the same hash, which is OpenSSL's default.
bool use_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

using initializer = int (*)(EVP_MD_CTX*, EVP_PKEY_CTX**, const char*, OSSL_LIB_CTX*, const char*, EVP_PKEY*,
                            const OSSL_PARAM*);

digest_context make_context(initializer init, const crypto::algorithm_row& row, EVP_PKEY* key) {
  digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;  // owned by `context`
  const char* digest = row.hash == crypto::hash::none ? nullptr : digest_name(row.hash);
  if (!context || init(context.get(), &inner, digest, nullptr, nullptr, key, nullptr) != 1) return nullptr;
  if (row.family == crypto::family::rsa_pss && !use_pss(inner)) return nullptr;
  return context;
}

/// OpenSSL's parameters of one key, collected and then turned into the key. OpenSSL copies nothing before `build`, so
/// what was pushed is held here.
class key_builder {
 public:
  key_builder() : builder_(OSSL_PARAM_BLD_new()), good_(builder_ != nullptr) {}

  void text(const char* name, const char* value) {
    good_ = good_ && OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, value, 0) == 1;
  }
  void octets(const char* name, bytes value) {
    octets_ = std::move(value);
    good_ = good_ && OSSL_PARAM_BLD_push_octet_string(builder_.get(), name, octets_.data(), octets_.size()) == 1;
  }
  void number(const char* name, bytes_view value) {
    numbers_.emplace_back(BN_bin2bn(value.data(), static_cast<int>(value.size()), nullptr));
    good_ = good_ && numbers_.back() && OSSL_PARAM_BLD_push_BN(builder_.get(), name, numbers_.back().get()) == 1;
  }

  pkey_handle build(const char* type, bool with_private) {
    if (!good_) return nullptr;
    const params_handle params(OSSL_PARAM_BLD_to_param(builder_.get()));
    const pkey_context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
    const int selection = with_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
    return pkey_handle(key);
  }

 private:
  std::vector<bignum> numbers_;
  bytes octets_;
  param_builder builder_;
  bool good_;
};

pkey_handle build_rsa(const crypto::rsa_parts& parts) {
  key_builder builder;
  builder.number(OSSL_PKEY_PARAM_RSA_N, parts.n);
  builder.number(OSSL_PKEY_PARAM_RSA_E, parts.e);
  if (parts.d.empty()) return builder.build("RSA", false);
  builder.number(OSSL_PKEY_PARAM_RSA_D, parts.d);
  builder.number(OSSL_PKEY_PARAM_RSA_FACTOR1, parts.p);
  builder.number(OSSL_PKEY_PARAM_RSA_FACTOR2, parts.q);
  builder.number(OSSL_PKEY_PARAM_RSA_EXPONENT1, parts.dp);
  builder.number(OSSL_PKEY_PARAM_RSA_EXPONENT2, parts.dq);
  builder.number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, parts.qi);
  return builder.build("RSA", true);
}

/// SEC 1 section 2.3.3, uncompressed.
bytes encoded_point(const crypto::ec_parts& parts) {
  bytes point{0x04};
  point.insert(point.end(), parts.x.begin(), parts.x.end());
  point.insert(point.end(), parts.y.begin(), parts.y.end());
  return point;
}

pkey_handle build_nist(const crypto::ec_parts& parts) {
  key_builder builder;
  builder.text(OSSL_PKEY_PARAM_GROUP_NAME, group_name(parts.curve));
  builder.octets(OSSL_PKEY_PARAM_PUB_KEY, encoded_point(parts));
  if (!parts.d.empty()) builder.number(OSSL_PKEY_PARAM_PRIV_KEY, parts.d);
  return builder.build("EC", !parts.d.empty());
}

// NIST SP 800-56A section 5.6.2.3.3: in range, on the curve. The named curves have cofactor 1, so that is all of it.
bool is_on_curve(EVP_PKEY* key) {
  const pkey_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

bool halves_agree(EVP_PKEY* key) {
  const pkey_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

pkey_handle build_ed25519(const crypto::ec_parts& parts) {
  if (parts.d.empty()) {
    return pkey_handle(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, parts.x.data(), parts.x.size()));
  }
  pkey_handle key(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, parts.d.data(), parts.d.size()));
  bytes derived(parts.x.size());
  std::size_t size = derived.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), derived.data(), &size) != 1) return nullptr;
  return derived == parts.x ? std::move(key) : nullptr;
}

bool has_full_length(const crypto::ec_parts& parts) {
  const std::size_t width = crypto::coordinate_bytes(parts.curve);
  const std::size_t y_width = parts.curve == crypto::curve::ed25519 ? 0 : width;
  return width != 0 && parts.x.size() == width && parts.y.size() == y_width &&
         (parts.d.empty() || parts.d.size() == width);
}

/// Prepares the key for every row of the table that fits.
template <class Fits>
result<crypto::key_ptr> prepared(pkey_handle handle, bool can_sign, Fits fits) {
  auto key = std::make_shared<asymmetric_key>(std::move(handle));
  for (const auto& row : crypto::all_algorithms()) {
    if (fits(row) && !key->prepare(row.id, can_sign)) return reason::key_import_failed;
  }
  return crypto::key_ptr(std::move(key));
}

}  // namespace

bool asymmetric_key::prepare(crypto::algorithm how, bool can_sign) {
  const auto& row = crypto::describe(how);
  auto& verifier = verifiers_[static_cast<std::size_t>(how)];
  verifier = make_context(EVP_DigestVerifyInit_ex, row, handle_.get());
  if (!can_sign) return verifier != nullptr;
  auto& signer = signers_[static_cast<std::size_t>(how)];
  signer = make_context(EVP_DigestSignInit_ex, row, handle_.get());
  return verifier != nullptr && signer != nullptr;
}

secret_key::secret_key(bytes_view secret, const library& lib)
    : host_key(key_kind::secret), lib_(lib), secret_(secret.begin(), secret.end()) {
  hs256_ = make(crypto::algorithm::hs256);
}

secret_key::~secret_key() {
  OPENSSL_cleanse(secret_.data(), secret_.size());
}

const EVP_MAC_CTX* secret_key::mac(crypto::algorithm how) const {
  if (how == crypto::algorithm::hs256) return hs256_.get();
  if (crypto::describe(how).family != crypto::family::hmac) return nullptr;
  std::call_once(others_made_, [this] {
    hs384_ = make(crypto::algorithm::hs384);
    hs512_ = make(crypto::algorithm::hs512);
  });
  return how == crypto::algorithm::hs384 ? hs384_.get() : hs512_.get();
}

mac_context secret_key::make(crypto::algorithm how) const {
  mac_context context(EVP_MAC_CTX_new(lib_.hmac()));
  std::string digest = digest_name(crypto::describe(how).hash);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
                               OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_init(context.get(), secret_.data(), secret_.size(), params) != 1) return nullptr;
  return context;
}

result<crypto::key_ptr> import_rsa_key(const crypto::rsa_parts& parts) {
  const clean_errors after;
  pkey_handle key = build_rsa(parts);
  if (!key) return reason::key_import_failed;
  return prepared(std::move(key), !parts.d.empty(), [](const crypto::algorithm_row& row) {
    return row.family == crypto::family::rsa_pkcs1 || row.family == crypto::family::rsa_pss;
  });
}

result<crypto::key_ptr> import_ec_key(const crypto::ec_parts& parts) {
  const clean_errors after;
  if (!has_full_length(parts)) return reason::key_import_failed;
  const bool edwards = parts.curve == crypto::curve::ed25519;
  pkey_handle key = edwards ? build_ed25519(parts) : build_nist(parts);
  if (!key) return edwards ? reason::key_import_failed : reason::jwk_point_not_on_curve;
  if (!edwards && !is_on_curve(key.get())) return reason::jwk_point_not_on_curve;
  if (!edwards && !parts.d.empty() && !halves_agree(key.get())) return reason::key_import_failed;
  return prepared(std::move(key), !parts.d.empty(),
                  [&](const crypto::algorithm_row& row) { return row.curve == parts.curve; });
}

result<crypto::key_ptr> import_secret_key(bytes_view secret, const library& lib) {
  const clean_errors after;
  if (secret.empty()) return reason::key_import_failed;
  auto key = std::make_shared<secret_key>(secret, lib);
  if (key->mac(crypto::algorithm::hs256) == nullptr) return reason::key_import_failed;
  return crypto::key_ptr(std::move(key));
}

}  // namespace sallyport::openssl
