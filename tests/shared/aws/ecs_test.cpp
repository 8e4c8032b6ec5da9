#include "aws/ecs.hpp"

#include <doctest/doctest.h>

#include "aws/session_policy.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using sallyport::testing::exact_text;

namespace {

constexpr std::string_view described =
    R"({"tasks":[{"taskArn":"arn:aws:ecs:us-east-1:1:task/prod/abc","lastStatus":"RUNNING",
 "desiredStatus":"RUNNING","healthStatus":"HEALTHY","createdAt":1.25,"startedAt":2.5E0,"startedBy":"ecs-svc/1","pullStartedAt":1.5,"pullStoppedAt":2.5,
 "attachments":[{"type":"ElasticNetworkInterface","status":"ATTACHED","details":[{"name":"subnetId","value":"s"},
 {"name":"privateIPv4Address","value":"10.0.1.23"}]}],
 "containers":[{"name":"app","lastStatus":"RUNNING","exitCode":null},{"name":"agent","exitCode":137,"reason":"OOM"}]}],
 "failures":[{"arn":"arn:x","reason":"MISSING"}]})";

template <class T>
error_kind kind(const answer<T>& of) {
  const auto* error = std::get_if<service_error>(&of);
  REQUIRE(error != nullptr);
  return error->kind;
}

}  // namespace

TEST_CASE("reads a task with its address, health and exit codes") {
  const auto read = read_tasks({200, {}, exact_text(described).view()});
  const auto* good = std::get_if<tasks_answer>(&read);
  REQUIRE(good != nullptr);
  REQUIRE(good->tasks.size() == 1);
  const auto& one = good->tasks[0];
  CHECK(one.status == task_status::running);
  CHECK(one.health == health_status::healthy);
  CHECK(one.private_ipv4 == "10.0.1.23");
  CHECK(one.image_pull_finished);
  CHECK(one.created_at == 1250);
  CHECK(one.started_at == 2500);
  CHECK(one.stopped_at == 0);
  CHECK_FALSE(one.containers[0].exit_code.has_value());
  CHECK(one.containers[1].exit_code == 137);
  CHECK(kind_of_failure(good->failures[0]) == error_kind::not_found);
}

TEST_CASE("an answer cut off anywhere is unreadable") {
  for (std::size_t length = 0; length < described.size(); ++length) {
    CHECK(kind(read_tasks({200, {}, exact_text(described.substr(0, length)).view()})) == error_kind::unreadable);
  }
}

TEST_CASE("a member of another type is unreadable, never a guess") {
  for (std::string_view body :
       {R"([])", R"({"tasks":{}})", R"({"tasks":[1]})", R"({"tasks":[{"taskArn":"a","lastStatus":"DANCING"}]})",
        R"({"tasks":[{"lastStatus":"RUNNING"}]})", R"({"tasks":[],"failures":[1]})",
        R"({"tasks":[{"taskArn":"a","lastStatus":"RUNNING","containers":[{"exitCode":"0"}]}]})"}) {
    CAPTURE(body);
    CHECK(kind(read_tasks({200, {}, exact_text(body).view()})) == error_kind::unreadable);
  }
  CHECK(kind(read_update_service({200, {}, R"({"service":{"desiredCount":-1,"runningCount":0,"pendingCount":0}})"})) ==
        error_kind::unreadable);
}

TEST_CASE("an address that is not four numbers of at most 255 is none") {
  const auto address = [](std::string_view text) {
    const std::string body =
        R"({"tasks":[{"taskArn":"a","lastStatus":"RUNNING","attachments":[{"type":"ElasticNetworkInterface","details":)"
        R"([{"name":"privateIPv4Address","value":")" +
        std::string(text) + R"("}]}]}]})";
    const auto read = read_tasks({200, {}, exact_text(body).view()});
    const auto* good = std::get_if<tasks_answer>(&read);
    REQUIRE(good != nullptr);
    return good->tasks[0].private_ipv4;
  };
  for (std::string_view good : {"10.0.1.23", "0.0.0.0", "255.255.255.255"}) CHECK(address(good) == good);
  for (std::string_view bad :
       {"11...22", "1.2.3.256", "01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.4@evil", "1.2.3.4000"}) {
    CAPTURE(bad);
    CHECK(address(bad).empty());
  }
}

