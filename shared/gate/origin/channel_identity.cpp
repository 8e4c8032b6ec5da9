#include "gate/origin/channel_identity.hpp"

#include "channel/field.hpp"

namespace sallyport::gate {
namespace {

std::string write_offer(const crypto::p256_point& key) {
  channel::field says;
  says.key = key;
  return channel::write_field(says);
}

}  // namespace

channel_identity::channel_identity(crypto::port& host, const channel::pair& pair)
    : own(pair), thumbprint(channel::thumbprint(host, pair.point)), offer(write_offer(pair.point)) {}

}  // namespace sallyport::gate
