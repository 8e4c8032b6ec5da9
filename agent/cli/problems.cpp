#include "agent/cli/problems.hpp"

#include <iostream>

#include "agent/cli/output.hpp"
#include "encoding/visible.hpp"

namespace sallyport::agent::cli {

void print_problems(const std::string& file, const std::vector<document::problem>& problems) {
  for (const auto& each : problems) std::cerr << encoding::visible(file + ":" + document::describe(each)) << "\n";
}

void print_problems_json(const std::string& file, const std::vector<document::problem>& problems) {
  auto all = encoding::json::array();
  for (const auto& each : problems)
    all.push_back({{"file", file},
                   {"line", each.line},
                   {"column", each.column},
                   {"path", each.path},
                   {"reason", std::string(name_of(each.why))},
                   {"message", each.message},
                   {"advice", each.advice}});
  print_json({{"ok", false}, {"problems", all}});
}

}  // namespace sallyport::agent::cli
