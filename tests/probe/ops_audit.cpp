// outcome: {"end"?: "edge" or "origin", "reason"?, "how"?, "cache"?, "detail"?, "id"?, "keyid"?, "sig"?, "service"?,
// "upstream"?, "time"?, "status"?, "attempts"?, "in"?, "out"?, "first_ms"?, "ms"?, "reused"?}: the line, and its reason as that of
// the answer.
#include "audit/outcome.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

using encoding::find_member;

/// The text of a member, into the document.
std::string_view text_of(const json& in, std::string_view name) {
  return encoding::string_member(in, name).value_or(std::string_view());
}

std::optional<std::uint64_t> count_of(const json& in, std::string_view name) {
  const auto count = integer_argument(in, name, -1);
  return count < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(count));
}

std::optional<bad_arguments> read_names(const json& in, audit::outcome& to) {
  const auto end = text_of(in, "end");
  if (!end.empty() && end != "edge" && end != "origin") return bad_arguments{"end is not edge or origin"};
  to.end = end == "origin" ? audit::end::origin : audit::end::edge;
  to.how = audit::ending_named(text_of(in, "how"));
  if (!to.how && !text_of(in, "how").empty()) return bad_arguments{"how is not how a response ends"};
  to.cache = audit::cache_use_named(text_of(in, "cache"));
  if (!to.cache && !text_of(in, "cache").empty()) return bad_arguments{"cache is not a use of the cache"};
  if (const auto why = text_of(in, "reason"); !why.empty()) to.why = reason_named(why);
  return std::nullopt;
}

void read_values(const json& in, audit::outcome& to) {
  to.time = integer_argument(in, "time", 0);
  to.detail = text_of(in, "detail");
  to.id = text_of(in, "id");
  to.keyid = text_of(in, "keyid");
  to.sig = text_of(in, "sig");
  to.service = text_of(in, "service");
  to.upstream = text_of(in, "upstream");
  const auto status = integer_argument(in, "status", 0);
  if (status >= 100 && status <= 599) to.status = static_cast<int>(status);
  if (const json* reused = find_member(in, "reused"); reused != nullptr && reused->is_boolean())
    to.reused = reused->get<bool>();
  to.attempts = count_of(in, "attempts");
  to.in = count_of(in, "in");
  to.out = count_of(in, "out");
  to.first_ms = count_of(in, "first_ms");
  to.ms = count_of(in, "ms");
}

}  // namespace

outcome run_outcome(const json& in, crypto::port&) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"end", text},
                                       {"reason", text},
                                       {"how", text},
                                       {"cache", text},
                                       {"detail", text},
                                       {"id", text},
                                       {"keyid", text},
                                       {"sig", text},
                                       {"service", text},
                                       {"upstream", text},
                                       {"time", number},
                                       {"status", number},
                                       {"attempts", number},
                                       {"in", number},
                                       {"out", number},
                                       {"first_ms", number},
                                       {"ms", number},
                                       {"reused", boolean}})) {
    return std::move(*mistake);
  }
  audit::outcome what;
  if (auto mistake = read_names(in, what)) return std::move(*mistake);
  read_values(in, what);
  return answer{what.why, json{{"audit", audit::line(what)}}};
}

}  // namespace sallyport::probe
