#include "encoding/json_members.hpp"
#include "login/session.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

/// Of the text; another one is of another deployment.
constexpr std::int64_t row_version = 1;
constexpr encoding::json_limits row_limits{std::size_t{64} << 10, 20};

json grants_to_json(const std::vector<session_grant>& grants) {
  json out = json::array();
  for (const auto& each : grants)
    out.push_back({{"id", each.id}, {"host", each.host}, {"made", each.made}, {"until", each.until}});
  return out;
}

std::vector<session_grant> grants_from(const json& from) {
  std::vector<session_grant> out;
  for (const auto& each : encoding::list_member(from, "grants")) {
    out.push_back({std::string(encoding::text_member(each, "id")), std::string(encoding::text_member(each, "host")),
                   encoding::number_member(each, "made"), encoding::number_member(each, "until")});
  }
  return out;
}

}  // namespace

std::string write_row(const session_row& row) {
  return encoding::canonical_json({{"version", row_version},
                                   {"id", row.id},
                                   {"generation", row.generation},
                                   {"provider", row.provider},
                                   {"made", row.made},
                                   {"seen", row.seen},
                                   {"kept", row.kept},
                                   {"absolute", row.absolute},
                                   {"identified", row.identified},
                                   {"claims", row.claims},
                                   {"user_agent", row.user_agent},
                                   {"country", row.country},
                                   {"grants", grants_to_json(row.grants)},
                                   {"ended", static_cast<int>(row.ended)},
                                   {"ended_at", row.ended_at}});
}

result<session_row> read_row(std::string_view text) {
  const auto parsed = encoding::parse_json(text, row_limits);
  if (!parsed.ok() || encoding::number_member(*parsed, "version") != row_version) {
    return failure(reason::internal, "a session of another version");
  }
  const auto ended = encoding::enumerator_member(*parsed, "ended", session_end::no_grant);
  const auto* claims = encoding::find_member(*parsed, "claims");
  if (!ended || claims == nullptr) return failure(reason::internal, "a session of another version");
  session_row row;
  row.id = std::string(encoding::text_member(*parsed, "id"));
  row.generation = encoding::count_member(*parsed, "generation");
  row.provider = std::string(encoding::text_member(*parsed, "provider"));
  row.made = encoding::number_member(*parsed, "made");
  row.seen = encoding::number_member(*parsed, "seen");
  row.kept = encoding::number_member(*parsed, "kept");
  row.absolute = encoding::number_member(*parsed, "absolute");
  row.identified = encoding::number_member(*parsed, "identified");
  row.claims = *claims;
  row.user_agent = std::string(encoding::text_member(*parsed, "user_agent"));
  row.country = std::string(encoding::text_member(*parsed, "country"));
  row.grants = grants_from(*parsed);
  row.ended = *ended;
  row.ended_at = encoding::number_member(*parsed, "ended_at");
  return row;
}

}  // namespace sallyport::login
