// Reading a recorded exchange: what `edge` and `origin` have in common. The shapes are on top of ops_edge.cpp and ops_origin.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/edge/edge.hpp"
#include "gate/origin/origin.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/probe.hpp"

namespace sallyport::probe {

/// Names and values, owned.
using field_list = std::vector<std::pair<std::string, std::string>>;

/// The member as an object; an empty one when it is absent or none.
const json& member_or_empty(const json& in, std::string_view name);
/// `member` as a document: a JSON value, or text. Empty when absent.
std::string document_argument(const json& in, std::string_view name);
/// The policy under `name`. Reasons: that of its first problem.
result<policy::policy_ptr> policy_argument(const json& in, std::string_view name, crypto::port& host);
/// Milliseconds: a number of seconds (below 1e11) or milliseconds; `otherwise` when absent.
unix_milliseconds time_argument(const json& in, std::string_view name, unix_milliseconds otherwise);
/// The text member, or `otherwise`.
std::string text_argument(const json& in, std::string_view name, std::string_view otherwise = "");
/// Bytes: `<name>_b64`, or `name` as text.
std::string bytes_argument(const json& in, std::string_view name);
/// Of any other length than 32 octets: a secret that is none.
crypto::p256_scalar scalar_argument(const json& in, std::string_view name);
/// `fields` (or `headers`): a list of [name, value], or an object of texts or lists of texts.
field_list fields_argument(const json& in);
std::vector<http::field> views_of(const field_list& fields);

/// A part of `keys`, or the member of that name itself: {"keys": {"edge": …}} and {"edge_keys": …} are one.
std::string keys_argument(const json& in, std::string_view part);

json fields_out(const std::vector<http::field>& fields);
json audit_out(const std::string& line);
/// What an edge with these keys would publish, for an origin.
result<std::shared_ptr<const jose::jwk_set>> public_keys(std::string_view any_set, crypto::port& host);

/// Runs one whole message through an origin: reason::ok with `out`, or the refusal.
struct origin_run {
  gate::origin_snapshot_ptr snapshot;
  gate::origin_limits limits;
  unix_milliseconds now = 0;
  gate::origin_channels channels;
};
answer run_message(const origin_run& with, std::string_view message, gate::replay_guard& seen, crypto::port& host);

}  // namespace sallyport::probe
