#include "aws/place.hpp"

namespace sallyport::aws {

std::string_view ecs_name(std::string_view name_or_arn) {
  return name_or_arn.substr(name_or_arn.rfind('/') + 1);
}

std::string target_of(std::string_view cluster, std::string_view service) {
  return std::string(ecs_name(cluster)) + "/" + std::string(ecs_name(service));
}

std::string target_of_tasks(std::string_view cluster, std::string_view task_definition) {
  const auto name = ecs_name(task_definition);
  return std::string(ecs_name(cluster)) + "/~" + std::string(name.substr(0, name.find(':')));
}

std::string place_of(const role_arn& role, std::string_view region, std::string_view cluster,
                     std::string_view service) {
  return "place/1 " + role.partition + ":" + role.account + ":" + std::string(region) + ":" +
         target_of(cluster, service);
}

namespace {

constexpr std::string_view region_prefix = "region/1 ";
constexpr std::string_view second_suffix = " #2";

}  // namespace

std::string name_of(const region_name& what) {
  return std::string(region_prefix) + what.partition + ":" + what.account + ":" + what.region +
         std::string(what.stand_in ? second_suffix : "");
}

std::optional<region_name> region_name_from(std::string_view text) {
  if (!text.starts_with(region_prefix)) return std::nullopt;
  text.remove_prefix(region_prefix.size());
  region_name out;
  out.stand_in = text.ends_with(second_suffix);
  if (out.stand_in) text.remove_suffix(second_suffix.size());
  const auto first = text.find(':'), second = text.rfind(':');
  if (first == std::string_view::npos || first == second) return std::nullopt;
  out.partition = text.substr(0, first);
  out.account = text.substr(first + 1, second - first - 1);
  out.region = text.substr(second + 1);
  return out;
}

}  // namespace sallyport::aws
