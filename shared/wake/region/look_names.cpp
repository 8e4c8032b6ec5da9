#include "wake/region/looks.hpp"

namespace sallyport::region {

std::string_view name_of(watch_kind kind) {
  switch (kind) {
    case watch_kind::check: return "check";
    case watch_kind::start: return "start";
    case watch_kind::run: return "run";
    case watch_kind::job: return "job";
  }
  __builtin_trap();
}

std::string_view name_of(look_kind kind) {
  switch (kind) {
    case look_kind::services: return "services";
    case look_kind::tasks: return "tasks";
    case look_kind::list_service: return "list_service";
    case look_kind::list_cluster: return "list_cluster";
  }
  __builtin_trap();
}

std::string_view name_of(look_refusal why) {
  switch (why) {
    case look_refusal::none: return "none";
    case look_refusal::throttled: return "throttled";
    case look_refusal::denied: return "denied";
    case look_refusal::no_session: return "no_session";
    case look_refusal::other: return "other";
  }
  __builtin_trap();
}

}  // namespace sallyport::region
