// The AWS side: building and signing calls, reading what comes back. Off the hot path: a wake or a job makes a handful
// of these, a request to a running service none.
#include <optional>

#include "aws/ecs.hpp"
#include "aws/issuer_documents.hpp"
#include "aws/json.hpp"
#include "aws/partition.hpp"
#include "aws/place.hpp"
#include "aws/session_policy.hpp"
#include "aws/session_tags.hpp"
#include "aws/sts.hpp"
#include "aws/web_identity.hpp"
#include "encoding/base64url.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"

namespace sallyport::operations {
namespace {

using namespace aws;

json call_to_json(const aws::call& from) {
  return {{"host", from.host}, {"path", from.path}, {"fields", pairs_to_json(from.fields)}, {"body", from.body}};
}

credentials credentials_of(const json& in) {
  const json* given = find_member(in, "credentials");
  if (given == nullptr) return {};
  return {text(*given, "access_key_id"), text(*given, "secret_access_key"), text(*given, "session_token")};
}

ecs_place place_of(const json& in) {
  return {text(in, "region"), text(in, "cluster")};
}

/// The reply of AWS as the host saw it; views into `in`.
reply reply_of(const json& in) {
  return {static_cast<std::uint16_t>(number_member(in, "status") & 0xFFFF), pairs_member(in, "fields"),
          text_member(in, "body")};
}

run_task run_task_of(const json& in) {
  return {place_of(in),
          text(in, "task_definition"),
          text(in, "container"),
          pairs_member(in, "environment"),
          text(in, "client_token"),
          text(in, "started_by"),
          texts_member(in, "subnets"),
          texts_member(in, "security_groups"),
          truth_member(in, "assign_public_ip")};
}

std::optional<aws::call> build(const json& in) {
  const std::string action = text(in, "action");
  const auto where = place_of(in);
  const std::string service = text(in, "service");
  if (action == "RunTask") return build_run_task(run_task_of(in));
  if (action == "DescribeTasks") return build_describe_tasks(where, texts_member(in, "tasks"));
  if (action == "ListTasks") return build_list_tasks(where, service, text(in, "next_token"));
  if (action == "ListStoppedTasks") return build_list_stopped_tasks(where, service);
  if (action == "StopTask") return build_stop_task(where, text(in, "task"), text(in, "why"));
  if (action == "DescribeServices") return build_describe_services(where, {service});
  if (action == "DescribeSomeServices") return build_describe_services(where, texts_member(in, "services"));
  if (action != "UpdateService") return std::nullopt;
  return build_update_service(where, service, static_cast<std::uint32_t>(number_member(in, "desired") & 0xFFFF));
}

/// To another endpoint than the regional one: a private one, or one on loopback.
void send_elsewhere(aws::call& made, const json& in) {
  std::string host = text(in, "host");
  if (!host.empty()) made.host = std::move(host);
}

template <class T, class F>
json answer_json(const answer<T>& from, F&& to) {
  if (const auto* refused = std::get_if<service_error>(&from)) return {{"refused", aws::to_json(*refused)}};
  return to(*std::get_if<T>(&from));
}

json services_json(const std::vector<named_service>& from) {
  json services = json::array();
  for (const auto& each : from) {
    services.push_back(aws::to_json(each.what));
    services.back()["name"] = each.name;
  }
  return {{"services", std::move(services)}};
}

on_behalf_of caller_of(const json& in) {
  const json* from = find_member(in, "caller");
  if (from == nullptr) return {};
  const auto email = encoding::string_member(*from, "email");
  return {text(*from, "issuer"), text(*from, "subject"), email ? std::optional<std::string>(*email) : std::nullopt,
          text(*from, "route")};
}

result<std::string> write_session_policy(const json& in, const json& purpose, const role_arn& role) {
  const ecs_place where{text(in, "region"), text(purpose, "cluster")};
  const std::string service = text(purpose, "invoke"), host = text(purpose, "host");
  const std::string resource = text(purpose, "resource"), task = text(purpose, "stop");
  if (!service.empty()) return invoke_session_policy(role, {service, where.region, host, resource});
  if (!task.empty()) return stop_session_policy(role, where, task);
  if (find_member(purpose, "watch") != nullptr) return watch_session_policy(role, where);
  if (find_member(purpose, "looks") != nullptr) return looks_session_policy(role, where);
  const std::string definition = text(purpose, "task_definition");
  if (definition.empty()) return service_session_policy(role, where, text(purpose, "service"));
  return job_session_policy(role, where, definition, texts_member(purpose, "passed_roles"));
}

result<std::string> session_policy_of(const json& in, const role_arn& role) {
  const json* purpose = find_member(in, "purpose");
  if (purpose == nullptr) return failure(reason::internal, "purpose is missing");
  SALLYPORT_ASSIGN(std::string made, write_session_policy(in, *purpose, role));
  if (made.size() > max_session_policy)
    return failure(reason::config_invalid, "the session policy is over 2048 characters");
  return made;
}

}  // namespace

namespace {

/// The service or task definition that a session is for; empty where it is for a task, or for none of ECS.
std::string target_of_purpose(const json& in) {
  const json* purpose = find_member(in, "purpose");
  if (purpose == nullptr) return {};
  const std::string cluster = text(*purpose, "cluster"), service = text(*purpose, "service");
  const std::string definition = text(*purpose, "task_definition");
  if (!service.empty()) return target_of(cluster, service);
  return definition.empty() ? std::string() : target_of_tasks(cluster, definition);
}

result<void> check_partition(const role_arn& role, const std::string& region) {
  const auto* in = partition_of_region(region);
  if (in == nullptr) return failure(reason::config_invalid, "no partition of AWS has a region " + region);
  if (in->name == role.partition) return {};
  return failure(reason::config_invalid,
                 "the role is of partition " + role.partition + ", and " + region + " is in " + std::string(in->name));
}

}  // namespace

json assume_role(const json& in, means& with) {
  if (with.aws_key == nullptr) return error({reason::signing_key_missing, "AWS STS needs an ES256 signing key"});
  const auto role = parse_role_arn(text(in, "role"));
  if (!role.ok()) return error(role.error());
  const auto partition = check_partition(*role, text(in, "region"));
  if (!partition.ok()) return error(partition.error());
  const auto policy = session_policy_of(in, *role);
  if (!policy.ok()) return error(policy.error());
  const auto caller = caller_of(in);
  const unix_seconds now = number_member(in, "now") / 1000;
  const web_identity what{with.issuer, text(in, "target"), caller, now, 300, text(in, "id"), target_of_purpose(in)};
  const auto token = mint_web_identity(what, *with.aws_key, with.host);
  if (!token.ok()) return error(token.error());
  auto made = build_assume_role(
      {text(in, "region"), text(in, "role"), source_identity(caller.subject, with.host), *token, *policy, 900});
  send_elsewhere(made, in);
  return call_to_json(made);
}

json read_assume_role(const json& in, means&) {
  return answer_json(aws::read_assume_role(reply_of(in)), [](const temporary_credentials& given) {
    return json{{"credentials",
                 {{"access_key_id", given.keys.access_key_id},
                  {"secret_access_key", given.keys.secret_access_key},
                  {"session_token", given.keys.session_token}}},
                {"expires", given.expires},
                {"session", given.assumed_role_arn}};
  });
}

json call(const json& in, means& with) {
  auto made = build(in);
  if (!made) return error({reason::internal, "no such action"});
  send_elsewhere(*made, in);
  if (made->host.empty())
    return error({reason::config_invalid, "no partition of AWS has a region " + text(in, "region")});
  signing_request request{"POST", made->path, {}, made->fields, to_bytes(as_bytes(made->body))};
  request.fields.emplace_back("Host", made->host);
  const auto proof =
      with.signer.sign(request, credentials_of(in), {text(in, "region"), "ecs", number_member(in, "now") / 1000}, {});
  if (!proof.ok()) return error(proof.error());
  made->fields.insert(made->fields.end(), proof->fields.begin(), proof->fields.end());
  return call_to_json(*made);
}

json read(const json& in, means&) {
  const std::string action = text(in, "action");
  const reply from = reply_of(in);
  const auto service = [](const service_answer& of) { return aws::to_json(of); };
  if (action == "UpdateService") return answer_json(read_update_service(from), service);
  if (action == "DescribeServices") return answer_json(read_describe_services(from), service);
  if (action == "DescribeSomeServices") return answer_json(read_describe_some_services(from), services_json);
  if (action == "ListTasks" || action == "ListStoppedTasks") {
    return answer_json(read_list_tasks(from), [](const list_answer& of) {
      return json{{"task_arns", of.task_arns}, {"next_token", of.next_token}};
    });
  }
  if (action == "StopTask") {
    return answer_json(read_stop_task(from), [](const task& of) { return aws::to_json(tasks_answer{{of}, {}}); });
  }
  return answer_json(read_tasks(from), [](const tasks_answer& of) { return aws::to_json(of); });
}

json sign(const json& in, means& with) {
  const auto body = encoding::decode_base64(text(in, "body_b64"));
  if (!body.ok()) return error(body.error());
  signing_request request{text(in, "method"), text(in, "path"), pairs_member(in, "query"), pairs_member(in, "fields"),
                          *body};
  request.fields.emplace_back("Host", text(in, "host"));
  signing_options options;
  options.sign_body = true;
  options.payload = text(in, "payload");
  const auto proof = with.signer.sign(
      request, credentials_of(in), {text(in, "region"), text(in, "service"), number_member(in, "now") / 1000}, options);
  if (!proof.ok()) return error(proof.error());
  return {{"fields", pairs_to_json(proof->fields)}};
}

json issuer_documents(const json& in, means& with) {
  const auto made = make_issuer_documents(text(in, "issuer"), text(in, "keys"), with.host);
  if (!made.ok()) return error(made.error());
  return {{"base_path", made->base_path}, {"jwks", made->jwks}, {"discovery", made->discovery}};
}

}  // namespace sallyport::operations
