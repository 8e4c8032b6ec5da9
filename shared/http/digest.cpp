#include "http/digest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "encoding/shown.hpp"
#include "encoding/structured_field.hpp"

namespace sallyport::http {
namespace {

namespace sf = encoding::sf;

// RFC 9530 section 2: every member, also of an unknown algorithm, is a byte sequence.
bool all_are_bytes(const sf::dictionary& members) {
  return std::all_of(members.begin(), members.end(), [&](const sf::dictionary_entry& entry) {
    const auto* single = std::get_if<sf::item>(&entry.value);
    return single != nullptr && std::holds_alternative<bytes>(single->value);
  });
}

template <std::size_t size>
bool read_digest(const sf::dictionary& members, std::string_view name, std::optional<std::array<byte, size>>& out) {
  const bytes* found = sf::find_as<bytes>(members, name);
  if (found == nullptr) return true;
  if (found->size() != size) return false;
  std::copy(found->begin(), found->end(), out.emplace().begin());
  return true;
}

template <std::size_t size>
result<void> compare(crypto::port& host, crypto::hasher* running, std::string_view name,
                     const std::optional<std::array<byte, size>>& expected) {
  if (running == nullptr) return {};
  const auto seen = running->finish();
  if (host.equal_constant_time(seen, *expected)) return {};
  std::string detail(name);
  detail.append(" of the body is ").append(sf::serialize_bytes(seen));
  detail.append(", the field says ").append(sf::serialize_bytes(*expected));
  return failure(reason::digest_mismatch, std::move(detail));
}

failure unsupported(const sf::dictionary& members) {
  std::vector<std::string_view> names;
  for (const auto& entry : members) names.emplace_back(entry.key);
  return {reason::digest_unsupported, names.empty() ? "the field is empty" : "only " + encoding::shown_some(names)};
}

}  // namespace

result<digest_expectation> parse_content_digest(std::string_view value) {
  const auto members = sf::parse_dictionary(value);
  if (!members.ok()) return failure(reason::digest_malformed, members.error().detail);
  if (!all_are_bytes(*members)) return failure(reason::digest_malformed, "a member is no byte sequence");
  digest_expectation out;
  const bool right_size = read_digest(*members, "sha-256", out.sha256) && read_digest(*members, "sha-512", out.sha512);
  if (!right_size) return failure(reason::digest_malformed, "a digest of the wrong length");
  if (!out.sha256 && !out.sha512) return unsupported(*members);
  return out;
}

std::string content_digest_field(const crypto::sha256_digest& hash) {
  return "sha-256=" + sf::serialize_bytes(hash);
}

std::string content_digest_field(crypto::port& host, bytes_view body) {
  return content_digest_field(host.sha256(body));
}

digest_verifier::digest_verifier(crypto::port& host, const digest_expectation& expected)
    : host_(&host), expected_(expected) {
  if (expected_.sha256) sha256_ = host.start_hash(crypto::hash::sha256);
  if (expected_.sha512) sha512_ = host.start_hash(crypto::hash::sha512);
}

void digest_verifier::update(bytes_view piece) {
  if (sha256_) sha256_->update(piece);
  if (sha512_) sha512_->update(piece);
}

result<void> digest_verifier::finish() {
  SALLYPORT_TRY(compare(*host_, sha256_.get(), "sha-256", expected_.sha256));
  return compare(*host_, sha512_.get(), "sha-512", expected_.sha512);
}

result<void> verify_content_digest(crypto::port& host, std::string_view value, bytes_view body) {
  SALLYPORT_ASSIGN(const digest_expectation expected, parse_content_digest(value));
  digest_verifier verifier(host, expected);
  verifier.update(body);
  return verifier.finish();
}

}  // namespace sallyport::http
