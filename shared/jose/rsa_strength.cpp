#include "jose/rsa_strength.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sallyport::jose {
namespace {

// No host may take a key that another one refuses; BoringSSL, below Workers, goes this far.
constexpr std::size_t max_exponent_bits = 33;
constexpr std::uint64_t min_exponent = 65537;

std::size_t bit_length(bytes_view integer) {
  if (integer.empty()) return 0;
  std::size_t bits = (integer.size() - 1) * 8;
  for (unsigned top = integer[0]; top != 0; top >>= 1) ++bits;
  return bits;
}

std::uint64_t small_value(bytes_view integer) {
  std::uint64_t value = 0;
  for (const byte b : integer) value = (value << 8) | b;
  return value;
}

unsigned remainder(bytes_view integer, unsigned divisor) {
  unsigned rest = 0;
  for (const byte b : integer) rest = (rest * 256 + b) % divisor;
  return rest;
}

// The odd primes up to 167: the part of the primorial M that every affected key length shares.
constexpr std::array<unsigned, 38> small_primes = {3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
                                                   47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                                                   107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

bool is_power_of_65537(unsigned value, unsigned prime) {
  const unsigned generator = 65537U % prime;
  unsigned power = 1;
  do {
    if (power == value) return true;
    power = power * generator % prime;
  } while (power != 1);
  return false;
}

bool has_small_factor(bytes_view n) {
  return (n.back() & 1U) == 0 ||
         std::any_of(small_primes.begin(), small_primes.end(), [&](unsigned p) { return remainder(n, p) == 0; });
}

// CVE-2017-15361: the affected library makes primes of the form k*M + (65537^a mod M), so that the modulus, too, is a
// power of 65537 modulo each prime factor of M (Nemec et al., "The Return of Coppersmith's Attack", section 3). Of
// random moduli one in 2^27 looks like that.
bool has_roca_fingerprint(bytes_view n) {
  return std::all_of(small_primes.begin(), small_primes.end(),
                     [&](unsigned p) { return is_power_of_65537(remainder(n, p), p); });
}

}  // namespace

result<void> check_rsa_strength(bytes_view n, bytes_view e) {
  const std::size_t bits = bit_length(n);
  if (bits < min_rsa_bits) return failure(reason::jwk_weak_rsa, "the modulus has " + std::to_string(bits) + " bits");
  if (bits > max_rsa_bits) return failure(reason::jwk_unsupported, "the modulus has " + std::to_string(bits) + " bits");
  if (bit_length(e) > max_exponent_bits) return failure(reason::jwk_unsupported, "the exponent has more than 33 bits");
  const std::uint64_t exponent = small_value(e);
  if (exponent < min_exponent || exponent % 2 == 0) return failure(reason::jwk_weak_rsa, "the exponent is weak");
  if (has_small_factor(n)) return failure(reason::jwk_weak_rsa, "the modulus has a small factor");
  if (has_roca_fingerprint(n)) return reason::jwk_roca;
  return {};
}

}  // namespace sallyport::jose
