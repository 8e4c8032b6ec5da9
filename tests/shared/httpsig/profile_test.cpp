// Our profile: what it demands of the covered list, the parameters and the clocks, each with its reason.
#include "httpsig/profile.hpp"

#include <doctest/doctest.h>

#include <array>

#include "agent/openssl/host.hpp"
#include "httpsig/signature.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using namespace httpsig;

constexpr std::string_view nonce = "AAAAAAAAAAAAAAAAAAAAAA";
const profile_parameters parameters{1000, 1030, nonce, "edge-1", crypto::algorithm::hs256};

profile_message get_message() {
  profile_message out;
  out.method = "GET";
  out.path = "/a";
  out.query = "b=c";
  out.assertion = "e30.e30.AA";
  out.context = "id=\"x\", time=1";
  return out;
}

profile_message post_message() {
  profile_message out = get_message();
  out.method = "POST";
  out.content_digest = "sha-256=:AA==:";
  out.content_type = "text/plain";
  out.content_length = "5";
  return out;
}

const std::string five = "\"@method\" \"@path\" \"@query\" \"sallyport-assertion\" \"sallyport-context\"";
const std::string six_parameters =
    ";created=1000;expires=1030;nonce=\"AAAAAAAAAAAAAAAAAAAAAA\";keyid=\"edge-1\";alg=\"hmac-sha256\";tag="
    "\"sallyport\"";

struct fixture {
  std::unique_ptr<crypto::port> host = openssl::make_host();
  crypto::key_ptr key = *host->import_secret(as_bytes("0123456789abcdef0123456789abcdef"));
};

reason parse_reason(const std::string& input, const profile_message& message = get_message(),
                    const std::string& signature = "sallyport=:AA==:") {
  const exact_text input_text(input);
  const exact_text signature_text(signature);
  return parse_profile(input_text.view(), signature_text.view(), message).why();
}

TEST_CASE("signs with the fields, the base and the order of the protocol") {
  const auto draft = draft_profile(post_message(), parameters);
  REQUIRE(draft.ok());
  const std::string params = "(" + five + " \"content-digest\" \"content-type\" \"content-length\")" + six_parameters;
  CHECK(draft->signature_input == "sallyport=" + params);
  CHECK(draft->base ==
        "\"@method\": POST\n\"@path\": /a\n\"@query\": ?b=c\n\"sallyport-assertion\": e30.e30.AA\n"
        "\"sallyport-context\": id=\"x\", time=1\n\"content-digest\": sha-256=:AA==:\n\"content-type\": text/plain\n"
        "\"content-length\": 5\n\"@signature-params\": " +
            params);
}

TEST_CASE("verifies what it signed, with and without a body, and nothing that was altered") {
  fixture with;
  for (const auto& message : {get_message(), post_message()}) {
    const auto fields = sign_profile(*with.host, *with.key, message, parameters);
    REQUIRE(fields.ok());
    const exact_text input(fields->signature_input);
    const exact_text signature(fields->signature);
    const auto received = parse_profile(input.view(), signature.view(), message);
    REQUIRE(received.ok());
    const auto how = check_parameters(*received);
    REQUIRE(how.ok());
    CHECK(*how == crypto::algorithm::hs256);
    CHECK(*check_times(*received, 1003, 5) == 3);
    CHECK(verify_profile(*with.host, *with.key, *how, *received, message).ok());
    profile_message altered = message;
    altered.query = "b=d";
    CHECK(verify_profile(*with.host, *with.key, *how, *received, altered).why() == reason::httpsig_invalid);
  }
}

TEST_CASE("builds the base that RFC 9421 in general builds") {
  fixture with;
  const auto fields = sign_profile(*with.host, *with.key, get_message(), parameters);
  const std::string raw =
      "GET /a?b=c HTTP/1.1\r\nSallyport-Assertion: e30.e30.AA\r\nSallyport-Context: id=\"x\", time=1\r\n"
      "Signature-Input: " +
      fields->signature_input + "\r\nSignature: " + fields->signature + "\r\n\r\n";
  const auto message = parse_message(raw);
  REQUIRE(message.ok());
  CHECK(verify(*with.host, *with.key, crypto::algorithm::hs256, "sallyport", {&*message, nullptr}).ok());
}

TEST_CASE("verifies a signature that another library made, in any order of components and parameters") {
  fixture with;
  const std::string list =
      "(\"sallyport-context\" \"@query\" \"@path\" \"sallyport-assertion\" \"@method\")"
      ";tag=\"sallyport\";keyid=\"edge-1\";created=1000;alg=\"hmac-sha256\";expires=1030;"
      "nonce=\"AAAAAAAAAAAAAAAAAAAAAA\"";
  const auto message = parse_message(
      "GET /a?b=c HTTP/1.1\r\nSallyport-Assertion: e30.e30.AA\r\nSallyport-Context: id=\"x\", time=1\r\n\r\n");
  const auto input = encoding::sf::parse_inner_list(list);
  const auto fields = sign(*with.host, *with.key, crypto::algorithm::hs256, "sallyport", *input, {&*message, nullptr});
  REQUIRE(fields.ok());
  const auto received = parse_profile(fields->signature_input, fields->signature, get_message());
  REQUIRE(received.ok());
  CHECK(check_parameters(*received).ok());
  CHECK(verify_profile(*with.host, *with.key, crypto::algorithm::hs256, *received, get_message()).ok());
}

