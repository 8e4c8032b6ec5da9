#include <algorithm>

#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/fields.hpp"
#include "policy/header_map.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/signable.hpp"

namespace sallyport::policy {
namespace {

struct simple_source {
  std::string_view expression;
  mapped_header::source from;
  std::string_view default_name;
};
// The expressions that need no evaluation, and the header map of a service that has none of its own.
constexpr simple_source simple_sources[] = {
    {"identity.subject", mapped_header::source::subject, "Sallyport-Subject"},
    {"identity.email", mapped_header::source::email, "Sallyport-Email"},
    {"identity.groups", mapped_header::source::groups, "Sallyport-Groups"},
    {"identity.kind", mapped_header::source::kind, "Sallyport-Kind"},
};

mapped_header::source source_of(std::string_view expression) {
  for (const auto& simple : simple_sources) {
    if (simple.expression == expression) return simple.from;
  }
  return mapped_header::source::expression;
}

/// Whether the agent itself sets or rebuilds the field, or the connection owns it.
bool is_reserved(std::string_view name) {
  constexpr std::string_view agents[] = {"sallyport-assertion", "sallyport-context", "sallyport-request-id"};
  const auto lower = ascii::to_lower(name);
  switch (http::classify(name)) {
    case http::field_class::sallyport:
      return std::find(std::begin(agents), std::end(agents), lower) != std::end(agents);
    case http::field_class::ordinary:
    case http::field_class::trusted: return lower == "content-type";
    case http::field_class::forwarding:
    case http::field_class::hop_by_hop:
    case http::field_class::framing:
    case http::field_class::signature:
    case http::field_class::digest: return true;
  }
  return true;
}

bool check_mapped_name(const std::string& name, const node& at, const service& to) {
  if (!http::is_token(name) || name.find('_') != std::string::npos) {
    at.refuse_name(reason::policy_member_type, "\"" + name + "\" cannot be a header's name",
                   "use letters, digits and hyphens; an underscore collides with a hyphen in CGI-style variables");
    return false;
  }
  if (is_reserved(name)) {
    at.refuse_name(reason::policy_member_type, name + " is not the policy's to set", "choose another name");
    return false;
  }
  if (!is_mapped_header(to, name)) return true;
  at.refuse_name(reason::policy_duplicate, name + " is set twice", "names of headers have no case");
  return false;
}

void load_mapped_header(const std::string& name, const node& at, const condition_compiler& compiler,
                        loaded_service& to) {
  if (!check_mapped_name(name, at, to.service)) return;
  auto value = compiler.header_value(at, "headers " + name);
  if (!value) return;
  to.service.headers.push_back({name, source_of(value->code->code().source()), value->code});
  to.conditions.push_back(std::move(*value));
}

}  // namespace

void load_headers(const std::optional<node>& at, const condition_compiler& compiler, loaded_service& to) {
  if (at) {
    for (const auto& [name, below] : at->members()) load_mapped_header(name, below, compiler, to);
    return;
  }
  to.service.default_headers = true;
  for (const auto& simple : simple_sources) {
    to.service.headers.push_back(
        {std::string(simple.default_name), simple.from, compiler.own_header_value(simple.expression)});
  }
}

std::vector<std::string> load_signed_headers(const node& at) {
  std::vector<std::string> all;
  for (const auto& element : at.elements()) {
    const auto name = element.some_text();
    if (!name) continue;
    const auto lower = ascii::to_lower(*name);
    if (!is_signable_name(lower)) {
      element.refuse(reason::policy_member_type, "\"" + *name + "\" is not a header's name that can be signed",
                     std::string(why_unsignable(lower)));
    } else if (const auto why = why_unsignable(lower); !why.empty()) {
      element.refuse(reason::policy_member_type, *name + " cannot be a signed header", std::string(why));
    } else if (std::find(all.begin(), all.end(), lower) != all.end()) {
      element.refuse(reason::policy_duplicate, *name + " is listed twice", "drop one");
    } else {
      all.push_back(lower);
    }
  }
  return all;
}

}  // namespace sallyport::policy
