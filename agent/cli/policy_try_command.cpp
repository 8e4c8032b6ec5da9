#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/cli/question.hpp"
#include "encoding/visible.hpp"
#include "policy/cases/run.hpp"
#include "policy/load/sample.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;
using encoding::visible;

/// One request and what it is about.
struct tried_row {
  /// Null: the request of the command line.
  const policy::route* route = nullptr;
  policy::case_request request;
  std::vector<policy::case_outcome> outcomes;
};

struct tried {
  std::vector<caller> callers;
  std::vector<tried_row> rows;
};

policy::case_request sample_of(const policy::route& of) {
  policy::case_request made;
  made.method = policy::sample_method(of);
  made.host = policy::sample_host(of);
  made.target = policy::sample_path(policy::pattern_of(of));
  return made;
}

std::string line_of(const policy::case_request& asked) {
  return asked.method + " " + asked.host + asked.target;
}

void run_row(const std::vector<caller>& callers, const policy::compiled_policy& of, tried_row& row) {
  policy::coverage unused(of);
  for (const auto& each : callers) {
    policy::policy_case what;
    what.who = each.who;
    what.request = row.request;
    row.outcomes.push_back(policy::run_case(what, of, unused));
  }
}

/// A word for a cell: allow, deny, error, and where another route decided, which.
std::string cell_of(const policy::case_outcome& got, const tried_row& row) {
  std::string text = got.allowed() ? "allow" : got.why == reason::policy_condition_error ? "error" : "deny";
  if (got.route != nullptr && row.route != nullptr && got.route != row.route) text += " by " + got.route->id;
  return visible(text);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text += std::string(width - text.size(), ' ');
  return text;
}

/// Columns as wide as their widest cell; nothing behind the last one.
std::string as_table(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  std::string text;
  for (const auto& line : lines) {
    std::string one;
    for (std::size_t i = 0; i < line.size(); ++i) one += (i > 0 ? "  " : "") + padded(line[i], widths[i]);
    one.erase(one.find_last_not_of(' ') + 1);
    text += one + "\n";
  }
  return text;
}

std::string matrix_text(const tried& all) {
  std::vector<std::vector<std::string>> lines{{"route", "request"}};
  for (const auto& each : all.callers) lines[0].push_back(visible(each.name));
  for (const auto& row : all.rows) {
    std::vector<std::string> line{visible(row.route->id), visible(line_of(row.request))};
    for (const auto& each : row.outcomes) line.push_back(cell_of(each, row));
    lines.push_back(std::move(line));
  }
  return as_table(lines);
}

/// One request: a line a caller, with the reason.
std::string request_text(const tried& all) {
  const auto& row = all.rows.front();
  std::vector<std::vector<std::string>> lines;
  for (std::size_t i = 0; i < all.callers.size(); ++i) {
    const auto& got = row.outcomes[i];
    std::string why = got.route == nullptr ? "" : "route " + got.route->id;
    if (!got.allowed()) why = std::string(name_of(got.why)) + (why.empty() ? "" : ", " + why);
    if (!got.detail.empty()) why += " (" + got.detail + ")";
    lines.push_back({visible(all.callers[i].name), got.allowed() ? "allow" : "deny", visible(why)});
  }
  return as_table(lines);
}

json describe_tried(const tried& all) {
  json rows = json::array();
  for (const auto& row : all.rows) {
    json cells = json::array();
    for (std::size_t i = 0; i < row.outcomes.size(); ++i) {
      const auto& got = row.outcomes[i];
      cells.push_back({{"as", all.callers[i].name},
                       {"decision", got.allowed() ? "allow" : "deny"},
                       {"reason", std::string(name_of(got.why))},
                       {"route", got.route == nullptr ? "" : got.route->id},
                       {"detail", got.detail}});
    }
    json one = {
        {"request", {{"method", row.request.method}, {"host", row.request.host}, {"target", row.request.target}}},
        {"callers", cells}};
    if (row.route != nullptr) one["route"] = row.route->id;
    rows.push_back(std::move(one));
  }
  return {{"rows", rows}};
}

/// Everybody whom the cases name, and whoever comes without a credential.
std::vector<caller> everybody(const opened_policy& opened) {
  std::vector<caller> all{{"anonymous", policy::identity()}};
  for (const auto& [name, who] : opened.known) all.push_back({name, who});
  return all;
}

int try_all(const question_options& chosen) {
  const auto opened = open_policy(chosen);
  int exit = opened.exit;
  if (exit != exit_ok) return exit;
  tried all;
  all.callers = chosen.names_caller() ? read_callers(chosen, opened, exit) : everybody(opened);
  if (exit != exit_ok) return exit;
  if (!chosen.request.empty()) {
    auto asked = read_asked(chosen, opened, exit);
    if (!asked) return exit;
    all.rows.push_back({nullptr, *std::move(asked), {}});
  } else {
    for (const auto& each : opened.policy->routes) all.rows.push_back({&each, sample_of(each), {}});
  }
  for (auto& row : all.rows) run_row(all.callers, *opened.policy, row);
  if (chosen.as_json) print_json(describe_tried(all));
  if (!chosen.as_json) std::cout << (chosen.request.empty() ? matrix_text(all) : request_text(all)) << std::flush;
  return exit_ok;
}

}  // namespace

void add_policy_try_command(CLI::App& policy, int& exit) {
  auto* const command = policy.add_subcommand("try", "Say who gets in: one request, or a request of each route.");
  const auto chosen = std::make_shared<question_options>();
  add_question_options(*command, *chosen, false);
  command->footer(
      "Without REQUEST, each route is asked with a request of its own, in which any-1 stands for a wildcard; without "
      "a\n"
      "caller, everybody whom the cases name is asked about, and anonymous. A cell is allow, deny or error (a "
      "condition\n"
      "failed), and names the route where another one decided. Nothing is sent, and no signature is checked.\n"
      "Exit codes: 0 whatever it decides; 2 the options are wrong; 3 the policy, the cases or the question cannot be\n"
      "used; 4 a file cannot be read.\n\n"
      "Examples:\n"
      "  sallyport policy try policy.jsonc\n"
      "  sallyport policy try policy.jsonc POST https://reports.acme.example/api/q1 --as alice --as bob");
  command->callback([chosen, &exit] { exit = try_all(*chosen); });
}

}  // namespace sallyport::agent::cli
