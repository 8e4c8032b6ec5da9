#include "wake/keeping.hpp"

#include <utility>

namespace sallyport::aws {

bool keep(const wake_state& before, wake_state& after, const wake_settings& settings) {
  // Compared without a copy: the state holds all that is known of the tasks.
  const auto last_request = std::exchange(after.last_request, before.last_request);
  auto probing = std::exchange(after.probing, before.probing);
  const auto heard = std::exchange(after.admission.heard, before.admission.heard);
  // One that waits in line hears of it again and again, and asks at once after a restart.
  const bool waits = before.admission.what != errand::none && after.admission.what != errand::none;
  const auto alarm = std::exchange(after.alarm, waits ? before.alarm : after.alarm);
  const bool changed = after != before;
  after.alarm = alarm;
  after.admission.heard = heard;
  after.last_request = last_request;
  after.probing = std::move(probing);
  if (!changed && after.last_request - after.kept_request < settings.idle_stop / 4) return false;
  after.kept_request = after.last_request;
  return true;
}

}  // namespace sallyport::aws
