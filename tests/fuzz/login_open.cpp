// Invariant: a text that was not sealed here never opens, whatever is done to one that was; what does open is what was sealed;
// and what is read of a session or a login under way is written as the same text.
#include "login/seal.hpp"
#include "login/texts.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

constexpr std::string_view keys_text = R"({"keys":[{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}]})";
constexpr unix_seconds now = 1'767'225'600;

const login::master_keys& keys() {
  static const auto read = login::master_keys::read(keys_text, fuzz::host());
  return read.value();
}

void read_typed(std::string_view plain) {
  const auto session = login::read_session(plain);
  if (session.ok()) fuzz::hold(login::write_session(*session) == plain, "a session has one spelling");
  const auto transaction = login::read_transaction(plain);
  if (transaction.ok()) fuzz::hold(login::write_transaction(*transaction) == plain, "a transaction has one spelling");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const login::seal_place where{static_cast<login::purpose>(in.take_byte() % 7), "app.example", "name"};
  const auto edits = in.take_byte() % 4;
  login::seal_entropy entropy{};
  entropy[0] = in.take_byte();
  std::string places;
  for (int i = 0; i < edits * 2; ++i) places.push_back(static_cast<char>(in.take_byte()));
  const std::string plain(in.rest());
  read_typed(plain);
  fuzz::hold(!login::open(keys(), where, plain, now, fuzz::host()).ok(), "nobody else makes a text that opens");
  const auto sealed = login::seal(keys(), where, plain, now, entropy, fuzz::host());
  fuzz::hold(sealed.ok(), "any text can be sealed");
  std::string changed = *sealed;
  for (std::size_t i = 0; i + 1 < places.size(); i += 2) {
    changed[static_cast<std::uint8_t>(places[i]) % changed.size()] = places[i + 1];
  }
  const auto opened = login::open(keys(), where, changed, now, fuzz::host());
  const bool fits = changed == *sealed && changed.size() <= login::max_sealed_characters;
  fuzz::hold(opened.ok() == fits, "a text opens when it is as it was sealed, and only then");
  if (fits) fuzz::hold(*opened == plain, "what opens is what was sealed");
  return 0;
}
