// What is looked at, so that thousands of services cost a handful of calls: everything due in a cluster goes into one call, ten
// services or a hundred tasks at a time, and whoever watches is told what has changed.
//
// | watched for | the service | its tasks |
// | --- | --- | --- |
// | check | once, at the next beat of `company`, with all others | |
// | start | | listed first `list_first` after it began, then every `list_then`; described every second |
// | start, `soon` | | listed and described at the next beat of `company`, unless it was listed just before |
// | run | | described within 10 s, then every 5 min |
// | job | | described every 15 s |
//
// * Calls that are due and have no token wait, oldest first, starts before the rest: the sweep grows slower by itself.
// * When more services of a cluster miss their tasks than two listings of the cluster have pages, the cluster is listed.
// * One name that is denied denies its whole call: it is halved until that name is alone, and its watcher is told. So are all whom
//   a call was for that has no session.
// * A watch that nobody renews is gone after `kept`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/ecs.hpp"
#include "core/time.hpp"

namespace sallyport::region {

enum class watch_kind : std::uint8_t { check, start, run, job };
enum class look_kind : std::uint8_t { services, tasks, list_service, list_cluster };
enum class look_refusal : std::uint8_t {
  none,
  throttled,
  /// One of the names is denied, or the call itself.
  denied,
  /// There are no credentials for any call of this kind.
  no_session,
  other,
};

std::string_view name_of(watch_kind kind);
std::string_view name_of(look_kind kind);
std::string_view name_of(look_refusal why);

struct watch {
  std::string place;
  std::string cluster;
  /// Empty: a job.
  std::string service;
  std::vector<std::string> tasks;
  watch_kind how = watch_kind::check;
  std::string policy = {};
  /// Of a start: tasks that served are gone, so those in their place may be there already.
  bool soon = false;
};

/// One call of AWS, for one cluster.
struct look {
  std::uint64_t id = 0;
  look_kind kind = look_kind::services;
  std::string cluster;
  /// Of services, or ARNs of tasks; of list_service, its one service.
  std::vector<std::string> names;
  /// Of list_cluster: the page; empty: the first.
  std::string page;
  /// A service that watches in the cluster, in whose session it can be sent; empty: none.
  std::string lender;
};

/// `service` is empty for a task of none.
struct task_of {
  std::string service;
  aws::task what;
};
struct look_answer {
  std::uint64_t id = 0;
  look_refusal refused = look_refusal::none;
  std::vector<aws::named_service> services;
  std::vector<task_of> tasks;
  std::vector<std::string> listed;
  std::string next_page;
};

/// What a watcher is told.
struct facts {
  std::string place;
  std::optional<aws::service_answer> service;
  std::vector<aws::task> tasks;
  std::vector<std::string> missing;
  /// How long ago AWS was asked.
  unix_milliseconds asked_ms_ago = 0;
  /// We may not look at it, or not at the service itself: it is looked at by its own session.
  bool denied = false;
  bool of_service = false;
};

struct look_settings {
  std::size_t tasks_a_call = 100, services_a_call = 10;
  unix_milliseconds company = 100, start_every = 1'000, run_first = 10'000, run_every = 300'000, job_every = 15'000;
  unix_milliseconds list_first = 5'000, list_then = 2'000;
  unix_milliseconds kept = 90'000, call_timeout = 15'000;
  /// Calls are sent in the sessions of services that watch: those may look at all tasks of their cluster, and at no other
  /// service, so a check is not taken.
  bool borrowed = false;
  std::size_t under_way_most = 6, watches_most = 60'000, tasks_most = 1'200;
};

/// Takes a token for a call of this kind, if there is one.
class token_source {
 public:
  virtual bool take(look_kind kind) = 0;

