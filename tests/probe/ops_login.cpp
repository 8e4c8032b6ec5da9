// login_seal: {"keys" (a JWK set), "purpose", "scope", "name", "plain" or "plain_b64", "now", "entropy_b64" (32 octets)}: text.
// login_open: the same with "text" for plain and entropy: plain_b64, and of a session or transaction what is written of what
//   was read.
// login_words: {"seed_b64", "keys"?, "issuer", "client_id", "subject"}: state, verifier, challenge, nonce; with keys, the names
//   of the person's object under each.
// login_cookies: {"fields"}: the cookies that are read, whether some are ambiguous; and what an app gets of each Cookie field,
//   may set of each Set-Cookie field, and may say with each Clear-Site-Data field.
// login_navigation: {"method", "fields"}: what a request gets for want of a session, and whether a cookie
//   may speak for it at app.example, whose route names https://friend.example.
// login_return: {"target_b64"}: where a person goes on.
// login_facts: {"policy", "host"}: the name of the set.
#include "login/cookie.hpp"
#include "login/cross_origin.hpp"
#include "login/fact_set.hpp"
#include "login/keys.hpp"
#include "login/navigation.hpp"
#include "login/return_path.hpp"
#include "login/seal.hpp"
#include "login/words.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/gate_arguments.hpp"
#include "tests/probe/ops.hpp"

namespace sallyport::probe {
namespace {

constexpr login::purpose purposes[] = {login::purpose::session, login::purpose::sso,     login::purpose::transaction,
                                       login::purpose::start,   login::purpose::handoff, login::purpose::logout,
                                       login::purpose::store};

std::array<byte, 32> octets_argument(const json& in, std::string_view name) {
  return scalar_argument(in, name);
}

struct place_argument {
  login::purpose what = login::purpose::session;
  std::string scope, name;

  explicit place_argument(const json& in) : scope(text_argument(in, "scope")), name(text_argument(in, "name")) {
    const auto purpose = text_argument(in, "purpose", "session");
    for (const auto each : purposes) what = login::name_of(each) == purpose ? each : what;
  }
  login::seal_place view() const { return {what, scope, name}; }
};

json cookies_out(const login::held_cookies& held) {
  json out = json::array();
  for (const auto& each : held.all) {
    out.push_back(
        {{"name", std::string(each.name)}, {"tag", std::string(each.tag)}, {"value", std::string(each.value)}});
  }
  return out;
}

/// What was read of it, written again.
void add_typed(login::purpose what, const std::string& plain, json& out) {
  if (what == login::purpose::session) {
    const auto read = login::read_session(plain);
    out["typed"] = read.ok() ? login::write_session(*read) : std::string(name_of(read.why()));
  }
  if (what == login::purpose::transaction) {
    const auto read = login::read_transaction(plain);
    out["typed"] = read.ok() ? login::write_transaction(*read) : std::string(name_of(read.why()));
  }
}

std::optional<bad_arguments> find_field_mistake(const field_list& fields) {
  for (const auto& [name, value] : fields) {
    if (!encoding::is_utf8(name) || !encoding::is_utf8(value)) return bad_arguments{"fields are not UTF-8"};
  }
  return std::nullopt;
}

}  // namespace

outcome run_login_seal(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"keys", object, true}, {"entropy_b64", base64, true}, {"now", number, true}})) {
    return *mistake;
  }
  const auto keys = login::master_keys::read(document_argument(in, "keys"), host);
  if (!keys.ok()) return answer{keys.why(), {{"detail", keys.error().detail}}};
  const place_argument where(in);
  const auto now = to_seconds(time_argument(in, "now", 0));
  const auto sealed =
      login::seal(*keys, where.view(), bytes_argument(in, "plain"), now, octets_argument(in, "entropy_b64"), host);
  if (!sealed.ok()) return answer{sealed.why(), {}};
  return answer{reason::ok, {{"text", *sealed}}};
}

