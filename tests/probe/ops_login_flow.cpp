// A provider is {"name", "issuer", "client_id", "require_iss"?}.
// login_metadata: {"provider", "document", "seed_b64"}: what is used of it, and the authorization request.
// login_callback: {"provider", "query", "fields", "scope", "keys", "now", "names_itself"?}: code and return path, spent.
// login_tokens: {"status", "body"}: the tokens.
// login_id_token: {"provider", "token", "jwks", "nonce", "access_token", "now"}: its claims.
// login_session: {"settings"?, "now", "events"}, of which each is [seconds since the one before, "open", grant, host, claims],
//   [s, "renew", grant, counts], [s, "end"], [s, "restored"] or [s, "rang"]: what is told of each, and the row at the end.
#include <algorithm>

#include "login/authorize.hpp"
#include "login/callback.hpp"
#include "login/id_token.hpp"
#include "login/session.hpp"
#include "login/token.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/gate_arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

login::provider provider_argument(const json& in) {
  const auto& from = member_or_empty(in, "provider");
  login::provider out;
  out.name = text_argument(from, "name", "okta");
  out.issuer = text_argument(from, "issuer");
  out.client_id = text_argument(from, "client_id");
  out.require_iss = encoding::find_member(from, "require_iss") != nullptr;
  out.algorithms = {crypto::algorithm::rs256, crypto::algorithm::es256, crypto::algorithm::eddsa,
                    crypto::algorithm::ps256};
  return out;
}

/// Valid UTF-8 for an answer.
std::string shown_text(std::string_view text) {
  return encoding::is_utf8(text) ? std::string(text) : "(not UTF-8)";
}

answer refused_with(const failure& why) {
  return answer{why.why, {{"detail", shown_text(why.detail)}}};
}

/// A person's session, and whoever asks for it.
class session_talk {
 public:
  session_talk(const json& in) : now_(to_seconds(time_argument(in, "now", 0))) {
    const auto& from = member_or_empty(in, "settings");
    settings_.renew = bounded(from, "renew", settings_.renew);
    settings_.idle = bounded(from, "idle", settings_.idle);
    settings_.absolute = bounded(from, "absolute", settings_.absolute);
    settings_.identity_age = bounded(from, "identity_age", settings_.identity_age);
  }

  json step(const json& event) {
    if (!event.is_array() || event.size() < 2 || !event[1].is_string()) return "?";
    if (const auto later = encoding::safe_integer(event[0])) now_ += std::clamp<std::int64_t>(*later, 0, 100'000'000);
    const auto read = read_event(event);
    if (!read) return "?";
    auto done = login::session_step(std::move(row_), *read, now_, settings_);
    row_ = std::move(done.row);
    const auto& told = done.told;
    return {{"ended", login::name_of(told.ended)},
            {"reason", name_of(login::refusal_of(told.ended))},
            {"keep", done.keep},
            {"granted", told.granted},
            {"issued", told.issued},
            {"hard_end", told.hard_end},
            {"absolute", told.absolute}};
  }

  json row() const {
    if (!row_) return nullptr;
    return {{"text", login::write_row(*row_)}, {"due", login::session_due(*row_, settings_)}};
  }

 private:
  static seconds bounded(const json& from, std::string_view name, seconds otherwise) {
    return std::clamp<std::int64_t>(integer_argument(from, name, otherwise), 1, 100'000'000);
  }
  static std::string text_at(const json& event, std::size_t at) {
    return event.size() > at && event[at].is_string() ? event[at].get<std::string>() : std::string();
  }

  static std::optional<login::session_event> read_event(const json& event) {
    const auto what = event[1].get<std::string>();
    if (what == "open") {
      return login::session_opened{
          "s", text_at(event, 2), text_at(event, 3), "okta", event.size() > 4 ? event[4] : json::object(), "", ""};
    }
    if (what == "renew") return login::session_renewed{text_at(event, 2), event.size() > 3 && event[3] == json(true)};
    if (what == "end") return login::session_ended_by{login::session_end::logged_out};
    if (what == "restored") return login::session_restored{};
    if (what == "rang") return login::session_rang{};
    return std::nullopt;
  }

  unix_seconds now_;
  login::session_settings settings_;
  std::optional<login::session_row> row_;
};

}  // namespace

outcome run_login_metadata(const json& in, crypto::port& host) {
  const auto of = provider_argument(in);
  const auto read = login::read_metadata(document_argument(in, "document"), of);
  if (!read.ok()) return refused_with(read.error());
  const auto words = login::words_of(scalar_argument(in, "seed_b64"), host);
  if (!words.ok()) return refused_with(words.error());
  return answer{reason::ok,
                {{"token_endpoint", read->token_endpoint},
                 {"jwks_uri", read->jwks_uri},
                 {"names_itself", read->names_itself},
                 {"authorize", login::authorization_url(of, *read, *words, {}, {"https://app.example/cb", {}, {}})}}};
}

outcome run_login_callback(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"keys", object, true}, {"query", text, true}, {"now", number, true}}))
    return *mistake;
  const auto keys = login::master_keys::read(document_argument(in, "keys"), host);
  if (!keys.ok()) return refused_with(keys.error());
  const auto at = provider_argument(in);
  const auto fields = fields_argument(in);
  const auto views = views_of(fields);
  const auto held = login::read_cookies(views);
  const auto query = text_argument(in, "query"), scope = text_argument(in, "scope");
  const bool names_itself = encoding::find_member(in, "names_itself") != nullptr;
  const auto done = login::check_callback({&at, names_itself, query, held, scope}, *keys,
                                          to_seconds(time_argument(in, "now", 0)), host);
  json out = {{"spent", done.spent}};
  if (!done.what.ok()) {
    out["detail"] = shown_text(done.what.error().detail);
    return answer{done.what.why(), std::move(out)};
  }
  out["code"] = shown_text(done.what->code);
  out["return"] = done.what->transaction.return_path;
  return answer{reason::ok, std::move(out)};
}

outcome run_login_tokens(const json& in, crypto::port&) {
  const auto status = static_cast<int>(std::clamp<std::int64_t>(integer_argument(in, "status", 0), 0, 999));
  const auto read = login::read_tokens(status, document_argument(in, "body"));
  if (!read.ok()) return refused_with(read.error());
  return answer{
      reason::ok,
      {{"id_token", read->id_token}, {"access_token", read->access_token}, {"refresh_token", read->refresh_token}}};
}

outcome run_login_id_token(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"token", text, true}, {"jwks", object_or_list, true}, {"now", number, true}}))
    return *mistake;
  const auto keys = public_keys(document_argument(in, "jwks"), host);
  if (!keys.ok()) return answer{keys.why(), {}};
  const auto from = provider_argument(in);
  const auto nonce = text_argument(in, "nonce"), access_token = text_argument(in, "access_token");
  const login::id_token_wanted wanted{from, nonce, access_token, to_seconds(time_argument(in, "now", 0))};
  const auto claims = login::check_id_token(text_argument(in, "token"), **keys, wanted, host);
  if (!claims.ok()) return answer{claims.why(), {}};
  return answer{reason::ok, {{"claims", *claims}}};
}

outcome run_login_session(const json& in, crypto::port&) {
  const auto* events = encoding::find_member(in, "events");
  if (events == nullptr || !events->is_array()) return bad_arguments{"events is a list"};
  session_talk one(in);
  json steps = json::array();
  for (const auto& event : *events) steps.push_back(one.step(event));
  return answer{reason::ok, {{"steps", std::move(steps)}, {"row", one.row()}}};
}

}  // namespace sallyport::probe