TEST_CASE("throttling in HTTP 400 is throttling") {
  const auto at = [](std::uint16_t status, std::string_view body) {
    return kind(read_tasks({status, {{"x-amzn-requestid", "r-1"}}, exact_text(body).view()}));
  };
  CHECK(at(400, R"({"__type":"ThrottlingException","message":"Rate exceeded"})") == error_kind::throttled);
  CHECK(at(400, R"({"__type":"com.amazonaws.ecs#ClientException","message":"x"})") == error_kind::invalid_request);
  CHECK(at(400, R"({"__type":"ConflictException"})") == error_kind::conflict);
  CHECK(at(400, R"({"__type":"com.amazon.coral.service#ExpiredTokenException"})") == error_kind::credentials_expired);
  CHECK(at(500, "") == error_kind::transient);
  CHECK(at(403, "<html>") == error_kind::access_denied);
}

TEST_CASE("where a code only says that AWS took the call as invalid, the words of the message count") {
  const auto said = [](std::string_view code, std::string_view message) { return kind_of(code, 400, message); };
  struct row {
    std::string_view message;
    error_kind kind;
  };
  for (const auto& [message, kind] : {
           row{"Tasks provisioning capacity limit exceeded.", error_kind::capacity},
           row{"You've reached the limit on the number of tasks you can run concurrently", error_kind::capacity},
           row{"Service limit exceeded for resource", error_kind::capacity},
           row{"Capacity is unavailable at this time. Please try again later", error_kind::capacity},
           row{"RATE EXCEEDED", error_kind::throttled},
           row{"Too Many Requests: API rate limit exceeded", error_kind::throttled},
           row{"Too many concurrent attempts to create a new revision. Please try again later.", error_kind::transient},
           row{"TaskDefinition is inactive", error_kind::invalid_request},
           row{"", error_kind::invalid_request},
       }) {
    const std::string_view said_of = message;
    CAPTURE(said_of);
    for (std::string_view code :
         {"ClientException", "InvalidParameterException", "ValidationException", "SomethingNew"}) {
      CHECK(said(code, message) == kind);
    }
  }
  CHECK(said("AccessDeniedException", "limit exceeded") == error_kind::access_denied);
  CHECK(said("PackedPolicyTooLarge", "Packed size consumes 108% of allotted space: limit exceeded") ==
        error_kind::session_too_large);
  const reply refused{
      400, {}, R"({"__type":"ClientException","message":"Tasks provisioning capacity limit exceeded."})"};
  CHECK(kind(read_tasks(refused)) == error_kind::capacity);
  CHECK(kind(read_update_service(refused)) == error_kind::capacity);
}

TEST_CASE("the address is that of an interface that is not gone, in whatever order they come") {
  const auto of = [](std::string_view first, std::string_view second) {
    const auto card = [](std::string_view status, std::string_view address) {
      return R"({"type":"ElasticNetworkInterface","status":")" + std::string(status) +
             R"(","details":[{"name":"privateIPv4Address","value":")" + std::string(address) + R"("}]})";
    };
    const auto body = R"({"tasks":[{"taskArn":"a","lastStatus":"RUNNING","version":4,"attachments":[)"
                      R"({"type":"ServiceConnect","status":"ATTACHED","details":[]},)" +
                      card(first, "10.0.0.1") + "," + card(second, "10.0.0.2") + "]}]}";
    return std::get<tasks_answer>(read_tasks({200, {}, body})).tasks.at(0);
  };
  for (std::string_view gone : {"DELETED", "DETACHED", "DETACHING", "FAILED"}) {
    CAPTURE(gone);
    CHECK(of(gone, "ATTACHED").private_ipv4 == "10.0.0.2");
    CHECK(of("ATTACHED", gone).private_ipv4 == "10.0.0.1");
    CHECK(of(gone, gone).private_ipv4.empty());
  }
  CHECK(of("DELETED", "ATTACHED").version == 4);
}

TEST_CASE("a service is read with its newest event, and when that was") {
  const auto of = [](std::string_view events) {
    return std::get<service_answer>(
        read_describe_services({200,
                                {},
                                R"({"services":[{"desiredCount":1,"runningCount":0,"pendingCount":0,"events":)" +
                                    std::string(events) + "}]}"}));
  };
  const auto seen =
      of(R"([{"message":"was unable to place a task","createdAt":2.5},{"message":"older","createdAt":1}])");
  CHECK(seen.newest_event == "was unable to place a task");
  CHECK(seen.newest_event_at == 2500);
  CHECK(of("[]").newest_event_at == 0);
}

TEST_CASE("what operators read holds no control characters and ends on a whole character") {
  CHECK(printable("a\r\nb") == "a  b");
  CHECK(printable("\xC3\xA4\xC3\xA4", 3) == "\xC3\xA4");
}

TEST_CASE("the environment is overridden, never the command") {
  run_task request{
      {"us-east-1", "batch"}, "export:12", "export", {{"MONTH", "2026-01"}}, "key", "sallyport/1", {}, {}, false};
  const auto made = build_run_task(request);
  CHECK(
      made.body ==
      R"({"clientToken":"key","cluster":"batch","count":1,"overrides":{"containerOverrides":[{"environment":)"
      R"([{"name":"MONTH","value":"2026-01"}],"name":"export"}]},"startedBy":"sallyport/1","taskDefinition":"export:12"})");
  CHECK(made.fields[1].second == "AmazonEC2ContainerServiceV20141113.RunTask");
}

TEST_CASE("session policies: the snapshot of each kind") {
  const auto role = parse_role_arn("arn:aws:iam::123456789012:role/path/gate");
  REQUIRE(role.ok());
  CHECK(
      service_session_policy(*role, {"us-east-1", "prod"}, "billing") ==
      R"({"Statement":[{"Action":["ecs:UpdateService","ecs:DescribeServices"],"Effect":"Allow","Resource":)"
      R"("arn:aws:ecs:us-east-1:123456789012:service/prod/billing"},{"Action":["ecs:DescribeTasks"],"Effect":"Allow",)"
      R"("Resource":"arn:aws:ecs:us-east-1:123456789012:task/prod/*"},{"Action":["ecs:ListTasks"],"Condition":)"
      R"({"ArnEquals":{"ecs:cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/prod"}},"Effect":"Allow","Resource":"*"}],)"
      R"("Version":"2012-10-17"})");
  CHECK(job_session_policy(*role, {"us-east-1", "batch"}, "export:12", {"arn:aws:iam::123456789012:role/task"}) ==
        R"({"Statement":[{"Action":["ecs:RunTask"],"Condition":{"ArnEquals":{"ecs:cluster":)"
        R"("arn:aws:ecs:us-east-1:123456789012:cluster/batch"}},"Effect":"Allow","Resource":)"
        R"("arn:aws:ecs:us-east-1:123456789012:task-definition/export:12"},{"Action":["iam:PassRole"],)"
        R"("Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}},"Effect":"Allow","Resource":)"
        R"(["arn:aws:iam::123456789012:role/task"]}],"Version":"2012-10-17"})");
  CHECK(watch_session_policy(*role, {"us-east-1", "batch"}) ==
        R"({"Statement":[{"Action":["ecs:DescribeTasks"],"Effect":"Allow","Resource":)"
        R"("arn:aws:ecs:us-east-1:123456789012:task/batch/*"}],"Version":"2012-10-17"})");
  CHECK(stop_session_policy(*role, {"us-east-1", "batch"}, "arn:aws:ecs:us-east-1:123456789012:task/batch/0a1b")
            .value() == R"({"Statement":[{"Action":["ecs:StopTask"],"Effect":"Allow","Resource":)"
                        R"("arn:aws:ecs:us-east-1:123456789012:task/batch/0a1b"}],"Version":"2012-10-17"})");
  CHECK(service_session_policy(*role, {"us-east-1", std::string(255, 'c')}, std::string(255, 's')).size() <=
        max_session_policy);
}

TEST_CASE("a role is named by its ARN and by nothing else") {
  for (std::string_view text : {"", "gate", "arn:aws:iam::1234:role/gate", "arn:aws:iam::123456789012:user/gate",
                                "arn:aws:iam:us-east-1:123456789012:role/gate", "arn:aws:iam::123456789012:role/"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_role_arn(text).ok());
  }
}

TEST_CASE("a session that calls an API may call that API and nothing else") {
  const auto role = parse_role_arn("arn:aws:iam::123456789012:role/gate");
  REQUIRE(role.ok());
  const auto may = [&](std::string_view service, std::string_view host, std::string_view resource) {
    return invoke_session_policy(*role, {service, "us-east-1", host, resource});
  };
  const auto calls_api = [](std::string_view resource) {
    std::string text = R"({"Statement":[{"Action":["execute-api:Invoke"],"Effect":"Allow","Resource":)";
    text.append("\"arn:aws:execute-api:us-east-1:").append(resource).append("\"}],\"Version\":\"2012-10-17\"}");
    return text;
  };
  CHECK(may("execute-api", "a1b2.execute-api.us-east-1.amazonaws.com", "") == calls_api("123456789012:a1b2/*"));
  constexpr std::string_view whole = "arn:aws:execute-api:us-east-1:210987654321:c3d4";
  CHECK(may("execute-api", "api.acme.example", whole) == calls_api("210987654321:c3d4/*"));
  CHECK(may("execute-api", "api.acme.example", std::string(whole) + "/prod/GET/*") ==
        calls_api("210987654321:c3d4/prod/GET/*"));
  CHECK(may("lambda", "x.lambda-url.us-east-1.on.aws", "arn:aws:lambda:us-east-1:123456789012:function:quotes") ==
        R"({"Statement":[{"Action":["lambda:InvokeFunctionUrl"],"Effect":"Allow","Resource":)"
        R"("arn:aws:lambda:us-east-1:123456789012:function:quotes"},{"Action":["lambda:InvokeFunction"],"Condition":)"
        R"({"Bool":{"lambda:InvokedViaFunctionUrl":"true"}},"Effect":"Allow","Resource":)"
        R"("arn:aws:lambda:us-east-1:123456789012:function:quotes"}],"Version":"2012-10-17"})");
  CHECK(may("vpc-lattice-svcs", "x.on.aws", "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0a") ==
        R"({"Statement":[{"Action":["vpc-lattice-svcs:Invoke"],"Effect":"Allow","Resource":)"
        R"("arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0a/*"}],"Version":"2012-10-17"})");
}

TEST_CASE("a session that stops a task stops this one and no other") {
  const auto role = parse_role_arn("arn:aws:iam::123456789012:role/gate");
  REQUIRE(role.ok());
  const auto stops = [&](std::string_view arn) { return stop_session_policy(*role, {"us-east-1", "batch"}, arn); };
  CHECK(stops("arn:aws:ecs:us-east-1:123456789012:task/0a1b").ok());
  for (const std::string_view arn :
       {"", "*", "arn:aws:ecs:us-east-1:123456789012:task/*", "arn:aws:ecs:us-east-1:123456789012:task/batch/*",
        "arn:aws:ecs:us-east-1:123456789012:task/batch/0?", "arn:aws:ecs:us-east-1:123456789012:task/batch/",
        "arn:aws:ecs:us-east-1:123456789012:task/other/0a1b", "arn:aws:ecs:eu-west-1:123456789012:task/batch/0a1b",
        "arn:aws:ecs:us-east-1:210987654321:task/batch/0a1b"}) {
    CAPTURE(arn);
    CHECK(stops(arn).why() == reason::aws_response_invalid);
  }
}