TEST_CASE("finds our label among others, once") {
  const std::string ours = "sallyport=(" + five + ")" + six_parameters;
  const auto among = [&](const std::string& input, const std::string& signature) {
    return parse_reason(input, get_message(), signature);
  };
  CHECK(among("sig1=(\"date\";sf);created=1, " + ours + ", sig2=()", "sig1=:AA==:, sallyport=:AA==:;") ==
        reason::httpsig_malformed);
  CHECK(among("sig1=(\"date\";sf);created=1, " + ours + ", sig2=()", "sig1=:AA==:, sallyport=:AA==:") == reason::ok);
  CHECK(among(ours + ", " + ours, "sallyport=:AA==:") == reason::httpsig_malformed);
  CHECK(among(ours, "sallyport=:AA==:, sallyport=:AA==:") == reason::httpsig_malformed);
  CHECK(among(ours, "sig1=:AA==:") == reason::httpsig_label_missing);
  CHECK(among(ours, "") == reason::httpsig_label_missing);
  CHECK(among("sig1=()", "sallyport=:AA==:") == reason::httpsig_label_missing);
  CHECK(among("", "sallyport=:AA==:") == reason::httpsig_label_missing);
}

struct refused_input {
  std::string text;
  reason why;
};

TEST_CASE("demands exactly the covered list of the protocol") {
  const std::array<refused_input, 20> inputs = {{
      {"sallyport=()" + six_parameters, reason::httpsig_profile},
      {"sallyport=(\"@method\")" + six_parameters, reason::httpsig_profile},
      {"sallyport=(" + five + " \"content-digest\")" + six_parameters, reason::httpsig_profile},
      {"sallyport=(" + five + " \"date\")" + six_parameters, reason::httpsig_profile},
      {"sallyport=(" + five + " \"@authority\")" + six_parameters, reason::httpsig_profile},
      {"sallyport=(" + five + " \"@path\")" + six_parameters, reason::httpsig_component_invalid},
      {"sallyport=(\"@method\";req " + five.substr(10) + ")" + six_parameters, reason::httpsig_component_invalid},
      {"sallyport=(\"sallyport-context\";sf)" + six_parameters, reason::httpsig_component_invalid},
      {"sallyport=( " + five + ")" + six_parameters, reason::httpsig_malformed},
      {"sallyport=(" + five + " )" + six_parameters, reason::httpsig_malformed},
      {"sallyport=(\"@method\"  \"@path\")" + six_parameters, reason::httpsig_malformed},
      {"sallyport=(" + five + "); created=1000", reason::httpsig_malformed},
      {"sallyport=(" + five + ");created=", reason::httpsig_malformed},
      {"sallyport=(" + five + ");nonce=\"a", reason::httpsig_malformed},
      {"sallyport=(" + five + ") x", reason::httpsig_malformed},
      {"sallyport=(" + five + "),", reason::httpsig_malformed},
      {"sallyport=(" + five, reason::httpsig_malformed},
      {"sallyport=(@method)", reason::httpsig_malformed},
      {"sallyport", reason::httpsig_malformed},
      {"sallyport=1", reason::httpsig_malformed},
  }};
  for (const auto& each : inputs) {
    CAPTURE(each.text);
    CHECK(name_of(parse_reason(each.text)) == name_of(each.why));
  }
}

TEST_CASE("what the message has must be covered") {
  CHECK(parse_reason("sallyport=(" + five + ")" + six_parameters, post_message()) == reason::httpsig_profile);
  CHECK(parse_reason("sallyport=(" + five + " \"content-length\" \"content-type\" \"content-digest\")" + six_parameters,
                     post_message()) == reason::ok);
}

