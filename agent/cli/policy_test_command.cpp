#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "agent/cli/case_report.hpp"
#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/problems.hpp"
#include "agent/cli/program.hpp"
#include "agent/config/file_stamp.hpp"
#include "agent/openssl/host.hpp"
#include "policy/cases/read.hpp"
#include "policy/load/load.hpp"

namespace sallyport::agent::cli {

namespace {

namespace files = std::filesystem;

/// How often the files that are watched are looked at.
constexpr auto look = std::chrono::milliseconds(250);

struct options {
  std::string file = "policy.test.jsonc";
  std::string policy;
  std::string junit;
  std::size_t min_coverage = 0;
  bool as_json = false;
  bool watch = false;
};

/// Says what is wrong with a document; gives the exit code.
int refuse(const std::string& file, const std::vector<document::problem>& problems, bool as_json) {
  if (as_json) print_problems_json(file, problems);
  print_problems(file, problems);
  return exit_config;
}

int cannot_read(const std::string& file, const failure& why, bool as_json) {
  complain(file, why, as_json);
  return exit_unavailable;
}

/// Beside the cases: what they name, else their own name without ".test".
std::string policy_beside(const std::string& cases, const std::string& named) {
  const files::path at(cases);
  if (!named.empty()) return (at.parent_path() / named).string();
  std::string name = at.filename().string();
  if (const auto mark = name.rfind(".test."); mark != std::string::npos) name.erase(mark, 5);
  return (at.parent_path() / name).string();
}

case_report run_all(const options& chosen, const std::vector<policy::policy_case>& cases,
                    const policy::compiled_policy& policy, policy::coverage& reached) {
  case_report all;
  all.file = chosen.file;
  all.reached = &reached;
  for (const auto& each : cases) {
    auto got = policy::run_case(each, policy, reached);
    const bool passed = policy::is_as_expected(got, each.expected);
    all.results.push_back({&each, std::move(got), passed});
  }
  return all;
}

/// Prints it; gives the exit code.
int tell(const options& chosen, const case_report& all) {
  if (!chosen.junit.empty()) {
    std::ofstream out(chosen.junit, std::ios::trunc);
    out << as_junit(all);
    if (!out.flush()) {
      complain(chosen.junit + ": cannot be written");
      return exit_unavailable;
    }
  }
  if (chosen.as_json) print_json(as_json(all));
  if (!chosen.as_json) std::cout << as_text(all) << std::flush;
  if (all.reached->percent() < chosen.min_coverage) {
    complain("coverage is " + std::to_string(all.reached->percent()) + " %, and --min-coverage wants " +
             std::to_string(chosen.min_coverage) + " %");
    return exit_check_failed;
  }
  return all.failed() == 0 ? exit_ok : exit_check_failed;
}

/// The files of one run, as they were before they were read.
class read_files {
 public:
  void add(const std::string& file) { files_.emplace_back(file, config::stamp_of(file)); }
  bool changed() const {
    return std::any_of(files_.begin(), files_.end(),
                       [](const auto& each) { return config::stamp_of(each.first) != each.second; });
  }

 private:
  std::vector<std::pair<std::string, config::file_stamp>> files_;
};

/// One run; `from` learns of each file before it is read.
int test(const options& chosen, read_files& from) {
  from.add(chosen.file);
  const auto cases_text = read_input(chosen.file, policy::document_limits.max_bytes);
  if (!cases_text.ok()) return cannot_read(chosen.file, cases_text.error(), chosen.as_json);
  const auto named = policy::read_policy_name(*cases_text);
  if (!named.problems.empty()) return refuse(chosen.file, named.problems, chosen.as_json);
  const auto policy_file = chosen.policy.empty() ? policy_beside(chosen.file, named.file) : chosen.policy;
  from.add(policy_file);
  const auto policy_text = read_input(policy_file, policy::document_limits.max_bytes);
  if (!policy_text.ok()) return cannot_read(policy_file, policy_text.error(), chosen.as_json);
  const auto host = openssl::make_host();
  const auto loaded = policy::load_policy(*policy_text, *host);
  if (!loaded.policy) return refuse(policy_file, loaded.problems, chosen.as_json);
  const auto read = policy::read_cases(*cases_text, *loaded.policy);
  if (!read.problems.empty()) return refuse(chosen.file, read.problems, chosen.as_json);
  policy::coverage reached(*loaded.policy);
  return tell(chosen, run_all(chosen, read.cases, *loaded.policy, reached));
}

/// Runs again whenever one of both documents changes, until it is ended.
int run(const options& chosen) {
  for (;;) {
    read_files before;
    const int exit = test(chosen, before);
    if (!chosen.watch) return exit;
    while (!before.changed()) std::this_thread::sleep_for(look);
    std::cout << "\n";
  }
}

}  // namespace

void add_policy_test_command(CLI::App& policy, int& exit) {
  auto* const command = policy.add_subcommand("test", "Ask a policy what its cases ask, and compare what it says.");
  const auto chosen = std::make_shared<options>();
  command->add_option(
      "FILE", chosen->file,
      "The cases; default policy.test.jsonc. They name their policy, or it is\nthe file without \".test\".");
  command->add_option("--policy", chosen->policy, "The policy, in place of that.");
  command
      ->add_option("--min-coverage", chosen->min_coverage,
                   "Fail when routes and outcomes of conditions are reached\nto less than this, in per cent.")
      ->check(CLI::Range(0, 100));
  command->add_option("--junit", chosen->junit, "Also write a JUnit report to this file.");
  command->add_flag("--json", chosen->as_json, "As JSON, for machines.");
  command->add_flag("--watch", chosen->watch, "Run again whenever a file changes.");
  command->footer(
      "Nothing is sent and no signature is checked: identities and requests stand in the cases.\n"
      "Exit codes: 0 all as expected; 1 a case failed, or the coverage is too low; 3 the policy or the cases cannot "
      "be\n"
      "used; 4 a file cannot be read or written.\n\n"
      "Example:\n  sallyport policy test --min-coverage 100 policy.test.jsonc");
  command->callback([chosen, &exit] { exit = run(*chosen); });
}

}  // namespace sallyport::agent::cli
