#include "gate/edge/answer_cookies.hpp"

#include "http/cookie.hpp"

namespace sallyport::gate {
namespace {

template <class Holds>
bool any_cookie(const policy::compiled_policy& policy, Holds holds) {
  for (const auto& issuer : policy.issuers) {
    for (const auto& source : issuer.from) {
      if (source.where == policy::credential_source::place::cookie && holds(source.name)) return true;
    }
  }
  return false;
}

}  // namespace

bool has_credential_cookies(const policy::compiled_policy& policy) {
  return any_cookie(policy, [](std::string_view) { return true; });
}

bool sets_credential_cookie(const policy::compiled_policy& policy, std::string_view set_cookie) {
  return any_cookie(policy, [&](std::string_view name) { return http::sets_cookie(set_cookie, name); });
}

}  // namespace sallyport::gate
