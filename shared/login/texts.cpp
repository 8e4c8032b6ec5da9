#include "login/texts.hpp"

#include <algorithm>

#include "encoding/base64url.hpp"
#include "encoding/json_members.hpp"
#include "login/return_path.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

constexpr encoding::json_limits plaintext_limits{std::size_t{8} << 10, 16};

/// Members that are there and of their type; `whole` turns false with the first that is not.
class members {
 public:
  explicit members(const json& from) : from_(from) {}

  std::string text(std::string_view name) {
    const auto value = encoding::string_member(from_, name);
    return keep(value.has_value() && !value->empty()) ? std::string(*value) : std::string();
  }
  std::optional<std::string> text_if_there(std::string_view name) {
    return encoding::find_member(from_, name) == nullptr ? std::nullopt : std::optional(text(name));
  }
  std::int64_t number(std::string_view name) {
    const auto value = encoding::integer_member(from_, name);
    return keep(value.has_value() && *value >= 0) ? *value : 0;
  }
  /// Octets in base64url, `size` of them, as text.
  std::string octets(std::string_view name, std::size_t size) {
    auto value = text(name);
    const auto decoded = encoding::decode_base64url(value);
    keep(decoded.ok() && decoded->size() == size);
    return value;
  }
  bool keep(bool holds) {
    whole_ = whole_ && holds;
    return holds;
  }
  bool whole() const { return whole_; }

 private:
  const json& from_;
  bool whole_ = true;
};

json session_members(const session_text& from, bool with_facts) {
  json out = {{"a", from.absolute}, {"f", from.fact_set}, {"g", from.grant},      {"h", from.hard_end},
              {"i", from.issued},   {"k", from.name_key}, {"n", from.generation}, {"o", from.object},
              {"p", from.provider}, {"q", from.granted},  {"s", from.session}};
  if (with_facts) {
    out["d"] = *from.facts;
  } else {
    out["ref"] = true;
  }
  return out;
}

json requirement_members(const requirement& from) {
  json out = json::object();
  if (from.provider) out["provider"] = *from.provider;
  if (!from.acr.empty()) out["acr"] = from.acr;
  if (!from.amr.empty()) out["amr"] = from.amr;
  if (from.max_age) out["max_age"] = *from.max_age;
  return out;
}

requirement read_requirement(const json* from, members& of) {
  requirement out;
  if (!of.keep(from != nullptr && from->is_object())) return out;
  members own(*from);
  out.provider = own.text_if_there("provider");
  out.acr = encoding::texts_member(*from, "acr");
  out.amr = encoding::texts_member(*from, "amr");
  if (encoding::find_member(*from, "max_age") != nullptr) out.max_age = own.number("max_age");
  of.keep(own.whole());
  return out;
}

failure not_as_written(std::string_view what) {
  return {reason::seal_invalid, "not a " + std::string(what)};
}

}  // namespace

std::string write_session(const session_text& from) {
  if (from.facts) {
    auto whole = encoding::canonical_json(session_members(from, true));
    if (whole.size() <= max_session_bytes) return whole;
  }
  return encoding::canonical_json(session_members(from, false));
}

result<session_text> read_session(std::string_view plain) {
  const auto parsed = encoding::parse_json(plain, plaintext_limits);
  if (!parsed.ok()) return not_as_written("session");
  members of(*parsed);
  session_text out;
  out.object = of.octets("o", 32);
  out.name_key = of.octets("k", 4);
  out.session = of.octets("s", 16);
  out.grant = of.octets("g", 16);
  out.generation = static_cast<std::uint32_t>(of.number("n"));
  out.provider = of.text("p");
  out.granted = of.number("q");
  out.issued = of.number("i");
  out.hard_end = of.number("h");
  out.absolute = of.number("a");
  out.fact_set = of.octets("f", 8);
  if (const auto* facts = encoding::find_member(*parsed, "d")) {
    of.keep(facts->is_object());
    out.facts = *facts;
  }
  if (!of.whole() || write_session(out) != plain) return not_as_written("session");
  return out;
}

std::string write_transaction(const transaction_text& from) {
  json out = {{"r", from.return_path},
              {"t", from.begun},
              {"w", requirement_members(from.wanted)},
              {"y", encoding::encode_base64url(from.seed)}};
  if (from.app_host) out["ah"] = *from.app_host;
  if (from.app_state) out["as"] = *from.app_state;
  if (from.provider) out["p"] = *from.provider;
  if (from.issuer) out["iss"] = *from.issuer;
  return encoding::canonical_json(out);
}

result<transaction_text> read_transaction(std::string_view plain) {
  const auto parsed = encoding::parse_json(plain, plaintext_limits);
  if (!parsed.ok()) return not_as_written("transaction");
  members of(*parsed);
  transaction_text out;
  out.begun = of.number("t");
  const auto seed = encoding::decode_base64url(of.octets("y", out.seed.size()));
  if (of.whole() && seed.ok()) std::copy_n(seed->begin(), out.seed.size(), out.seed.begin());
  out.return_path = of.text("r");
  out.wanted = read_requirement(encoding::find_member(*parsed, "w"), of);
  out.app_host = of.text_if_there("ah");
  out.app_state = of.text_if_there("as");
  out.provider = of.text_if_there("p");
  out.issuer = of.text_if_there("iss");
  if (!of.whole() || write_transaction(out) != plain) return not_as_written("transaction");
  // Checked when it was sealed, and now that it is used: the rules may be stricter by now.
  const auto path = read_return_path(out.return_path);
  if (!path.ok() || *path != out.return_path) return not_as_written("transaction");
  return out;
}

}  // namespace sallyport::login
