// "authorization", "header:NAME", "cookie:NAME".
#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/fields.hpp"
#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

using place = credential_source::place;

constexpr std::string_view spelling = "write \"authorization\", \"header:NAME\" or \"cookie:NAME\"";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string in_quotes(std::string_view text) {
  return "write \"" + std::string(text) + "\"";
}

/// Names that never pass from a client may hold a token of ours all the same: it is taken out.
bool may_hold_token(std::string_view name) {
  const auto what = http::classify(name);
  return what == http::field_class::ordinary || what == http::field_class::trusted;
}

struct problem_text {
  std::string message, advice;
};

problem_text describe_header(std::string_view name) {
  if (!http::is_token(name) || name.find('_') != std::string_view::npos) {
    return {"\"" + std::string(name) + "\" is not a header's name that can carry a token",
            "use letters, digits and hyphens: header:X-Token"};
  }
  return {std::string(name) + " is reserved: what comes in under this name is removed or rebuilt",
          "let the sender use another header, and name that: header:X-Token"};
}

problem_text describe_source(std::string_view text) {
  const auto colon = text.find(':');
  const auto kind = ascii::to_lower(trimmed(text.substr(0, colon)));
  const auto name = colon == std::string_view::npos ? std::string_view() : trimmed(text.substr(colon + 1));
  const std::string shown = "\"" + std::string(text) + "\" is not a place for a token";
  if (kind == "authorization" || kind == "bearer") return {shown, in_quotes("authorization")};
  if (kind == "query" || kind == "param" || kind == "url") {
    return {shown, "a token in a URL ends up in logs: " + std::string(spelling)};
  }
  const bool header = kind == "header";
  if ((!header && kind != "cookie") || name.empty()) {
    const bool bare = colon == std::string_view::npos && http::is_token(text) && !header && kind != "cookie";
    return {shown, bare ? "write \"header:" + std::string(text) + "\" or \"cookie:" + std::string(text) + "\""
                        : std::string(spelling)};
  }
  const std::string meant = kind + ":" + std::string(name);
  const bool ordinary =
      header && http::is_token(name) && name.find('_') == std::string_view::npos && may_hold_token(name);
  if (meant != text && (header ? ordinary : http::is_token(name))) return {shown, in_quotes(meant)};
  if (header) return describe_header(name);
  return {"\"" + std::string(name) + "\" is not a cookie's name", "use letters, digits, hyphens and underscores"};
}

}  // namespace

std::optional<credential_source> load_source(const node& at, std::string_view text) {
  if (text == "authorization") return credential_source{place::authorization, {}};
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const auto name = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const bool usable = http::is_token(name) && name.find('_') == std::string_view::npos;
  if (kind == "cookie" && http::is_token(name)) return credential_source{place::cookie, std::string(name)};
  if (kind == "header" && usable && may_hold_token(name)) {
    return credential_source{place::header, ascii::to_lower(name)};
  }
  auto why = describe_source(text);
  at.refuse(reason::policy_member_type, std::move(why.message), std::move(why.advice));
  return std::nullopt;
}

}  // namespace sallyport::policy
