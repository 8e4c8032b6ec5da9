// What commands say of documents that do not load.
#pragma once

#include <string>
#include <vector>

#include "document/problem.hpp"
#include "encoding/json.hpp"

namespace sallyport::agent::cli {

/// A line each on standard error: FILE:LINE:COLUMN: what is wrong (where in the document); what to do.
void print_problems(const std::string& file, const std::vector<document::problem>& problems);
/// {"ok": false, "problems": […]} on standard output.
void print_problems_json(const std::string& file, const std::vector<document::problem>& problems);

}  // namespace sallyport::agent::cli
