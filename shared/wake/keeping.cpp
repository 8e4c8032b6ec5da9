#include "wake/keeping.hpp"

namespace sallyport::aws {

bool keep(const wake_state& before, wake_state& after, const wake_settings& settings) {
  wake_state same = after;
  same.last_request = before.last_request;
  const bool changed = same != before;
  if (!changed && after.last_request - after.kept_request < settings.idle_stop / 4) return false;
  after.kept_request = after.last_request;
  return true;
}

}  // namespace sallyport::aws
