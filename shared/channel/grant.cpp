#include "channel/grant.hpp"

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"
#include "crypto/p256.hpp"
#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "jose/jws.hpp"

namespace sallyport::channel {
namespace {

using encoding::json;

constexpr crypto::algorithm_set grant_algorithms{crypto::algorithm::es256, crypto::algorithm::eddsa};
/// All of which RFC 8785 writes as they are.
constexpr std::size_t most_digits = 15;

failure invalid(std::string_view why) {
  return failure(reason::channel_grant_invalid, std::string(why));
}

json confirmation_key(const crypto::p256_point& point) {
  return {{"jwk",
           {{"crv", "P-256"},
            {"kty", "EC"},
            {"x", encoding::encode_base64url(crypto::p256_x(point))},
            {"y", encoding::encode_base64url(crypto::p256_y(point))}}}};
}

/// What JSON writes without an escape. Kids, issuers and names of services hold nothing else.
bool is_plain(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/// Reads a text that has one spelling: steps over what is the same in each, and takes what is not. Whatever stands
/// there costs one look at its octets.
class spelling {
 public:
  explicit spelling(std::string_view text) : rest_(text) {}

  spelling& over(std::string_view fixed) {
    good_ = good_ && rest_.starts_with(fixed);
    if (good_) rest_.remove_prefix(fixed.size());
    return *this;
  }
  spelling& text(std::string& to) {
    to = take(is_plain);
    return *this;
  }
  spelling& time(unix_seconds& to) {
    const auto digits = take(ascii::is_digit);
    good_ = good_ && digits.size() <= most_digits && (digits == "0" || digits.front() != '0');
    if (good_) std::from_chars(digits.data(), digits.data() + digits.size(), to);
    return *this;
  }
  /// Whether that was all, and all of it was there.
  bool ends() const { return good_ && rest_.empty(); }

 private:
  /// At least one character.
  std::string_view take(bool (*is_its)(char)) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_its);
    const auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    good_ = good_ && !taken.empty();
    rest_.remove_prefix(taken.size());
    return good_ ? taken : std::string_view();
  }

  std::string_view rest_;
  bool good_ = true;
};

bool read_point(std::string_view x, std::string_view y, crypto::p256_point& to) {
  bytes octets{0x04};
  for (const auto& text : {x, y}) {
    const auto coordinate = encoding::decode_base64url(text);
    if (!coordinate.ok() || coordinate->size() != 32) return false;
    octets.insert(octets.end(), coordinate->begin(), coordinate->end());
  }
  const auto point = crypto::read_p256_point(octets);
  if (point.ok()) to = *point;
  return point.ok();
}

/// write_grant backwards.
result<grant> read_payload(std::string_view payload) {
  grant what;
  std::string x, y;
  spelling read(payload);
  read.over(R"({"agent":")").text(what.agent).over(R"(","aud":")").text(what.audience);
  read.over(R"(","cnf":{"jwk":{"crv":"P-256","kty":"EC","x":")").text(x).over(R"(","y":")").text(y);
  read.over(R"("}},"exp":)").time(what.expires).over(R"(,"iat":)").time(what.issued_at);
  read.over(R"(,"iss":")").text(what.issuer).over(R"(","jti":")").text(what.id).over(R"("})");
  if (!read.ends()) return invalid("the payload is not the canonical text of agent, aud, cnf, exp, iat, iss and jti");
  if (!read_point(x, y, what.edge)) return invalid("cnf");
  return what;
}

result<void> read_header(std::string_view header, unverified_grant& to) {
  std::string alg;
  spelling read(header);
  read.over(R"({"alg":")").text(alg).over(R"(","kid":")").text(to.kid);
  read.over(R"(","typ":")").over(grant_typ).over(R"("})");
  if (!read.ends()) return invalid("the header is not alg, kid and typ " + std::string(grant_typ));
  const auto known = crypto::from_jose_name(alg);
  if (!known || !grant_algorithms.contains(*known)) return invalid("alg");
  to.algorithm = *known;
  return {};
}

}  // namespace

std::string write_grant(const grant& what) {
  return encoding::canonical_json(json{{"agent", what.agent},
                                       {"aud", what.audience},
                                       {"cnf", confirmation_key(what.edge)},
                                       {"exp", what.expires},
                                       {"iat", what.issued_at},
                                       {"iss", what.issuer},
                                       {"jti", what.id}});
}

result<signed_grant> sign_grant(const grant& what, const jose::signing_key& key, crypto::port& host) {
  signed_grant made;
  SALLYPORT_ASSIGN(made.compact, jose::sign_jws(key, grant_typ, as_bytes(write_grant(what)), host));
  const auto signing_input = std::string_view(made.compact).substr(0, made.compact.rfind('.'));
  made.id = host.sha256(as_bytes(signing_input));
  return made;
}

result<unverified_grant> read_grant(std::string_view compact, crypto::port& host) {
  const auto first = compact.find('.'), last = compact.rfind('.');
  if (compact.size() > max_grant_bytes || first == last) return invalid("not three parts, or too long");
  const auto header = encoding::decode_base64url(compact.substr(0, first));
  const auto payload = encoding::decode_base64url(compact.substr(first + 1, last - first - 1));
  auto signature = encoding::decode_base64url(compact.substr(last + 1));
  if (!header.ok() || !payload.ok() || !signature.ok()) return invalid("not base64url");
  unverified_grant read;
  SALLYPORT_TRY(read_header(as_text(*header), read));
  SALLYPORT_ASSIGN(read.content, read_payload(as_text(*payload)));
  read.signing_input = compact.substr(0, last);
  read.id = host.sha256(as_bytes(read.signing_input));
  read.signature = std::move(*signature);
  return read;
}

result<void> verify_grant(const unverified_grant& read, const jose::jwk_set& edge_keys, crypto::port& host,
                          bool& unknown_key) {
  const auto key = edge_keys.choose(read.algorithm, read.kid);
  unknown_key = key.why() == reason::key_not_found;
  if (!key.ok()) return invalid(name_of(key.why()));
  const auto input = as_bytes(read.signing_input);
  const auto verified = crypto::verify_signature(host, read.algorithm, *(*key)->key, input, read.signature);
  return verified.ok() ? result<void>() : result<void>(invalid(name_of(verified.why())));
}

}  // namespace sallyport::channel
