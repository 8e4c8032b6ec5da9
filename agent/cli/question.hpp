// A request and who sends it, as the command line is asked about them: by options, files and names of identities.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/cases/case.hpp"
#include "policy/document.hpp"

namespace CLI {
class App;
}

namespace sallyport::agent::cli {

struct question_options {
  std::string policy;
  /// METHOD and URL, or the URL.
  std::vector<std::string> request;
  std::vector<std::string> headers;
  std::string ip, country, time;
  std::optional<std::uint32_t> asn;
  /// Names of the document of cases.
  std::vector<std::string> as;
  std::string cases;
  std::string identity_file, token_file;
  std::string issuer, subject, kind, email;
  bool email_verified = false;
  std::vector<std::string> groups, claims;
  bool as_json = false;

  /// Whether any option says who calls.
  bool names_caller() const;
};

/// Adds FILE, REQUEST and the options of both. `needs_request`: it cannot do without one.
void add_question_options(CLI::App& command, question_options& to, bool needs_request);

/// What is asked about, read; or the exit code, after everything wrong was said.
struct opened_policy {
  policy::policy_ptr policy;
  /// Of the document of cases; none where there is no such document.
  policy::named_identities known;
  int exit = 0;
};
opened_policy open_policy(const question_options& chosen);

struct caller {
  std::string name;
  result<policy::identity> who = policy::identity();
};
/// Those that the options name; `exit` is set and what is wrong was said when there are none. Precondition: names_caller().
std::vector<caller> read_callers(const question_options& chosen, const opened_policy& from, int& exit);
/// The request of the options.
std::optional<policy::case_request> read_asked(const question_options& chosen, const opened_policy& from, int& exit);

}  // namespace sallyport::agent::cli
