#include "channel/field.hpp"

#include "crypto/p256.hpp"
#include "encoding/structured_field.hpp"

namespace sallyport::channel {
namespace {

namespace sf = encoding::sf;

constexpr std::int64_t version = 1;

std::optional<crypto::p256_point> read_key(const sf::dictionary& from) {
  const auto* octets = sf::find_as<bytes>(from, "key");
  if (octets == nullptr) return std::nullopt;
  const auto* said = sf::find_as<std::int64_t>(std::get_if<sf::item>(sf::find(from, "key"))->parameters, "v");
  if (said == nullptr || *said != version) return std::nullopt;
  const auto point = crypto::read_p256_point(*octets);
  return point.ok() ? std::optional(*point) : std::nullopt;
}

}  // namespace

field read_field(std::string_view text) {
  if (text.empty() || text.size() > max_field_bytes) return {};
  const auto members = sf::parse_dictionary(text);
  if (!members.ok()) return {};
  field out;
  if (const auto* confirm = sf::find_as<bytes>(*members, "confirm")) out.confirm = *confirm;
  out.key = read_key(*members);
  const auto* unknown = sf::find_as<bool>(*members, "unknown");
  out.unknown = unknown != nullptr && *unknown;
  return out;
}

std::string write_field(const field& what) {
  std::string out;
  const auto next = [&out]() -> std::string& { return out.empty() ? out : out.append(", "); };
  if (what.unknown) next() += "unknown";
  if (what.confirm) next().append("confirm=").append(sf::serialize_bytes(*what.confirm));
  if (what.key) next().append("key=").append(sf::serialize_bytes(*what.key)).append(";v=1");
  return out;
}

}  // namespace sallyport::channel