 protected:
  ~token_source() = default;
};

class looks {
 public:
  /// False: there are too many already.
  ///
  /// A start that is watched already is told all again, in case it did not hear it; without tasks, it is listed again.
  bool watch(const region::watch& what, unix_milliseconds now, const look_settings& with);
  void forget(std::string key);
  /// What this place was told did not arrive: it is told again.
  void untold(const std::string& place);
  /// What is to be sent now.
  std::vector<look> sweep(unix_milliseconds now, token_source& tokens, const look_settings& with);
  std::vector<facts> on(const look_answer& answer, unix_milliseconds now, const look_settings& with);

  /// Of a call under way.
  std::optional<look_kind> kind_of(std::uint64_t id) const;
  /// When something is due; 0: nothing.
  unix_milliseconds next_due(unix_milliseconds now) const;
  std::size_t size() const { return watched_.size(); }
  std::size_t under_way() const { return sent_.size(); }

 private:
  struct watched {
    region::watch what;
    std::string key;
    unix_milliseconds due_at = 0, until = 0;
    /// Though tasks are known; and when it may be listed again.
    bool list = false;
    unix_milliseconds list_at = 0;
    /// A print of what was told of each task.
    std::map<std::string, std::uint64_t, std::less<>> told;
  };
  struct sent_look {
    look what;
    unix_milliseconds at = 0;
  };
  struct cluster_state {
    /// Tasks of ours that are known.
    std::size_t tasks = 0;
    std::set<std::string, std::less<>> strangers;
    /// Listed, and of nobody who watches as far as is known.
    std::vector<std::string> unknown;
    bool listing = false;
    unix_milliseconds listed_at = 0;
  };
  /// A name, and the place that wants it looked at.
  using wanted = std::pair<std::string, std::string>;
  struct gathered {
    std::vector<wanted> services, tasks, lists;
  };

  void watch_on(watched& one, const region::watch& what, unix_milliseconds now, const look_settings& with);
  void set_due(watched& one, unix_milliseconds at);
  void set_tasks(watched& one, std::vector<std::string> tasks, const look_settings& with);
  void give_up(unix_milliseconds now, const look_settings& with);
  std::map<std::string, gathered> gather(unix_milliseconds now, bool starts) const;
  void send(look what, unix_milliseconds now, std::vector<look>& out);
  bool may_send(look_kind kind, token_source& tokens, const look_settings& with) const;
  void send_gathered(const std::string& cluster, look_kind kind, const std::vector<wanted>& names,
                     unix_milliseconds now, token_source& tokens, const look_settings& with, std::vector<look>& out);
  void send_lists(const std::string& cluster, const std::vector<wanted>& services, unix_milliseconds now,
                  token_source& tokens, const look_settings& with, std::vector<look>& out);
  void send_again(unix_milliseconds now, token_source& tokens, const look_settings& with, std::vector<look>& out);
  std::vector<facts> on_services(const look& asked, const look_answer& answer, unix_milliseconds ago);
  std::vector<facts> on_tasks(const look& asked, const look_answer& answer, unix_milliseconds ago,
                              const look_settings& with);
  void on_list(const look& asked, const look_answer& answer, unix_milliseconds now, const look_settings& with);
  std::vector<facts> on_refusal(const look& asked, look_refusal why);
  std::vector<facts> give_back(const look& asked);
  watched* watcher_of(const look& asked, const std::string& name);
  std::string lender_in(const std::string& cluster) const;
  watched* owner_of(const std::string& cluster, const task_of& seen, const look_settings& with);
  watched* of_service(const std::string& cluster, const std::string& service, watch_kind how);

  std::map<std::string, watched, std::less<>> watched_;
  std::map<std::pair<std::string, std::string>, std::string> by_service_;
  std::map<std::string, std::string, std::less<>> by_task_;
  std::set<std::pair<unix_milliseconds, std::string>> due_;
  std::map<std::uint64_t, sent_look> sent_;
  std::vector<look> again_;
  std::map<std::string, cluster_state> clusters_;
  std::uint64_t next_id_ = 1;
};

}  // namespace sallyport::region
