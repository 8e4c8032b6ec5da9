// What a route lets the cache of the edge do with its answers.
#pragma once

#include <optional>

#include "core/time.hpp"

namespace sallyport::policy {

/// Which answers are stored at all is the app's to say; this is what the operator adds to it.
struct cache_rule {
  /// No answer is fresh for longer than this, whatever it says.
  std::optional<seconds> max_age;
  /// How long past its lifetime an answer may stand in for a failing service, where it says nothing of that itself.
  seconds stale_if_error = 0;
};

}  // namespace sallyport::policy
