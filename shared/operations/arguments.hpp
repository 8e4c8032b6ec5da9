// Reading the arguments of an operation, which come from our own host: what is absent or of another type is as if empty.
// Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "encoding/json.hpp"

namespace sallyport::operations {

using encoding::find_member;
using encoding::json;

/// A view into `from`.
std::string_view view(const json& from, std::string_view name);
std::string text(const json& from, std::string_view name);
std::int64_t number(const json& from, std::string_view name);
bool truth(const json& from, std::string_view name);
std::vector<std::string> texts(const json& from, std::string_view name);
std::vector<std::pair<std::string, std::string>> pairs(const json& from, std::string_view name);
json pairs_to_json(const std::vector<std::pair<std::string, std::string>>& from);

/// What an operation says when it cannot be done.
json error(const failure& what);

}  // namespace sallyport::operations
