// Which services have been raised by us, and which policies are about: whether one that no policy names any more may be stopped.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace sallyport::region {

struct removal_settings {
  /// For that long every call must have had the policy of the one who asks.
  unix_milliseconds alone_for = 600'000;
  std::uint32_t most = 10;
  std::size_t places_most = 100'000, policies_most = 64;
};

enum class removal : std::uint8_t {
  yes,
  /// As many have been removed by this policy as may be: an operator raises `most`, or the entries come back.
  held,
  /// Another policy is about, or may be.
  no,
};
std::string_view name_of(removal what);

/// What is known of one policy digest.
struct policy_seen {
  unix_milliseconds last = 0;
  std::uint32_t removed = 0;

  bool operator==(const policy_seen&) const = default;
};

struct index {
  /// Place to when it was raised.
  std::map<std::string, unix_milliseconds, std::less<>> ours;
  std::map<std::string, policy_seen, std::less<>> policies;

  bool operator==(const index&) const = default;
};

void note_policy(index& in, std::string_view policy, unix_milliseconds now, const removal_settings& with);
/// Whether the index has changed.
bool note_present(index& in, std::string_view place, bool ours, unix_milliseconds now, const removal_settings& with);
removal may_remove(index& in, std::string_view place, std::string_view policy, unix_milliseconds began,
                   unix_milliseconds now, const removal_settings& with);

}  // namespace sallyport::region
