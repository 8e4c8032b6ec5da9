#include "policy/load/conditions.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "document/position.hpp"
#include "document/suggest.hpp"
#include "http/field.hpp"
#include "policy/load/condition_tree.hpp"
#include "policy/load/exact_literals.hpp"
#include "policy/load/signable.hpp"
#include "policy/load/synonyms.hpp"

namespace sallyport::policy {
namespace {

// The static estimate of one expression stays below the default step budget of its evaluation, so that what loads does
// not run out of steps unless its data are far larger than the estimate takes them to be.
constexpr std::uint64_t max_condition_cost = 100'000;

/// A slip of the tables below would leave a variable out, and every condition that names it would refuse to load.
void declare(cel::environment& names, std::string name, std::string type_name,
             std::initializer_list<cel::environment::field> fields) {
  if (!names.declare_object(std::move(name), std::move(type_name), fields).ok()) __builtin_trap();
}

void declare_variables(cel::environment& names) {
  declare(names, "identity", "sallyport.Identity",
          {{"issuer", "string"},
           {"subject", "string"},
           {"kind", "string"},
           {"email", "string"},
           {"email_verified", "bool"},
           {"groups", "list(string)"},
           {"claims", "map(string, dyn)"},
           {"expires", "timestamp"}});
  declare(names, "request", "sallyport.Request",
          {{"method", "string"},
           {"host", "string"},
           {"path", "string"},
           {"params", "map(string, string)"},
           {"params_decoded", "map(string, string)"},
           {"query", "map(string, list(string))"},
           {"headers", "map(string, string)"},
           {"ip", "string"},
           {"country", "string"},
           {"asn", "int"},
           {"time", "timestamp"},
           {"id", "string"}});
  declare(names, "route", "sallyport.Route", {{"id", "string"}, {"labels", "map(string, string)"}});
  declare(names, "service", "sallyport.Service", {{"name", "string"}, {"labels", "map(string, string)"}});
}

cel::compile_options options_for(cel::type expected) {
  cel::compile_options options;
  options.limits.max_cost = max_condition_cost;
  options.expected = std::move(expected);
  options.refuse_known_errors = true;
  return options;
}

/// What is no text is no condition either, though JSON has truth values and lists of its own.
std::optional<std::string> condition_text(const node& at) {
  const auto& given = at.value();
  if (given.is_boolean()) {
    at.refuse(reason::policy_member_type, "expected a string, found true or false",
              given.get<bool>() ? "write \"true\"" : "write \"false\"");
    return std::nullopt;
  }
  if (!given.is_structured()) return at.text();
  at.refuse(reason::policy_member_type,
            std::string("expected a string, found ") + (given.is_array() ? "a list" : "an object"),
            "a condition is one expression, e.g. \"'sre' in identity.groups\"; join several with || or &&");
  return std::nullopt;
}

bool fits_header(const cel::type& of) {
  using cel::type_kind;
  if (of.is(type_kind::list)) return of.first().is(type_kind::string) || of.first().is(type_kind::dyn);
  return of.is(type_kind::string) || of.is(type_kind::boolean) || of.is(type_kind::integer) || of.is(type_kind::dyn);
}

}  // namespace

condition_compiler::condition_compiler(std::vector<std::string> issuers) : issuers_(std::move(issuers)) {
  declare_variables(names_);
  names_.set_synonyms(variable_synonyms());
}

std::optional<placed_condition> condition_compiler::truth(const node& at, std::string name) const {
  return compile(at, std::move(name), cel::type_kind::boolean);
}

std::optional<placed_condition> condition_compiler::header_value(const node& at, std::string name) const {
  auto compiled = compile(at, std::move(name), cel::type_kind::dyn);
  if (!compiled) return std::nullopt;
  const auto& type = compiled->code->code().result_type();
  if (fits_header(type)) return compiled;
  at.refuse(reason::policy_condition_invalid, "a value of type " + type.text() + " cannot go into a header",
            "give a string, a list of strings, a bool or an int");
  return std::nullopt;
}

condition_ptr condition_compiler::own_header_value(std::string_view source) const {
  auto code = cel::compile(source, names_);
  if (!code.ok()) __builtin_trap();
  return std::make_shared<const condition>(std::string(source), std::move(code).value());
}

std::optional<placed_condition> condition_compiler::compile(const node& at, std::string name,
                                                            cel::type expected) const {
  const auto source = condition_text(at);
  if (!source) return std::nullopt;
  cel::problem problem;
  auto code = cel::compile(*source, names_, options_for(std::move(expected)), &problem);
  if (code.ok() && !check_literals(at, *source)) return std::nullopt;
  if (code.ok()) {
    placed_condition placed{std::make_shared<const condition>(std::move(name), std::move(*code)), at};
    check_issuers(placed);
    return placed;
  }
  const bool costly = code.why() == reason::cel_cost;
  at.refuse_inside(document::offset_of(*source, problem.at),
                   costly ? reason::policy_condition_cost : reason::policy_condition_invalid, problem.message,
                   problem.advice);
  return std::nullopt;
}

namespace {

/// Calls `check` with each text that identity.issuer is compared with, and where it stands.
template <class Check>
void for_each_issuer(const condition& what, Check check) {
  const condition_tree tree(what);
  tree.for_each_call([&](const cel::node& call) {
    const auto sides = tree.children(call);
    if (sides.size() != 2 || (call.name != "_==_" && call.name != "_!=_" && call.name != "@in")) return;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      if (!tree.is_member(sides[side], variable::identity, "issuer")) continue;
      for (const auto& [text, offset] : tree.texts(sides[1 - side])) check(text, offset);
    }
  });
}

}  // namespace

