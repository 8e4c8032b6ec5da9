#include "agent/openssl/seal.hpp"

#include <array>

#include "crypto/wipe.hpp"

namespace sallyport::openssl {
namespace {

using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;

/// More than any text that is sealed, and far below what EVP counts in an int.
constexpr std::size_t max_text_bytes = std::size_t{1} << 24;

enum class direction : int { open = 0, seal = 1 };

/// A context that has taken in `bound`, or nullptr.
cipher_context begin(direction way, const EVP_CIPHER* cipher, const crypto::gcm_key& key,
                     const crypto::gcm_nonce& nonce, bytes_view bound) {
  if (bound.size() > max_text_bytes) return nullptr;
  cipher_context context(EVP_CIPHER_CTX_new());
  int taken = 0;
  // EVP_CIPHER_CTX_new gives GCM its nonce of 96 bits unless told otherwise (EVP_EncryptInit(3), AEAD INTERFACE).
  const bool begun = context && EVP_CipherInit_ex2(context.get(), cipher, key.data(), nonce.data(),
                                                   static_cast<int>(way), nullptr) == 1;
  if (!begun) return nullptr;
  if (bound.empty()) return context;
  const int size = static_cast<int>(bound.size());
  return EVP_CipherUpdate(context.get(), nullptr, &taken, bound.data(), size) == 1 ? std::move(context) : nullptr;
}

/// Writes as many octets as `in` has.
bool turn(EVP_CIPHER_CTX* context, bytes_view in, byte* out) {
  int written = 0;
  return in.empty() || (EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1 &&
                        static_cast<std::size_t>(written) == in.size());
}

/// Nothing is left to write: GCM is a stream. When opening, this is where the tag is checked.
bool finish(EVP_CIPHER_CTX* context) {
  std::array<byte, EVP_MAX_BLOCK_LENGTH> rest;
  int written = 0;
  return EVP_CipherFinal_ex(context, rest.data(), &written) == 1 && written == 0;
}

}  // namespace

result<bytes> seal(const EVP_CIPHER* cipher, const crypto::gcm_key& key, const crypto::gcm_nonce& nonce,
                   bytes_view bound, bytes_view plain) {
  const clean_errors after;
  if (plain.size() > max_text_bytes) return reason::crypto_failed;
  const auto context = begin(direction::seal, cipher, key, nonce, bound);
  bytes out(plain.size() + crypto::gcm_tag_bytes);
  if (!context || !turn(context.get(), plain, out.data()) || !finish(context.get())) return reason::crypto_failed;
  byte* tag = out.data() + plain.size();
  if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, crypto::gcm_tag_bytes, tag) != 1) {
    return reason::crypto_failed;
  }
  return out;
}

result<bytes> open(const EVP_CIPHER* cipher, const crypto::gcm_key& key, const crypto::gcm_nonce& nonce,
                   bytes_view bound, bytes_view sealed) {
  const clean_errors after;
  if (sealed.size() < crypto::gcm_tag_bytes || sealed.size() > max_text_bytes) return reason::seal_invalid;
  const auto context = begin(direction::open, cipher, key, nonce, bound);
  if (!context) return reason::seal_invalid;
  bytes tag = to_bytes(sealed.last(crypto::gcm_tag_bytes));
  if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, crypto::gcm_tag_bytes, tag.data()) != 1) {
    return reason::seal_invalid;
  }
  const auto hidden = sealed.first(sealed.size() - crypto::gcm_tag_bytes);
  bytes out(hidden.size());
  if (turn(context.get(), hidden, out.data()) && finish(context.get())) return out;
  crypto::wipe(out);
  return reason::seal_invalid;
}

}  // namespace sallyport::openssl
