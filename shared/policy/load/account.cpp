// Accounts of AWS in the document: how much of their quotas is ours, and who looks at services.
#include <algorithm>
#include <cmath>

#include "core/ascii.hpp"
#include "document/suggest.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/names.hpp"

namespace sallyport::policy {
namespace {

constexpr std::size_t account_digits = 12;

std::optional<std::string> load_account_id(const node& at) {
  auto text = at.text();
  if (!text || (text->size() == account_digits && ascii::all_are(*text, ascii::is_digit))) return text;
  at.refuse(reason::policy_member_type, "not the id of an AWS account", "write its 12 digits, e.g. \"123456789012\"");
  return std::nullopt;
}

/// In percent.
std::optional<std::uint32_t> load_share(const node& at) {
  constexpr double least = 0.05;
  const auto& value = at.value();
  const double share = value.is_number() ? value.get<double>() : 0;
  if (share >= least && share <= 1) return static_cast<std::uint32_t>(std::lround(share * 100));
  at.refuse(reason::policy_member_type, "not a share of the quotas", "write a number from 0.05 to 1, e.g. 0.8");
  return std::nullopt;
}

std::optional<aws_account::quotas> load_quotas(const node& at) {
  if (!at.is_object_of({"update_service", "run_task", "launches", "describe_tasks", "describe_services"}))
    return std::nullopt;
  aws_account::quotas out;
  const auto a_second = [](const node& m) { return m.integer(1, 10'000); };
  read_member(at, "update_service", out.update_service, a_second);
  read_member(at, "run_task", out.run_task, a_second);
  read_member(at, "launches", out.launches, a_second);
  read_member(at, "describe_tasks", out.describe_tasks, a_second);
  read_member(at, "describe_services", out.describe_services, a_second);
  return out;
}

void check_looks_role(const node& at, const aws_account& of) {
  const auto role = aws::parse_role_arn(of.looks_role);
  if (!role.ok() || of.account.empty() || role->account == of.account) return;
  at.refuse(reason::policy_member_type, "a role of account " + role->account + " cannot look at account " + of.account,
            "name a role of " + of.account);
}

aws_account load_account(const std::string& name, const node& at) {
  aws_account out;
  out.name = name;
  if (!at.is_object_of({"account", "share", "quotas", "looks_role"})) return out;
  read_required(at, "account", "its 12 digits", out.account, load_account_id);
  read_member(at, "share", out.share, load_share);
  read_member(at, "quotas", out.raised, load_quotas);
  read_member(at, "looks_role", out.looks_role, load_role);
  if (const auto role = at.member("looks_role")) check_looks_role(*role, out);
  return out;
}

}  // namespace

void load_accounts(const node& at, compiled_policy& to) {
  for (const auto& [name, below] : at.members()) {
    check_entry_name(name, below);
    auto loaded = load_account(name, below);
    const auto* other = loaded.account.empty() ? nullptr : find_account_by_id(to, loaded.account);
    if (other != nullptr) {
      below.refuse(reason::policy_duplicate, "aws " + other->name + " and " + name + " are one account",
                   "make one of both: its quotas are shared");
    }
    to.accounts.push_back(std::move(loaded));
  }
}

void check_account(const node& service_at, const service& loaded, const compiled_policy& policy) {
  if (!loaded.ecs || loaded.ecs->account.empty()) return;
  const auto ecs = service_at.member("ecs");
  const auto at = ecs->member("aws");
  const auto* named = find_account(policy, loaded.ecs->account);
  if (named == nullptr) {
    std::vector<std::string_view> known;
    for (const auto& each : policy.accounts) known.push_back(each.name);
    auto advice = document::suggestion(loaded.ecs->account, known);
    if (advice.empty()) advice = "add it to \"aws\"";
    at->refuse(reason::policy_reference_unknown, "there is no aws " + loaded.ecs->account, std::move(advice));
    return;
  }
  if (!named->looks_role.empty()) check_partition(*at, named->looks_role, loaded.ecs->region);
  const auto role = aws::parse_role_arn(loaded.ecs->role);
  if (!role.ok() || named->account.empty() || role->account == named->account) return;
  ecs->member("role")->refuse(
      reason::policy_member_type,
      "a role of account " + role->account + ", and aws " + named->name + " is account " + named->account,
      "name a role of " + named->account + ", or the aws entry of " + role->account);
}

}  // namespace sallyport::policy
