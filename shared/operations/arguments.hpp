// Reading the arguments of an operation, which come from our own host: what is absent or of another type is as if empty.
// Internal to this folder.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::operations {

using encoding::find_member;
using encoding::json;
using encoding::number_member;
using encoding::pairs_member;
using encoding::text_member;
using encoding::texts_member;
using encoding::truth_member;

/// A copy of the text.
std::string text(const json& from, std::string_view name);
json pairs_to_json(const std::vector<std::pair<std::string, std::string>>& from);

/// What an operation says when it cannot be done.
json error(const failure& what);

}  // namespace sallyport::operations