void condition_compiler::check_issuers(const placed_condition& what) const {
  for_each_issuer(*what.code, [&](std::string_view name, std::size_t offset) {
    // The empty one is that of anonymous callers.
    if (name.empty() || std::find(issuers_.begin(), issuers_.end(), name) != issuers_.end()) return;
    const std::vector<std::string_view> known(issuers_.begin(), issuers_.end());
    auto advice = document::suggestion(name, known);
    if (advice.empty()) advice = "add it to \"issuers\"";
    what.at.refuse_inside(offset, reason::policy_reference_unknown, "there is no issuer " + std::string(name),
                          std::move(advice));
  });
}

namespace {

void add_identity_member(std::string_view member, const cel::access_path& path, used_facts& to) {
  if (member == "email") to.email = true;
  if (member == "email_verified") to.email_verified = true;
  if (member == "groups") to.groups = true;
  if (member == "expires") to.expires = true;
  if (member != "claims") return;
  if (path.size() == 2) to.all_claims = true;
  if (path.size() > 2) to.claims.emplace_back(path.begin() + 2, path.end());
}

void add_whole_identity(used_facts& to) {
  to.email = to.email_verified = to.groups = to.expires = to.all_claims = true;
}

void add_request_member(std::string_view member, const cel::access_path& path, used_facts& to) {
  if (member == "method") to.method = true;
  if (member == "ip") to.ip = true;
  if (member == "country") to.country = true;
  if (member == "asn") to.asn = true;
  if (member == "time" || member == "id") to.moment = true;
  if (member != "headers") return;
  if (path.size() == 2) to.all_headers = true;
  if (path.size() > 2) to.headers.push_back(path[2]);
}

void add_whole_request(used_facts& to) {
  to.method = to.ip = to.country = to.asn = to.moment = to.all_headers = true;
}

}  // namespace

void add_used(const condition& reads, used_facts& to) {
  for (const auto& path : reads.code().accessed()) {
    if (path.front() == "identity" && path.size() == 1) add_whole_identity(to);
    if (path.front() == "identity" && path.size() > 1) add_identity_member(path[1], path, to);
    if (path.front() == "request" && path.size() == 1) add_whole_request(to);
    if (path.front() == "request" && path.size() > 1) add_request_member(path[1], path, to);
  }
}

void settle_used(used_facts& used) {
  const auto is_within = [](const claim_path& outer, const claim_path& inner) {
    return outer.size() <= inner.size() && std::equal(outer.begin(), outer.end(), inner.begin());
  };
  std::sort(used.claims.begin(), used.claims.end());
  // Sorted, so whatever covers a path stands right before what it covers.
  used.claims.erase(std::unique(used.claims.begin(), used.claims.end(), is_within), used.claims.end());
  if (used.all_claims) used.claims.clear();
  std::sort(used.headers.begin(), used.headers.end());
  used.headers.erase(std::unique(used.headers.begin(), used.headers.end()), used.headers.end());
  if (used.all_headers) used.headers.clear();
}

namespace {

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Calls `check` with each name that is read as `request.<member>.<name>`.
template <class Check>
void for_each_name(const condition& what, std::string_view member, Check check) {
  for (const auto& path : what.code().accessed()) {
    if (path.size() > 2 && path[0] == "request" && path[1] == member) check(path[2]);
  }
}

}  // namespace

void check_parameters(const placed_condition& what, const std::vector<std::string>& parameters,
                      std::string_view where) {
  for (const std::string member : {"params", "params_decoded"}) {
    for_each_name(*what.code, member, [&](const std::string& name) {
      if (holds(parameters, name)) return;
      what.at.refuse(reason::policy_condition_invalid,
                     "request." + member + "." + name + " is not in the path of " + std::string(where),
                     "add a segment :" + name + " to the path, or drop the test");
    });
  }
}

namespace {

/// What to do about a header that conditions of the service cannot read.
void refuse_header(const placed_condition& what, const std::string& name, const service& to) {
  const std::string lower = ascii::to_lower(name);
  const auto refuse = [&](std::string message, std::string advice) {
    what.at.refuse(reason::policy_condition_invalid, std::move(message), std::move(advice));
  };
  const std::string read = "request.headers['" + name + "']";
  const std::string write = "write request.headers['" + lower + "']";
  if (const auto why = why_unsignable(lower); !why.empty())
    return refuse("conditions cannot read " + read, std::string(why));
  if (holds(to.signed_headers, lower)) return refuse(read + " never matches: names here are lower-case", write);
  const std::string add = "add \"" + lower + "\" to signed_headers of service " + to.name;
  refuse(read + " is not a signed header", name == lower ? add : add + ", and " + write);
}

}  // namespace

void check_headers(const placed_condition& what, const service& to) {
  for_each_name(*what.code, "headers", [&](const std::string& name) {
    if (!holds(to.signed_headers, name)) refuse_header(what, name, to);
  });
}

void check_without_service(const placed_condition& what, std::string_view where) {
  for_each_name(*what.code, "headers", [&](const std::string& name) {
    what.at.refuse(reason::policy_condition_invalid, "a job sees no headers: request.headers['" + name + "']",
                   "take the job's input from the body instead");
  });
  const auto& paths = what.code->code().accessed();
  const bool reads_service =
      std::any_of(paths.begin(), paths.end(), [](const cel::access_path& path) { return path.front() == "service"; });
  if (!reads_service) return;
  what.at.refuse(reason::policy_condition_invalid,
                 "there is no service here: " + std::string(where) + " leads to a job", "test route.labels instead");
}

}  // namespace sallyport::policy
