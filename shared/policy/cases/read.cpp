#include "policy/cases/read.hpp"

#include <utility>

#include "document/position.hpp"
#include "document/syntax.hpp"
#include "policy/cases/reading.hpp"
#include "policy/load/load.hpp"

namespace sallyport::policy {
namespace {

using document::node;

/// A table of callers times rows stays a list that somebody can look at.
constexpr std::size_t most_cases = 100'000;

/// The members of a case that its rows may say anew.
class layered {
 public:
  layered(const node& row, const node* shared) : row_(row), shared_(shared) {}
  std::optional<node> member(std::string_view name) const {
    auto own = row_.member(name);
    return own || shared_ == nullptr ? own : shared_->member(name);
  }
  std::optional<node> required(std::string_view name, std::string advice) const {
    auto found = member(name);
    return found ? found : row_.required(name, std::move(advice));
  }

 private:
  const node& row_;
  const node* shared_;
};

class cases_reader {
 public:
  cases_reader(const encoding::annotated_json& document, const compiled_policy& policy)
      : document_(document), policy_(policy) {}

  std::vector<policy_case> read(const node& root);
  void read_identities(const node& at);
  named_identities take_identities() { return std::move(identities_); }

 private:
  void read_entry(const node& at);
  void read_row(const node& at, const node* shared);
  void add(const node& caller, const std::string& name, const policy_case& pattern);
  std::string name_of(const node& at, const node* shared);

  const encoding::annotated_json& document_;
  const compiled_policy& policy_;
  named_identities identities_;
  std::vector<policy_case> cases_;
};

std::vector<policy_case> cases_reader::read(const node& root) {
  if (!root.is_object_of({"$schema", "policy", "identities", "cases"})) return {};
  if (const auto known = root.member("identities")) read_identities(*known);
  const auto all = root.required("cases", "[{\"as\": …, \"request\": …, \"expect\": …}]");
  if (!all) return {};
  const auto entries = all->elements();
  for (const auto& each : entries) read_entry(each);
  if (entries.empty() && all->value().is_array())
    all->refuse(reason::policy_member_missing, "no case", "write one: nothing that is tested is no test");
  if (cases_.size() > most_cases)
    all->refuse(reason::policy_member_type, "more than " + std::to_string(most_cases) + " cases", "split the document");
  return std::move(cases_);
}

void cases_reader::read_identities(const node& at) {
  for (const auto& [name, below] : at.members()) {
    if (name == "anonymous")
      below.refuse_name(reason::policy_duplicate, "anonymous is the caller without a credential", "another name");
    if (auto who = read_identity(below, policy_)) identities_.emplace(name, *std::move(who));
  }
}

void cases_reader::read_entry(const node& at) {
  if (!at.is_object_of({"name", "as", "request", "expect", "each"})) return;
  const auto rows = at.member("each");
  if (!rows) return read_row(at, nullptr);
  const auto elements = rows->elements();
  for (const auto& row : elements)
    if (row.is_object_of({"name", "as", "request", "expect"})) read_row(row, &at);
  if (elements.empty() && rows->value().is_array())
    rows->refuse(reason::policy_member_missing, "no row", "leave out each, or write a row");
}

std::string cases_reader::name_of(const node& at, const node* shared) {
  std::string name;
  const auto take = [&](const node& from) {
    const auto given = from.member("name");
    const auto text = given ? given->some_text() : std::nullopt;
    if (text) name += (name.empty() ? "" : ": ") + *text;
  };
  if (shared != nullptr) take(*shared);
  take(at);
  return name;
}

void cases_reader::read_row(const node& at, const node* shared) {
  const layered members(at, shared);
  const auto name = name_of(at, shared);
  const auto caller = members.required("as", "the name of an identity, several of them, or anonymous");
  const auto request = members.required("request", "e.g. \"GET https://reports.acme.example/api/q1\"");
  const auto expect = members.required("expect", "\"allow\", \"deny\" or a reason");
  auto asked = request ? read_request(*request) : std::nullopt;
  auto expected = expect ? read_expectation(*expect, policy_) : std::nullopt;
  if (!caller || !asked || !expected || cases_.size() > most_cases) return;
  policy_case pattern;
  pattern.request = *std::move(asked);
  pattern.expected = *std::move(expected);
  pattern.at = document::position_of(document_.positions, at.pointer());
  if (!caller->value().is_array()) return add(*caller, name, pattern);
  for (const auto& each : caller->elements()) add(each, name, pattern);
}

void cases_reader::add(const node& caller, const std::string& name, const policy_case& pattern) {
  auto who = read_caller(caller, identities_, policy_);
  if (!who) return;
  policy_case made = pattern;
  made.who = *std::move(who);
  const auto* text = caller.value().get_ptr<const std::string*>();
  const std::string by = text != nullptr ? *text : made.who.ok() ? made.who->subject : "a token";
  const std::string what = pattern.request.method + " " + pattern.request.host + pattern.request.target;
  made.name = name.empty() ? by + ": " + what : name + " (" + by + ")";
  cases_.push_back(std::move(made));
}

}  // namespace

read_cases_result read_cases(std::string_view text, const compiled_policy& policy) {
  const auto document = encoding::parse_jsonc(text, document_limits);
  if (!document.ok()) return {{}, {document::syntax_problem(document.error(), text)}};
  document::report found(text, *document);
  auto cases = cases_reader(*document, policy).read(node(document->value, found));
  if (!found.empty()) return {{}, found.take()};
  return {std::move(cases), {}};
}

read_identities_result read_identities(std::string_view text, const compiled_policy& policy) {
  const auto document = encoding::parse_jsonc(text, document_limits);
  if (!document.ok()) return {{}, {document::syntax_problem(document.error(), text)}};
  document::report found(text, *document);
  const node root(document->value, found);
  cases_reader reader(*document, policy);
  if (root.is_object_of({"$schema", "policy", "identities", "cases"}))
    if (const auto known = root.member("identities")) reader.read_identities(*known);
  if (!found.empty()) return {{}, found.take()};
  return {reader.take_identities(), {}};
}

read_question_result read_question(std::string_view text, const named_identities& known,
                                   const compiled_policy& policy) {
  const auto document = encoding::parse_jsonc(text, document_limits);
  if (!document.ok()) return {{}, {document::syntax_problem(document.error(), text)}};
  document::report found(text, *document);
  const node root(document->value, found);
  policy_case asked;
  if (root.is_object_of({"as", "request"})) {
    document::read_required(root, "as", "an identity, its name, or anonymous", asked.who,
                            [&](const node& m) { return read_caller(m, known, policy); });
    document::read_required(root, "request", "e.g. \"GET https://reports.acme.example/api/q1\"", asked.request,
                            read_request);
  }
  if (!found.empty()) return {std::nullopt, found.take()};
  return {std::move(asked), {}};
}

policy_name_result read_policy_name(std::string_view text) {
  const auto document = encoding::parse_jsonc(text, document_limits);
  if (!document.ok()) return {{}, {document::syntax_problem(document.error(), text)}};
  document::report found(text, *document);
  policy_name_result named;
  const node root(document->value, found);
  if (root.is_object_of({"$schema", "policy", "identities", "cases"}))
    document::read_member(root, "policy", named.file, [](const node& m) { return m.some_text(); });
  named.problems = found.take();
  return named;
}

}  // namespace sallyport::policy
