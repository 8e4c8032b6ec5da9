#include "crypto/hkdf.hpp"

#include <algorithm>

#include "crypto/wipe.hpp"

namespace sallyport::crypto {
namespace {

constexpr std::size_t hash_bytes = 32;

result<bytes> hmac(port& host, bytes_view secret, bytes_view data) {
  const auto key = host.import_secret(secret);
  if (!key.ok()) return reason::crypto_failed;
  return host.sign(algorithm::hs256, **key, data);
}

}  // namespace

result<bytes> hkdf_sha256(port& host, bytes_view secret, bytes_view salt, bytes_view info, std::size_t size) {
  if (size > max_hkdf_bytes) return reason::crypto_failed;
  const bytes zeros(hash_bytes);
  auto extracted = hmac(host, salt.empty() ? bytes_view(zeros) : salt, secret);
  if (!extracted.ok()) return extracted.error();
  const wiped pseudorandom(*extracted);
  const auto key = host.import_secret(*extracted);
  if (!key.ok()) return reason::crypto_failed;
  bytes out, block, input;
  const wiped last(block), chain(input);
  input.reserve(hash_bytes + info.size() + 1);
  for (byte count = 1; out.size() < size; ++count) {
    // Section 2.3: T(n) = HMAC(PRK, T(n-1) | info | n).
    input.assign(block.begin(), block.end());
    input.insert(input.end(), info.begin(), info.end());
    input.push_back(count);
    auto made = host.sign(algorithm::hs256, **key, input);
    if (!made.ok()) return made.error();
    block = std::move(*made);
    out.insert(out.end(), block.begin(),
               block.begin() + static_cast<std::ptrdiff_t>(std::min(hash_bytes, size - out.size())));
  }
  return out;
}

}  // namespace sallyport::crypto
