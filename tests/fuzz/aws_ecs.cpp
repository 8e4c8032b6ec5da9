// Invariant: every reader of ECS answers gives a value within its bounds or a refusal that can be logged, and nothing
// but HTTP 200 is a success; an address that requests would be sent to is four numbers of at most 255.
#include "aws/ecs.hpp"
#include "tests/fuzz/support/aws_reply.hpp"

using namespace sallyport;

namespace {

/// A view into `read`, so never of a temporary.
template <class T>
const T* value(const aws::reply& from, aws::answer<T>& read) {
  if (const auto* refused = std::get_if<aws::service_error>(&read)) {
    fuzz::hold_refusal(*refused);
    return nullptr;
  }
  fuzz::hold(from.status == 200, "only HTTP 200 is a success");
  return std::get_if<T>(&read);
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    int number = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 4) {
      number = number * 10 + (text[digits] - '0');
      ++digits;
    }
    if (digits == 0 || number > 255 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
    if (part < 3 && (text.empty() || text.front() != '.')) return false;
    if (part < 3) text.remove_prefix(1);
  }
  return text.empty();
}

void check_task(const aws::task& one) {
  constexpr std::size_t longest = 1024;
  fuzz::hold(!one.arn.empty() && fuzz::is_printable(one.arn, longest), "a task has an ARN");
  fuzz::hold(one.private_ipv4.empty() || is_ipv4(one.private_ipv4), "an address is an address");
  for (const auto* text : {&one.started_by, &one.stop_code, &one.stopped_why}) {
    fuzz::hold(fuzz::is_printable(*text, longest), "what is said of a task can be logged");
  }
  fuzz::hold(one.containers.size() <= 100, "at most 100 containers");
  for (const auto& each : one.containers) fuzz::hold(fuzz::is_printable(each.why, longest), "why it ended, too");
  fuzz::hold(one.created_at >= 0, "no time before 1970");
}

void check_tasks(const aws::reply& from) {
  auto read = aws::read_tasks(from);
  const auto* given = value(from, read);
  if (given == nullptr) return;
  fuzz::hold(given->tasks.size() <= 100 && given->failures.size() <= 100, "at most 100 of each");
  for (const auto& one : given->tasks) check_task(one);
  for (const auto& failed : given->failures) {
    const bool printable = fuzz::is_printable(failed.why, 1024) && fuzz::is_printable(failed.detail, 1024);
    fuzz::hold(printable, "failures can be logged");
    fuzz::hold(aws::reason_of(aws::kind_of_failure(failed)) != reason::ok, "a failure is no success");
  }
}

void check_one_task(const aws::reply& from) {
  auto read = aws::read_stop_task(from);
  if (const auto* stopped = value(from, read)) check_task(*stopped);
}

void check_list(const aws::reply& from) {
  auto read = aws::read_list_tasks(from);
  if (const auto* listed = value(from, read)) fuzz::hold(listed->task_arns.size() <= 100, "at most 100 ARNs");
}

void check_service(const aws::reply& from, aws::answer<aws::service_answer> read) {
  const auto* given = value(from, read);
  if (given == nullptr) return;
  fuzz::hold(given->desired <= 1'000'000 && given->running <= 1'000'000, "counts are counts");
  fuzz::hold(fuzz::is_printable(given->newest_event, 1024), "an event can be logged");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto from = fuzz::take_reply({data, size});
  check_tasks(from);
  check_one_task(from);
  check_list(from);
  check_service(from, aws::read_update_service(from));
  check_service(from, aws::read_describe_services(from));
  return 0;
}
