// Names of AWS in the document: regions, resources, roles, and that these belong together.
#include "aws/partition.hpp"
#include "aws/session_policy.hpp"
#include "core/ascii.hpp"
#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

bool is_resource_character(char c) {
  return ascii::is_alphanumeric(c) || std::string_view("_-:/.").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> load_region(const node& at) {
  auto text = at.some_text();
  if (!text || aws::partition_of_region(*text) != nullptr) return text;
  at.refuse(reason::policy_member_type, "no partition of AWS has a region of this name", "write e.g. us-east-1");
  return std::nullopt;
}

std::optional<std::string> load_aws_name(const node& at) {
  constexpr std::size_t max_bytes = 255;
  auto text = at.some_text();
  if (!text) return std::nullopt;
  if (text->size() <= max_bytes && ascii::all_are(*text, is_resource_character)) return text;
  at.refuse(
      reason::policy_member_type, "not the name or ARN of an AWS resource",
      "use letters, digits and _ - : / . as in my-cluster or arn:aws:ecs:us-east-1:111122223333:cluster/my-cluster");
  return std::nullopt;
}

std::optional<std::string> load_role(const node& at) {
  auto text = load_aws_name(at);
  if (!text || aws::parse_role_arn(*text).ok()) return text;
  at.refuse(reason::policy_member_type, "not the ARN of a role", "write arn:aws:iam::<12 digits>:role/<name>");
  return std::nullopt;
}

aws::role_arn role_of(std::string_view role, std::string_view region) {
  auto parsed = aws::parse_role_arn(role);
  if (parsed.ok()) return std::move(parsed).value();
  constexpr std::size_t account_digits = 12;
  const auto* in = aws::partition_of_region(region);
  return {std::string(in == nullptr ? "aws" : in->name), std::string(account_digits, '0'), {}};
}

void check_partition(const node& at, std::string_view role, std::string_view region) {
  const auto parsed = aws::parse_role_arn(role);
  const auto* in = aws::partition_of_region(region);
  if (!parsed.ok() || in == nullptr || parsed->partition == in->name) return;
  at.refuse(reason::policy_member_type,
            "a role of partition " + parsed->partition + " cannot be used in " + std::string(region) +
                ", which is in " + std::string(in->name),
            "write arn:" + std::string(in->name) + ":iam::<account>:role/<name>, or a region of " + parsed->partition);
}

}  // namespace sallyport::policy
