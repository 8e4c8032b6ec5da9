#include "crypto/algorithm.hpp"

#include <array>

#include "crypto/algorithm_set.hpp"

namespace sallyport::crypto {
namespace {

constexpr std::array rows = {
#define SALLYPORT_ALGORITHM(name, jose, httpsig, kind, digest, field, size) \
  algorithm_row{algorithm::name, jose, httpsig, family::kind, hash::digest, curve::field, size},
#include "crypto/algorithm.def"
#undef SALLYPORT_ALGORITHM
};

}  // namespace

const algorithm_row& describe(algorithm id) {
  return rows[static_cast<std::size_t>(id)];
}

std::span<const algorithm_row> all_algorithms() {
  return rows;
}

algorithm_set every_algorithm() {
  algorithm_set all;
  for (const auto& row : rows) all.insert(row.id);
  return all;
}

algorithm_set every_asymmetric_algorithm() {
  algorithm_set all;
  for (const auto& row : rows) {
    if (row.family != family::hmac) all.insert(row.id);
  }
  return all;
}

std::optional<algorithm> from_jose_name(std::string_view name) {
  for (const auto& row : rows) {
    if (row.jose_name == name) return row.id;
  }
  // RFC 9864 section 2.2: the same algorithm under a name that says its curve.
  if (name == "Ed25519") return algorithm::eddsa;
  return std::nullopt;
}

std::optional<algorithm> from_httpsig_name(std::string_view name) {
  for (const auto& row : rows) {
    if (!row.httpsig_name.empty() && row.httpsig_name == name) return row.id;
  }
  return std::nullopt;
}

std::size_t coordinate_bytes(curve which) {
  switch (which) {
    case curve::none: return 0;
    case curve::p256: return 32;
    case curve::p384: return 48;
    case curve::p521: return 66;
    case curve::ed25519: return 32;
  }
  __builtin_trap();
}

std::string_view curve_name(curve which) {
  switch (which) {
    case curve::none: return "";
    case curve::p256: return "P-256";
    case curve::p384: return "P-384";
    case curve::p521: return "P-521";
    case curve::ed25519: return "Ed25519";
  }
  __builtin_trap();
}

std::size_t digest_bytes(hash which) {
  switch (which) {
    case hash::none: return 0;
    case hash::sha256: return 32;
    case hash::sha384: return 48;
    case hash::sha512: return 64;
  }
  __builtin_trap();
}

}  // namespace sallyport::crypto
