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

}  // namespace sallyport::aws
