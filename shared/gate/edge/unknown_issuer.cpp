#include "gate/edge/unknown_issuer.hpp"

#include "core/ascii.hpp"
#include "encoding/shown.hpp"
#include "http/field.hpp"
#include "http/url.hpp"

namespace sallyport::gate {
namespace {

/// An iss in the parts that people get wrong.
struct spelling {
  std::string_view scheme, name, slashes;
};

spelling parts_of(std::string_view iss) {
  const auto url = http::split_url(iss);
  const auto start = url ? url->scheme.size() + 3 : 0;
  const auto rest = iss.substr(start);
  const auto end = rest.find_last_not_of('/') + 1;
  return {iss.substr(0, start), rest.substr(0, end), rest.substr(end)};
}

/// What differs when nothing else does; empty for another issuer altogether.
std::string difference(std::string_view theirs, std::string_view ours) {
  const auto [scheme, name, slashes] = parts_of(theirs);
  const auto [our_scheme, our_name, our_slashes] = parts_of(ours);
  if (name.empty() || !http::name_equals(name, ascii::to_lower(our_name))) return {};
  std::string found;
  const auto note = [&](bool differs, std::string_view what) {
    if (differs) found.append(found.empty() ? "" : " and ").append(what);
  };
  note(slashes != our_slashes, "the slash at its end");
  const bool same_scheme = http::name_equals(scheme, ascii::to_lower(our_scheme));
  note(!same_scheme, "the scheme");
  note(name != our_name || (same_scheme && scheme != our_scheme), "upper and lower case");
  return found;
}

std::string note_near(const policy::issuer& issuer, std::string_view iss) {
  auto found = difference(iss, issuer.url);
  for (const auto& other : issuer.other_urls) {
    if (found.empty()) found = difference(iss, other);
  }
  return found.empty() ? found : "; it differs from that of issuer " + issuer.name + " in " + found;
}

}  // namespace

std::string describe_unknown_issuer(const policy::compiled_policy& policy, std::optional<std::string_view> iss) {
  if (!iss) return "the token has no iss that is text";
  std::string detail = "no issuer has the token's iss " + encoding::shown(*iss, 200);
  for (const auto& issuer : policy.issuers) {
    const auto near = note_near(issuer, *iss);
    if (!near.empty()) return detail + near;
  }
  return detail;
}

}  // namespace sallyport::gate
