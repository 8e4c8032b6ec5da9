#include "policy/document.hpp"

#include <algorithm>

#include "policy/condition.hpp"
#include "policy/matcher.hpp"

namespace sallyport::policy {
namespace {

template <class Entry, class Member>
const Entry* find_by(const std::vector<Entry>& entries, Member member, std::string_view text) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.*member == text; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

compiled_policy::compiled_policy() = default;
compiled_policy::~compiled_policy() = default;

const issuer* find_issuer(const compiled_policy& policy, std::string_view name) {
  return find_by(policy.issuers, &issuer::name, name);
}

const issuer* find_issuer_by_url(const compiled_policy& policy, std::string_view iss) {
  const auto has_it = [&](const issuer& each) {
    const auto& others = each.other_urls;
    return each.url == iss || std::find(others.begin(), others.end(), iss) != others.end();
  };
  const auto found = std::find_if(policy.issuers.begin(), policy.issuers.end(), has_it);
  return found == policy.issuers.end() ? nullptr : &*found;
}

const service* find_service(const compiled_policy& policy, std::string_view name) {
  return find_by(policy.services, &service::name, name);
}

const aws_account* find_account(const compiled_policy& policy, std::string_view name) {
  return find_by(policy.accounts, &aws_account::name, name);
}

const aws_account* find_account_by_id(const compiled_policy& policy, std::string_view account) {
  return find_by(policy.accounts, &aws_account::account, account);
}

const job* find_job(const compiled_policy& policy, std::string_view name) {
  return find_by(policy.jobs, &job::name, name);
}

const route* find_route(const compiled_policy& policy, std::string_view id) {
  return policy.matcher == nullptr ? nullptr : policy.matcher->find(id);
}

}  // namespace sallyport::policy
