#include "login/cookie.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/cookie.hpp"

namespace sallyport::login {
namespace {

constexpr std::string_view cookie_prefix = "__Host-Http-sallyport";
constexpr std::string_view lower_prefix = "__host-http-sallyport";

struct cookie_row {
  std::string_view rest;
  cookie_kind kind;
  bool tagged;
};

constexpr cookie_row cookie_rows[] = {
    {"-s-", cookie_kind::session, true},     {"-sso", cookie_kind::sso, false},
    {"-t-", cookie_kind::transaction, true}, {"-out", cookie_kind::out, false},
    {"-tried", cookie_kind::tried, false},   {"-last", cookie_kind::last, false},
    {"-resend", cookie_kind::resend, false},
};

bool is_tag(std::string_view text) {
  return text.size() == cookie_tag_characters && std::all_of(text.begin(), text.end(), [](char c) {
           return ascii::is_alphanumeric(c) || c == '-' || c == '_';
         });
}

/// The cookie of exactly this name, without its value.
std::optional<held_cookie> known_cookie(std::string_view name) {
  if (!name.starts_with(cookie_prefix)) return std::nullopt;
  const auto rest = name.substr(cookie_prefix.size());
  for (const auto& row : cookie_rows) {
    if (!row.tagged && rest == row.rest) return held_cookie{row.kind, name, {}, {}};
    if (!row.tagged || !rest.starts_with(row.rest)) continue;
    const auto tag = rest.substr(row.rest.size());
    if (is_tag(tag)) return held_cookie{row.kind, name, tag, {}};
  }
  return std::nullopt;
}

/// Calls `visit` with each name of ours, in any case, behind a comma of a piece; whether there is one.
template <class Visit>
bool each_hidden(std::string_view piece, Visit visit) {
  bool found = false;
  for (auto comma = piece.find(','); comma != std::string_view::npos; comma = piece.find(',', comma + 1)) {
    const auto rest = http::trim_ows(piece.substr(comma + 1));
    if (!is_own_cookie(rest)) continue;
    visit(http::trim_ows(rest.substr(0, rest.find_first_of("=,;"))));
    found = true;
  }
  return found;
}

/// What is read, and which names nobody can say the value of.
class cookie_reader {
 public:
  void take(std::string_view field) {
    http::cookie_pair pair;
    while (http::next_cookie(field, pair)) {
      const bool hides = each_hidden(pair.whole, [&](std::string_view name) { unsure_.push_back(name); });
      auto cookie = known_cookie(pair.name);
      if (!cookie) continue;
      const auto same_name = [&](const held_cookie& other) { return other.name == pair.name; };
      if (hides || std::any_of(found_.begin(), found_.end(), same_name)) unsure_.push_back(pair.name);
      cookie->value = pair.value;
      found_.push_back(*cookie);
    }
  }

  held_cookies finish() {
    held_cookies out;
    for (const auto& each : found_) {
      const bool unsure = std::find(unsure_.begin(), unsure_.end(), each.name) != unsure_.end();
      if (!unsure) out.all.push_back(each);
    }
    out.ambiguous = !unsure_.empty();
    return out;
  }

 private:
  std::vector<held_cookie> found_;
  std::vector<std::string_view> unsure_;
};

void append_listed(std::string& to, std::string_view between, std::string_view more) {
  if (!to.empty()) to.append(between);
  to.append(more);
}

}  // namespace

std::string cookie_name(cookie_kind kind, std::string_view tag) {
  for (const auto& row : cookie_rows) {
    if (row.kind == kind) return std::string(cookie_prefix).append(row.rest).append(tag);
  }
  __builtin_trap();
}

const held_cookie* held_cookies::find(cookie_kind kind, std::string_view tag) const {
  for (const auto& each : all) {
    if (each.kind == kind && each.tag == tag) return &each;
  }
  return nullptr;
}

std::size_t held_cookies::count(cookie_kind kind) const {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const held_cookie& each) { return each.kind == kind; }));
}

held_cookies read_cookies(std::span<const http::field> fields) {
  cookie_reader reader;
  for (const auto& each : fields) {
    if (http::name_equals(each.name, "cookie")) reader.take(each.value);
  }
  return reader.finish();
}

std::string set_cookie(std::string_view name, std::string_view value, seconds max_age) {
  std::string out(name);
  out.append("=").append(value).append("; Max-Age=").append(std::to_string(max_age));
  return out.append("; Path=/; Secure; HttpOnly; SameSite=Lax");
}

std::string delete_cookie(std::string_view name) {
  return set_cookie(name, "", 0);
}

bool is_own_cookie(std::string_view name) {
  return http::name_starts_with(name, lower_prefix);
}

std::string without_own_cookies(std::string_view cookie_field) {
  std::string out;
  http::cookie_pair pair;
  while (http::next_cookie(cookie_field, pair)) {
    const bool ours = is_own_cookie(pair.name) || each_hidden(pair.whole, [](std::string_view) {});
    if (!ours && !pair.whole.empty()) append_listed(out, "; ", pair.whole);
  }
  return out;
}

bool sets_own_cookie(std::string_view set_cookie_field) {
  const auto pair = set_cookie_field.substr(0, set_cookie_field.find(';'));
  return is_own_cookie(http::name_when_sent(pair)) || each_hidden(pair, [](std::string_view) {});
}

std::string without_cookie_clearing(std::string_view clear_site_data) {
  std::string out;
  std::string_view member;
  while (http::next_list_member(clear_site_data, member)) {
    if (member == "\"*\"") append_listed(out, ", ", R"("cache", "storage")");
    if (member != "\"*\"" && !ascii::equal(member, "\"cookies\"")) append_listed(out, ", ", member);
  }
  return out;
}

}  // namespace sallyport::login
