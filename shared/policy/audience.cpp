#include "policy/audience.hpp"

#include "policy/condition.hpp"

namespace sallyport::policy {

audience audience_of(const route& at) {
  const bool allowed = at.allow != nullptr && at.allow->code().source() == "true";
  const bool required = at.service != nullptr && !at.service->require.empty();
  if (!allowed || at.deny != nullptr || required) return audience::some;
  return at.anonymous ? audience::anybody : audience::signed_in;
}

}  // namespace sallyport::policy
