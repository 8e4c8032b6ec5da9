#include "wake/wake.hpp"

namespace sallyport::aws {

std::string_view name_of(wake_phase phase) {
  switch (phase) {
    case wake_phase::asleep: return "asleep";
    case wake_phase::starting: return "starting";
    case wake_phase::healthy: return "healthy";
    case wake_phase::draining: return "draining";
    case wake_phase::failed: return "failed";
  }
  __builtin_trap();
}

std::string_view name_of(wake_answer answer) {
  switch (answer) {
    case wake_answer::none: return "none";
    case wake_answer::join: return "join";
    case wake_answer::ready: return "ready";
    case wake_answer::failed: return "failed";
    case wake_answer::refused: return "refused";
  }
  __builtin_trap();
}

std::string_view name_of(wake_call call) {
  switch (call) {
    case wake_call::none: return "none";
    case wake_call::look: return "look";
    case wake_call::update: return "update";
  }
  __builtin_trap();
}

}  // namespace sallyport::aws