outcome run_login_open(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"keys", object, true}, {"text", text, true}, {"now", number, true}}))
    return *mistake;
  const auto keys = login::master_keys::read(document_argument(in, "keys"), host);
  if (!keys.ok()) return answer{keys.why(), {{"detail", keys.error().detail}}};
  const place_argument where(in);
  const auto now = to_seconds(time_argument(in, "now", 0));
  const auto plain = login::open(*keys, where.view(), text_argument(in, "text"), now, host);
  if (!plain.ok()) return answer{plain.why(), {{"detail", plain.error().detail}}};
  json out = {{"plain_b64", encoding::encode_base64(as_bytes(*plain))}};
  add_typed(where.what, *plain, out);
  return answer{reason::ok, std::move(out)};
}

outcome run_login_words(const json& in, crypto::port& host) {
  using namespace shapes;
  if (auto mistake = find_mistake(in, {{"seed_b64", base64, true}, {"keys", object}})) return *mistake;
  const auto words = login::words_of(octets_argument(in, "seed_b64"), host);
  if (!words.ok()) return answer{words.why(), {}};
  json out = {
      {"state", words->state}, {"verifier", words->verifier}, {"challenge", words->challenge}, {"nonce", words->nonce}};
  if (encoding::find_member(in, "keys") == nullptr) return answer{reason::ok, std::move(out)};
  const auto keys = login::master_keys::read(document_argument(in, "keys"), host);
  if (!keys.ok()) return answer{keys.why(), {{"detail", keys.error().detail}}};
  const auto issuer = text_argument(in, "issuer"), client = text_argument(in, "client_id"),
             subject = text_argument(in, "subject");
  out["people"] = json::array();
  for (const auto& each : keys->all()) {
    out["people"].push_back(login::name_of_person(each, {issuer, client, subject}, host).value());
  }
  return answer{reason::ok, std::move(out)};
}

outcome run_login_cookies(const json& in, crypto::port&) {
  const auto fields = fields_argument(in);
  if (auto mistake = find_field_mistake(fields)) return *mistake;
  const auto held = login::read_cookies(views_of(fields));
  json passed = json::array();
  for (const auto& [name, value] : fields) {
    if (http::name_equals(name, "cookie")) passed.push_back(login::without_own_cookies(value));
    if (http::name_equals(name, "set-cookie")) passed.push_back(!login::sets_own_cookie(value));
    if (http::name_equals(name, "clear-site-data")) passed.push_back(login::without_cookie_clearing(value));
  }
  return answer{reason::ok,
                {{"cookies", cookies_out(held)}, {"ambiguous", held.ambiguous}, {"passed", std::move(passed)}}};
}

outcome run_login_navigation(const json& in, crypto::port&) {
  const auto fields = fields_argument(in);
  if (auto mistake = find_field_mistake(fields)) return *mistake;
  const auto views = views_of(fields);
  const auto method = text_argument(in, "method", "GET");
  const std::string allowed[] = {"https://friend.example"};
  const auto origin = login::check_cross_origin({method, "https", "app.example", views}, allowed);
  const auto what = login::classify_request(method, views);
  return answer{reason::ok, {{"what", login::name_of(what)}, {"cross_origin", name_of(origin.why())}}};
}

outcome run_login_return(const json& in, crypto::port&) {
  const auto text = base64_argument(in, "target_b64");
  if (!text) return bad_arguments{"target_b64 is missing or not base64"};
  const auto path = login::read_return_path(*text);
  if (!path.ok()) return answer{path.why(), {{"detail", path.error().detail}}};
  return answer{reason::ok, {{"path", *path}, {"location", login::absolute_location("https", "app.example", *path)}}};
}

outcome run_login_facts(const json& in, crypto::port& host) {
  const auto policy = policy_argument(in, "policy", host);
  if (!policy.ok()) return answer{policy.why(), {}};
  return answer{reason::ok, {{"facts", login::fact_set(**policy, text_argument(in, "host"), host)}}};
}

}  // namespace sallyport::probe
