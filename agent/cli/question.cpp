#include "agent/cli/question.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/pasted_token.hpp"
#include "agent/cli/problems.hpp"
#include "agent/openssl/host.hpp"
#include "policy/cases/read.hpp"
#include "policy/load/load.hpp"

namespace sallyport::agent::cli {

namespace {

namespace files = std::filesystem;
using encoding::json;

/// What is wrong with an option, which has no line and column.
int refuse_question(const std::vector<document::problem>& problems, bool as_json) {
  if (as_json) print_problems_json("", problems);
  for (const auto& each : problems)
    complain(each.message + " (" + each.path + ")" + (each.advice.empty() ? "" : "; " + each.advice));
  return exit_config;
}

int refuse_document(const std::string& file, const std::vector<document::problem>& problems, bool as_json) {
  if (as_json) print_problems_json(file, problems);
  print_problems(file, problems);
  return exit_config;
}

/// Beside "policy.jsonc" stands "policy.test.jsonc"; empty when it does not.
std::string cases_beside(const std::string& policy) {
  if (policy == "-") return {};
  files::path at(policy);
  at.replace_filename(at.stem().string() + ".test" + at.extension().string());
  std::error_code none;
  return files::exists(at, none) ? at.string() : std::string();
}

int read_known(const question_options& chosen, opened_policy& to) {
  const auto file = chosen.cases.empty() ? cases_beside(chosen.policy) : chosen.cases;
  if (file.empty()) return exit_ok;
  const auto text = read_input(file, policy::document_limits.max_bytes);
  if (!text.ok()) {
    complain(file, text.error(), chosen.as_json);
    return exit_unavailable;
  }
  auto read = policy::read_identities(*text, *to.policy);
  if (!read.problems.empty()) return refuse_document(file, read.problems, chosen.as_json);
  to.known = std::move(read.identities);
  return exit_ok;
}

/// "name: value" and "name=value".
std::optional<std::pair<std::string, std::string>> split_pair(const std::string& text, char at) {
  const auto mark = text.find(at);
  if (mark == std::string::npos || mark == 0) return std::nullopt;
  auto value = text.substr(mark + 1);
  while (at == ':' && value.starts_with(' ')) value.erase(0, 1);
  return std::pair(text.substr(0, mark), value);
}

/// A claim's value is JSON where it can be read as that, else text.
json claim_value(const std::string& text) {
  auto parsed = encoding::parse_json(text);
  return parsed.ok() ? std::move(*parsed) : json(text);
}

json request_of(const question_options& chosen, std::string& wrong) {
  json request = json::object();
  if (!chosen.request.empty()) request["url"] = chosen.request.back();
  if (chosen.request.size() > 1) request["method"] = chosen.request.front();
  if (chosen.request.size() == 1) {
    // "GET https://…" in one word, as in a document of cases.
    const auto& line = chosen.request.front();
    const auto space = line.find(' ');
    if (space != std::string::npos) {
      request["method"] = line.substr(0, space);
      request["url"] = line.substr(space + 1);
    }
  }
  for (const auto& each : chosen.headers) {
    const auto pair = split_pair(each, ':');
    if (!pair) wrong = "--header: write 'name: value'";
    if (pair) request["headers"][pair->first].push_back(pair->second);
  }
  if (!chosen.ip.empty()) request["ip"] = chosen.ip;
  if (!chosen.country.empty()) request["country"] = chosen.country;
  if (!chosen.time.empty()) request["time"] = chosen.time;
  if (chosen.asn) request["asn"] = *chosen.asn;
  return request;
}

json identity_of(const question_options& chosen, std::string& wrong) {
  json who = json::object();
  if (!chosen.issuer.empty()) who["issuer"] = chosen.issuer;
  if (!chosen.subject.empty()) who["subject"] = chosen.subject;
  if (!chosen.kind.empty()) who["kind"] = chosen.kind;
  if (!chosen.email.empty()) who["email"] = chosen.email;
  if (chosen.email_verified) who["email_verified"] = true;
  if (!chosen.groups.empty()) who["groups"] = chosen.groups;
  for (const auto& each : chosen.claims) {
    const auto pair = split_pair(each, '=');
    if (!pair) wrong = "--claim: write 'name=value'";
    if (pair) who["claims"][pair->first] = claim_value(pair->second);
  }
  return who;
}

/// The text of a file that an option names, or nothing, and `exit` is set.
std::optional<std::string> text_of(const std::string& file, bool as_json, int& exit) {
  auto text = read_input(file, policy::document_limits.max_bytes);
  if (text.ok()) return std::move(*text);
  complain(file, text.error(), as_json);
  exit = exit_unavailable;
  return std::nullopt;
}

/// One caller by file or by its members.
std::optional<json> described_caller(const question_options& chosen, int& exit) {
  std::string wrong;
  json who = identity_of(chosen, wrong);
  if (!chosen.token_file.empty()) {
    const auto token = text_of(chosen.token_file, chosen.as_json, exit);
    if (!token) return std::nullopt;
    who["token"] = unwrap_token(*token);
  }
  if (!chosen.identity_file.empty()) {
    const auto text = text_of(chosen.identity_file, chosen.as_json, exit);
    if (!text) return std::nullopt;
    const auto parsed = encoding::parse_jsonc(*text, policy::document_limits);
    if (parsed.ok()) return parsed->value;
    wrong = chosen.identity_file + ": no JSON; an identity is an object as in a document of cases";
  }
  if (wrong.empty()) return who;
  complain(wrong);
  exit = exit_usage;
  return std::nullopt;
}

/// A request that every policy can be asked about, where only the caller is to be read.
const json any_request = "https://any.invalid/";

std::optional<policy::policy_case> ask(const json& question, const opened_policy& from, bool as_json, int& exit) {
  auto read =
      policy::read_question(question.dump(-1, ' ', true, json::error_handler_t::replace), from.known, *from.policy);
  if (!read.question) exit = refuse_question(read.problems, as_json);
  return std::move(read.question);
}

}  // namespace

bool question_options::names_caller() const {
  return !as.empty() || !identity_file.empty() || !token_file.empty() || !issuer.empty() || !subject.empty();
}

void add_question_options(CLI::App& command, question_options& to, bool needs_request) {
  command.add_option("FILE", to.policy, "The policy document; - is standard input.")->required();
  auto* const request = command.add_option("REQUEST", to.request, "METHOD URL, or only the URL: then GET.");
  request->expected(needs_request ? 1 : 0, 2);
  if (needs_request) request->required();
  const char* const about = "Request";
  command.add_option("--header", to.headers, "'name: value'; may come again.")->expected(1)->take_all()->group(about);
  command.add_option("--ip", to.ip, "The client's address.")->group(about);
  command.add_option("--country", to.country, "Where it is, e.g. DE.")->group(about);
  command.add_option("--asn", to.asn, "The number of its network.")->group(about);
  command.add_option("--time", to.time, "RFC 3339; default noon of 2026-01-01 UTC.")->group(about);
  const char* const who = "Caller";
  auto* const as =
      command.add_option("--as", to.as, "An identity of the cases by its name, or anonymous; may come again.")
          ->expected(1)
          ->take_all()
          ->group(who);
  command
      .add_option("--cases", to.cases, "The document of cases; default the policy's name\nwith .test, if there is one.")
      ->group(who);
  auto* const identity =
      command
          .add_option("--identity", to.identity_file, "A file with one identity as cases have it; - is standard input.")
          ->group(who);
  auto* const token = command
                          .add_option("--token", to.token_file,
                                      "A file with a token; - is standard input. Its signature\nis not checked.")
                          ->group(who);
  auto* const issuer = command.add_option("--issuer", to.issuer, "The issuer's name in the policy.")->group(who);
  auto* const subject = command.add_option("--subject", to.subject, "What its tokens have as sub.")->group(who);
  subject->needs(issuer);
  command.add_option("--kind", to.kind, "user, service or workload; default that of the issuer.")
      ->needs(subject)
      ->group(who);
  command.add_option("--email", to.email, "The caller's e-mail address.")->needs(subject)->group(who);
  command.add_flag("--email-verified", to.email_verified, "The issuer vouches for it.")->needs(subject)->group(who);
  command.add_option("--group", to.groups, "A group; may come again.")
      ->expected(1)
      ->take_all()
      ->needs(subject)
      ->group(who);
  command.add_option("--claim", to.claims, "'name=value', the value as JSON or text; may come again.")
      ->expected(1)
      ->take_all()
      ->needs(subject)
      ->group(who);
  identity->excludes(as)->excludes(token)->excludes(issuer);
  token->excludes(as)->excludes(subject);
  as->excludes(issuer);
  command.add_flag("--json", to.as_json, "As JSON, for machines.");
}

opened_policy open_policy(const question_options& chosen) {
  opened_policy made;
  const auto text = text_of(chosen.policy, chosen.as_json, made.exit);
  if (!text) return made;
  const auto host = openssl::make_host();
  auto loaded = policy::load_policy(*text, *host);
  made.policy = std::move(loaded.policy);
  made.exit = made.policy ? read_known(chosen, made) : refuse_document(chosen.policy, loaded.problems, chosen.as_json);
  return made;
}

std::vector<caller> read_callers(const question_options& chosen, const opened_policy& from, int& exit) {
  std::vector<caller> all;
  for (const auto& name : chosen.as) {
    // A token that stands there by mistake is not said again.
    if (name.starts_with("eyJ")) {
      complain("--as takes a name; a token goes into a file, and --token names that");
      exit = exit_usage;
      return {};
    }
    auto read = ask({{"as", name}, {"request", any_request}}, from, chosen.as_json, exit);
    if (!read) return {};
    all.push_back({name, std::move(read->who)});
  }
  if (!all.empty()) return all;
  const auto described = described_caller(chosen, exit);
  if (!described) return {};
  auto read = ask({{"as", *described}, {"request", any_request}}, from, chosen.as_json, exit);
  if (!read) return {};
  std::string name = read->who.ok() ? read->who->subject : "the token";
  return {{std::move(name), std::move(read->who)}};
}

std::optional<policy::case_request> read_asked(const question_options& chosen, const opened_policy& from, int& exit) {
  std::string wrong;
  const json request = request_of(chosen, wrong);
  if (!wrong.empty()) {
    complain(wrong);
    exit = exit_usage;
    return std::nullopt;
  }
  auto read = ask({{"as", "anonymous"}, {"request", request}}, from, chosen.as_json, exit);
  if (!read) return std::nullopt;
  return std::move(read->request);
}

}  // namespace sallyport::agent::cli
