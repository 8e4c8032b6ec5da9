#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>

#include "agent/cli/exit_code.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/program.hpp"
#include "agent/reader/feed.hpp"
#include "agent/reader/lines.hpp"

namespace sallyport::agent::cli {

namespace {

using encoding::json;
using reader::feed;
using reader::finder;
using reader::lines;

/// How often a file that is followed is looked at.
constexpr int look_ms = 250;

struct options {
  std::vector<std::string> files;
  std::string id;
  std::string color = "auto";
  bool as_json = false;
  bool all = false;
  bool follow = false;
};

std::int64_t now_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

/// One of the inputs of a stream.
struct streamed {
  lines from;
  finder in;
  bool ended = false;

  void take_lines(feed& to) {
    while (const auto line = from.next()) take(*line, to);
  }
  void take_rest(feed& to) {
    if (const auto line = from.rest()) take(*line, to);
    ended = true;
  }

 private:
  void take(const std::string& line, feed& to) {
    for (auto& record : to.read(line, in)) to.take(std::move(record), now_ms());
  }
};

/// One of several files that are read side by side.
struct merged {
  lines from;
  finder in;
  std::deque<json> records;

  /// Reads up to the next record. False: there is none.
  bool advance(feed& by) {
    while (records.empty()) {
      auto line = from.next();
      if (!line && from.fill()) continue;
      if (!line) line = from.rest();
      if (!line) return false;
      for (auto& each : by.read(*line, in)) records.push_back(std::move(each));
    }
    return true;
  }
  std::int64_t time() const { return encoding::integer_member(records.front(), "time").value_or(0); }
};

/// In the order of the clocks of both ends, so that the lines of a request lie close to each other.
void read_files(std::vector<lines> inputs, feed& to) {
  std::deque<merged> open;
  for (auto& each : inputs) open.push_back({std::move(each), {}, {}});
  for (;;) {
    merged* next = nullptr;
    for (auto& each : open) {
      if (each.advance(to) && (next == nullptr || each.time() < next->time())) next = &each;
    }
    if (next == nullptr) return;
    to.take(std::move(next->records.front()), 0);
    next->records.pop_front();
  }
}

/// Waits until a pipe has something to read, a file may have grown, or a request was waited for long enough.
void wait(const std::deque<streamed>& inputs, const feed& to, bool looks) {
  std::vector<pollfd> asked;
  for (const auto& each : inputs) {
    if (!each.ended && !each.from.is_file()) asked.push_back({each.from.descriptor(), POLLIN, 0});
  }
  const auto next = to.requests().next_settlement(now_ms());
  int patience = looks ? look_ms : -1;
  if (next && (patience < 0 || *next < patience)) patience = static_cast<int>(*next) + 1;
  ::poll(asked.data(), asked.size(), patience);
}

bool is_readable(const lines& from) {
  if (from.is_file()) return true;
  pollfd asked{from.descriptor(), POLLIN, 0};
  return ::poll(&asked, 1, 0) > 0;
}

/// As lines come, until all inputs have ended; a file that is followed never does.
void read_streams(std::vector<lines> from, feed& to, bool follow) {
  std::deque<streamed> inputs;
  for (auto& each : from) inputs.push_back({std::move(each), {}});
  for (;;) {
    bool looks = false;
    bool moved = false;
    for (auto& each : inputs) {
      if (each.ended || !is_readable(each.from)) continue;
      const bool more = each.from.fill();
      each.take_lines(to);
      const bool grows = follow && each.from.is_file();
      looks = looks || grows;
      moved = moved || more;
      if (!more && !grows) each.take_rest(to);
    }
    to.requests().settle(now_ms());
    std::cout.flush();
    const bool over = std::all_of(inputs.begin(), inputs.end(), [](const auto& each) { return each.ended; });
    if (over || !std::cout) return;
    // What is there is read first: of a file there may be much.
    if (!moved) wait(inputs, to, looks);
  }
}

bool has_colour(const options& chosen) {
  if (chosen.color != "auto") return chosen.color == "always";
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

int read_logs(const options& chosen) {
  std::vector<lines> inputs;
  for (const auto& path : chosen.files) {
    auto opened = path == "-" ? result<lines>(lines()) : lines::open(path);
    if (!opened.ok()) {
      complain(path, opened.error(), chosen.as_json);
      return exit_unavailable;
    }
    inputs.push_back(std::move(*opened));
  }
  const bool files = std::all_of(inputs.begin(), inputs.end(), [](const lines& each) { return each.is_file(); });
  const bool streams = chosen.follow || !files;
  reader::feed_settings settings;
  settings.id = chosen.id;
  settings.as_json = chosen.as_json;
  settings.all = chosen.all;
  settings.with = has_colour(chosen) ? reader::colour::on : reader::colour::off;
  settings.joining.stream = streams;
  feed to(settings, std::cout);
  if (streams) {
    read_streams(std::move(inputs), to, chosen.follow);
  } else {
    read_files(std::move(inputs), to);
  }
  to.requests().finish();
  return chosen.id.empty() || to.found() ? exit_ok : exit_check_failed;
}

constexpr std::string_view footer =
    R"(Takes the output of `wrangler dev`, of `wrangler tail --format json`, exports of Workers Logs and CloudWatch, and an
agent's lines, in any mix and among other text. Prints one line for each request, from what both ends wrote of it:

  11-30 02:51:07 both   allow 200  alice           GET /reports/april  route reports-read  12 ms  M8b6...

that is: time (UTC); whose records were found (edge, origin, both); allow, deny, fail (it went wrong after policy had
allowed it) or run (no outcome yet); status; caller; request; route or reason; duration; request id; detail. Services
and jobs that change their state, and warnings, have lines of their own.

Examples:
  npx wrangler dev 2>&1 | sallyport logs
  npx wrangler tail sallyport-edge --format json | sallyport logs --id REQUEST_ID
  sallyport logs edge.log agent.log
  sallyport logs --follow edge.log agent.log
  sallyport logs --json agent.log | jq 'select(.verdict == "deny").reason'

Exit codes: 0; 1 nothing about the request of --id; 4 a file cannot be read.)";

}  // namespace

void add_logs_command(CLI::App& parent, int& exit) {
  auto* const command = parent.add_subcommand("logs", "Read the records of both ends, one line for each request.");
  auto chosen = std::make_shared<options>();
  command->add_option("FILE", chosen->files, "Files to read, merged by time; - (the default) is standard input.");
  command->add_option("--id", chosen->id, "Print only what is about the request with this id.");
  command->add_flag("--json", chosen->as_json, "One JSON object a line, with all records of the request.");
  command->add_flag("--all", chosen->all, "Also print lines that are no records.");
  command->add_flag("--follow,-f", chosen->follow, "Keep reading files that grow.");
  command
      ->add_option("--color", chosen->color,
                   "auto (the default: on a terminal, unless NO_COLOR is set), always, never.")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->footer(std::string(footer));
  command->callback([chosen, &exit] {
    if (chosen->files.empty()) chosen->files = {"-"};
    exit = read_logs(*chosen);
  });
}

}  // namespace sallyport::agent::cli