reason parameter_reason(const std::string& text) {
  const std::string input = "sallyport=(" + five + ")" + text;
  const auto received = parse_profile(input, "sallyport=:AA==:", get_message());
  REQUIRE(received.ok());
  return check_parameters(*received).why();
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = six_parameters;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("demands all six parameters, each once and of its type, and no other") {
  CHECK(parameter_reason(six_parameters) == reason::ok);
  for (const auto& text :
       {with(";created=1000", ""), with(";expires=1030", ""), with(";nonce=\"AAAAAAAAAAAAAAAAAAAAAA\"", ""),
        with(";keyid=\"edge-1\"", ""), with(";alg=\"hmac-sha256\"", ""), with(";tag=\"sallyport\"", ""),
        with("=1000", "=1000.0"), with("=1000", "=\"1000\""), with("=1000", "=01000"), with("=1000", "=-1000"),
        with("=1000", ""), with("=\"edge-1\"", "=edge-1"), with("=\"edge-1\"", "=\"edge\\\"1\""),
        with("=\"sallyport\"", "=sallyport"), six_parameters + ";extra=1", six_parameters + ";created=1000",
        six_parameters + ";tag=\"sallyport\"", six_parameters + ";extra"}) {
    CAPTURE(text);
    CHECK(name_of(parameter_reason(text)) == "httpsig_parameter_invalid");
  }
}

TEST_CASE("checks tag, nonce and algorithm in this order") {
  CHECK(parameter_reason(with("\"sallyport\"", "\"other\"")) == reason::httpsig_tag);
  CHECK(parameter_reason(with("\"sallyport\"", "\"Sallyport\"")) == reason::httpsig_tag);
  CHECK(parameter_reason(with("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA")) == reason::httpsig_nonce);
  CHECK(parameter_reason(with("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB")) == reason::httpsig_nonce);
  CHECK(parameter_reason(with("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAA+AAAAAAAAAAA")) == reason::httpsig_nonce);
  CHECK(parameter_reason(with("hmac-sha256", "HS256")) == reason::httpsig_algorithm);
  CHECK(parameter_reason(with("hmac-sha256", "rsa-v1_5-sha256")) == reason::httpsig_algorithm);
  CHECK(parameter_reason(with("hmac-sha256", "ed25519")) == reason::ok);
}

result<seconds> times(unix_seconds created, unix_seconds expires, unix_seconds now, seconds skew) {
  received_profile received;
  received.created = created;
  received.expires = expires;
  return check_times(received, now, skew);
}

TEST_CASE("checks the clocks, the bounds included") {
  CHECK(*times(1000, 1030, 1000, 0) == 0);
  CHECK(*times(1000, 1030, 1030, 0) == 30);
  CHECK(*times(1000, 1030, 995, 5) == -5);
  CHECK(*times(1000, 1030, 1035, 5) == 35);
  CHECK(times(1000, 1030, 994, 5).why() == reason::httpsig_created_in_future);
  CHECK(times(1000, 1030, 1036, 5).why() == reason::httpsig_expired);
  CHECK(times(1000, 1060, 1000, 5).ok());
  CHECK(times(1000, 1061, 1000, 5).why() == reason::httpsig_lifetime_too_long);
  CHECK(times(1000, 999, 1000, 5).why() == reason::httpsig_parameter_invalid);
}

TEST_CASE("says by how much the clocks differ") {
  CHECK(times(1000, 1030, 980, 5).error().detail ==
        "the signer's clock is 20 s ahead of this one; a skew of 5 s is allowed");
  CHECK(times(1000, 1030, 1050, 5).error().detail ==
        "expired 20 s ago, signed 50 s ago by this clock; a skew of 5 s is allowed");
}

TEST_CASE("does not sign what it would not verify") {
  const auto draft_reason = [](const profile_message& message, const profile_parameters& given) {
    return draft_profile(message, given).why();
  };
  profile_message broken = post_message();
  broken.content_type = "a\nb";
  CHECK(draft_reason(broken, parameters) == reason::httpsig_component_value);
  broken.content_type = "caf\xC3\xA9";
  CHECK(draft_reason(broken, parameters) == reason::httpsig_component_value);
  CHECK(draft_reason(get_message(), {1000, 1030, "short", "k", crypto::algorithm::es256}) == reason::httpsig_nonce);
  CHECK(draft_reason(get_message(), {1000, 1030, nonce, "", crypto::algorithm::es256}) ==
        reason::httpsig_parameter_invalid);
  CHECK(draft_reason(get_message(), {1000, 1030, nonce, "a\"b", crypto::algorithm::es256}) ==
        reason::httpsig_parameter_invalid);
  CHECK(draft_reason(get_message(), {1000, 1030, nonce, "k", crypto::algorithm::ps512}) == reason::httpsig_algorithm);
}

TEST_CASE("fields cut at any byte are refused, never overread") {
  const std::string input = "a=(b;c);d=1, sallyport=(" + five + ")" + six_parameters;
  for (std::size_t n = 0; n < input.size(); ++n) {
    const exact_text cut(std::string_view(input).substr(0, n));
    const auto received = parse_profile(cut.view(), "sallyport=:AA==:", get_message());
    if (received.ok()) CHECK_FALSE(check_parameters(*received).ok());
  }
  const std::string signature = "a=1, sallyport=:AAAA:";
  for (std::size_t n = 0; n < signature.size(); ++n) {
    CHECK(parse_reason("sallyport=(" + five + ")", get_message(), signature.substr(0, n)) != reason::ok);
  }
}

}  // namespace
}  // namespace sallyport::testing
