#include "login/seal.hpp"

#include <doctest/doctest.h>

#include <set>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::login;

namespace {

constexpr unix_seconds now = 1'767'225'600;
constexpr unix_seconds one_day = 86400;

crypto::port& host() {
  static const auto one = openssl::make_host();
  return *one;
}

std::string key_text(char fill) {
  const std::string octets(32, fill);
  return R"({"kty":"oct","k":")" + encoding::encode_base64url(as_bytes(octets)) + "\"}";
}

master_keys keys_of(std::initializer_list<char> fills) {
  std::string set;
  for (const char each : fills) set += (set.empty() ? "" : ",") + key_text(each);
  return master_keys::read("{\"keys\":[" + set + "]}", host()).value();
}

seal_entropy entropy_of(byte fill) {
  seal_entropy out;
  out.fill(fill);
  return out;
}

const seal_place here{purpose::session, "app.example", "cookie"};

std::string sealed(const master_keys& keys, std::string_view plain, byte entropy = 1) {
  return seal(keys, here, plain, now, entropy_of(entropy), host()).value();
}

reason why_not(const master_keys& keys, const seal_place& where, std::string_view text, unix_seconds at = now) {
  return open(keys, where, text, at, host()).why();
}

}  // namespace

TEST_CASE("what is sealed opens at its place") {
  const auto keys = keys_of({'a'});
  for (const std::string plain : {"", "{}", "a longer text than one block of the cipher"}) {
    const auto text = sealed(keys, plain);
    CHECK(text.size() ==
          (plain.size() + seal_overhead_bytes) * 4 / 3 + ((plain.size() + seal_overhead_bytes) % 3 != 0));
    CHECK(open(keys, here, text, now, host()).value() == plain);
  }
}

TEST_CASE("a text is good for one purpose, one host and one name") {
  const auto keys = keys_of({'a'});
  const auto text = sealed(keys, "{}");
  for (const auto each :
       {purpose::sso, purpose::transaction, purpose::start, purpose::handoff, purpose::logout, purpose::store}) {
    CHECK(why_not(keys, {each, here.scope, here.name}, text) == reason::seal_invalid);
  }
  CHECK(why_not(keys, {here.what, "app.example:8443", here.name}, text) == reason::seal_invalid);
  CHECK(why_not(keys, {here.what, "other.example", here.name}, text) == reason::seal_invalid);
  CHECK(why_not(keys, {here.what, here.scope, "cookie2"}, text) == reason::seal_invalid);
}

TEST_CASE("a text with any octet changed, or cut short, does not open") {
  const auto keys = keys_of({'a'});
  const auto octets = encoding::decode_base64url(sealed(keys, "{\"a\":1}")).value();
  for (std::size_t at = 0; at < octets.size(); ++at) {
    for (const byte bit : {byte{1}, byte{0x80}}) {
      auto other = octets;
      other[at] ^= bit;
      CHECK(why_not(keys, here, encoding::encode_base64url(other)) == reason::seal_invalid);
    }
    CHECK(why_not(keys, here, encoding::encode_base64url(bytes_view(octets).first(at))) == reason::seal_invalid);
  }
  CHECK(why_not(keys, here, "") == reason::seal_invalid);
  CHECK(why_not(keys, here, "not base64url!") == reason::seal_invalid);
  CHECK(why_not(keys, here, std::string(max_sealed_characters + 1, 'A')) == reason::seal_invalid);
}

TEST_CASE("a text opens from the day before to 31 days after, and one of a store on any day") {
  const auto keys = keys_of({'a'});
  const auto text = sealed(keys, "{}");
  CHECK(why_not(keys, here, text, now + 31 * one_day) == reason::ok);
  CHECK(why_not(keys, here, text, now + 32 * one_day) == reason::seal_invalid);
  CHECK(why_not(keys, here, text, now - one_day) == reason::ok);
  CHECK(why_not(keys, here, text, now - 2 * one_day) == reason::seal_invalid);
  const seal_place row{purpose::store, "object", "refresh"};
  const auto kept = seal(keys, row, "token", now, entropy_of(1), host()).value();
  CHECK(why_not(keys, row, kept, now + 1000 * one_day) == reason::ok);
}

TEST_CASE("a text is sealed with the first key and opens with any; one whose key is gone does not") {
  const auto before = keys_of({'a'}), moved = keys_of({'b', 'a'}), after = keys_of({'b'});
  const auto text = sealed(before, "{}");
  CHECK(why_not(moved, here, text) == reason::ok);
  CHECK(why_not(before, here, sealed(moved, "{}")) == reason::seal_invalid);
  const auto gone = open(after, here, text, now, host());
  CHECK(gone.why() == reason::seal_invalid);
  CHECK(gone.error().detail == "the key is not there, or not any more");
}

TEST_CASE("one entropy never gives two plaintexts one nonce, and gives one plaintext the same text again") {
  const auto keys = keys_of({'a'});
  std::set<std::string> nonces;
  for (int i = 0; i < 200; ++i) {
    const auto octets = encoding::decode_base64url(sealed(keys, "{\"i\":" + std::to_string(i) + "}")).value();
    nonces.insert(to_text(bytes_view(octets).subspan(7, 12)));
  }
  CHECK(nonces.size() == 200);
  CHECK(sealed(keys, "{}") == sealed(keys, "{}"));
  CHECK(sealed(keys, "{}", 1) != sealed(keys, "{}", 2));
}

TEST_CASE("login keys are 1 to 8 different secrets of 32 octets") {
  const auto why = [](const std::string& text) {
    const auto read = master_keys::read(text, host());
    return read.ok() ? std::string("ok") : std::string(name_of(read.why())) + ": " + read.error().detail;
  };
  CHECK(why("{\"keys\":[" + key_text('a') + "," + key_text('b') + "]}") == "ok");
  CHECK(why("") == "config_invalid: login keys: not a JWK set with a key");
  CHECK(why("{\"keys\":[]}") == "config_invalid: login keys: not a JWK set with a key");
  CHECK(why(key_text('a')) == "config_invalid: login keys: not a JWK set with a key");
  CHECK(why(R"({"keys":[{"kty":"oct","k":"c2hvcnQ"}]})") ==
        "config_invalid: login keys: key 1 has no k of 32 octets in base64url");
  CHECK(why("{\"keys\":[" + key_text('a') + R"(,{"kty":"RSA"}]})") ==
        "config_invalid: login keys: key 2 is not of kty oct");
  CHECK(why("{\"keys\":[" + key_text('a') + "," + key_text('a') + "]}") ==
        "config_invalid: login keys: key 2 has the key id of another one: it is there twice, or must be made anew");
  std::string nine = key_text('0');
  for (char c = '1'; c <= '8'; ++c) nine += "," + key_text(c);
  CHECK(why("{\"keys\":[" + nine + "]}") == "config_invalid: login keys: more than 8 keys");
}

TEST_CASE("the name of a person depends on key, issuer, client and subject, and on where one ends") {
  const auto keys = keys_of({'a', 'b'});
  std::set<std::string> names;
  for (const auto& key : keys.all()) {
    for (const person& who :
         {person{"https://i", "c", "s"}, {"https://i", "cs", ""}, {"https://i", "", "cs"}, {"https://ic", "", "s"}}) {
      names.insert(name_of_person(key, who, host()).value());
    }
  }
  CHECK(names.size() == 8);
}
