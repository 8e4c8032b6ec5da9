#include <algorithm>

#include "core/ascii.hpp"
#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

bool consists_of(std::string_view text, std::string_view punctuation) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return ascii::is_alphanumeric(c) || punctuation.find(c) != std::string_view::npos;
  });
}

}  // namespace

labels load_labels(const node& at) {
  labels all;
  for (const auto& [name, below] : at.members()) {
    if (auto text = below.text()) all.push_back({name, std::move(*text)});
  }
  return all;
}

std::optional<std::string> load_region(const node& at) {
  auto text = at.some_text();
  // e.g. us-east-1, ap-southeast-2, us-gov-west-1
  const bool shaped = text && std::count(text->begin(), text->end(), '-') >= 2 && consists_of(*text, "-") &&
                      ascii::is_digit(text->back());
  if (text && !shaped) at.refuse(reason::policy_member_type, "not an AWS region", "write e.g. us-east-1");
  return shaped ? text : std::nullopt;
}

std::optional<std::string> load_aws_name(const node& at) {
  constexpr std::size_t max_bytes = 255;
  auto text = at.some_text();
  if (!text) return std::nullopt;
  if (text->size() <= max_bytes && consists_of(*text, "_-:/.")) return text;
  at.refuse(
      reason::policy_member_type, "not the name or ARN of an AWS resource",
      "use letters, digits and _ - : / . as in my-cluster or arn:aws:ecs:us-east-1:111122223333:cluster/my-cluster");
  return std::nullopt;
}

std::optional<std::string> load_role(const node& at) {
  auto text = load_aws_name(at);
  if (!text) return std::nullopt;
  const bool shaped = text->substr(0, 4) == "arn:" && text->find(":iam::") != std::string::npos &&
                      text->find(":role/") != std::string::npos;
  if (shaped) return text;
  at.refuse(reason::policy_member_type, "not the ARN of a role", "write arn:aws:iam::<account>:role/<name>");
  return std::nullopt;
}

}  // namespace sallyport::policy
