// The packed size of a session: STS turns session policy and session tags into a binary form of its own, and refuses one that
// is too large, far below the limits of either. How it packs is not published, so this is an estimate on the strict side, by
// what others met: six tags of some 280 characters were 74 % (aws/containers-roadmap#2413), thirteen 142 %
// (aws-actions/configure-aws-credentials#1803); policies of 1,690 characters were 157 %. demo/local_aws/packed.mjs counts alike.
#pragma once

#include <cstddef>

namespace sallyport::aws {

/// Characters of names and values of tags that fill it, without a session policy.
inline constexpr std::size_t max_packed_tags = 375;
/// Characters of a session policy that fill it, without tags.
inline constexpr std::size_t max_packed_policy = 1060;

/// Characters that tags may have beside a session policy of that length.
constexpr std::size_t room_for_tags(std::size_t policy_characters) {
  if (policy_characters >= max_packed_policy) return 0;
  return max_packed_tags * (max_packed_policy - policy_characters) / max_packed_policy;
}

}  // namespace sallyport::aws
