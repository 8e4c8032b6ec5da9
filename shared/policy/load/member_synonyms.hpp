// What other systems call the members of a policy, for advice.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sallyport::policy {

/// "did you mean x?" for a misspelled or foreign name of one of `members`, else all of them.
std::string suggest_member(std::string_view name, std::span<const std::string_view> members);

}  // namespace sallyport::policy
