// Invariant: what we sign we accept, in general (RFC 9421) and in our profile, and a covered value that changes breaks
// the signature. First byte: which of the two. Then lines: a list of components and a message, or the parts of a
// profile message.
#include "httpsig/profile.hpp"
#include "httpsig/signature.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;
namespace sf = sallyport::encoding::sf;

namespace {

const crypto::key& secret() {
  static const crypto::key_ptr key = [] {
    auto made = fuzz::host().import_secret(as_bytes("a secret of thirty-two bytes or so"));
    fuzz::hold(made.ok(), "a secret can be imported");
    return std::move(made).value();
  }();
  return *key;
}

constexpr auto hmac = crypto::algorithm::hs256;

/// Whether the parameters say that another algorithm made the signature: nobody signs that (RFC 9421 section 3.3).
bool names_another_algorithm(const sf::inner_list& input) {
  const auto* named = sf::find_as<std::string>(input.parameters, "alg");
  return named != nullptr && *named != crypto::describe(hmac).httpsig_name;
}

/// Any components over any message: the base is a function of its inputs, and what has one is signed.
void check_general(fuzz::input& in) {
  const auto input = sf::parse_inner_list(in.take_line());
  auto message = httpsig::parse_message(in.rest());
  if (!input.ok() || !message.ok()) return;
  const httpsig::signing_context context{&*message, nullptr};
  const auto base = httpsig::signature_base(*input, context);
  const auto fields = httpsig::sign(fuzz::host(), secret(), hmac, "fuzz", *input, context);
  fuzz::hold(fields.ok() == (base.ok() && !names_another_algorithm(*input)), "what has a base can be signed");
  if (!fields.ok()) return;
  const auto again = httpsig::signature_base(*input, context);
  fuzz::hold(again.ok() && *again == *base, "the base is the same each time");
}

/// A profile message out of lines.
httpsig::profile_message read_message(fuzz::input& in) {
  httpsig::profile_message out;
  out.method = in.take_line();
  out.path = in.take_line();
  out.query = in.take_line();
  out.assertion = in.take_line();
  out.context = in.take_line();
  const auto choice = in.take_byte();
  if ((choice & 1) != 0) out.content_digest = in.take_line();
  if ((choice & 2) != 0) out.content_type = in.take_line();
  if ((choice & 4) != 0) out.content_length = in.take_line();
  return out;
}

void check_profile(fuzz::input& in) {
  const auto message = read_message(in);
  const httpsig::profile_parameters parameters{1'800'000'000, 1'800'000'030, "AAAAAAAAAAAAAAAAAAAAAA", in.rest(), hmac};
  const auto fields = httpsig::sign_profile(fuzz::host(), secret(), message, parameters);
  if (!fields.ok()) return;
  const auto received = httpsig::parse_profile(fields->signature_input, fields->signature, message);
  fuzz::hold(received.ok(), "what we sign we read");
  if (!httpsig::check_parameters(*received).ok()) return;
  fuzz::hold(httpsig::check_times(*received, 1'800'000'001, 0).ok(), "its times hold");
  fuzz::hold(httpsig::verify_profile(fuzz::host(), secret(), hmac, *received, message).ok(), "what we sign we accept");
  auto altered = message;
  altered.path = message.path == "/other" ? "/another" : "/other";
  fuzz::hold(!httpsig::verify_profile(fuzz::host(), secret(), hmac, *received, altered).ok(),
             "another path is refused");
}

/// Whatever arrives as a signature: nobody without the secret makes one that verifies.
void check_received(fuzz::input& in) {
  const std::string_view signature_input = in.take_line();
  const std::string_view signature = in.take_line();
  const auto message = read_message(in);
  const auto received = httpsig::parse_profile(signature_input, signature, message);
  if (!received.ok() || !httpsig::check_parameters(*received).ok()) return;
  fuzz::hold(received->component_count >= 5, "an accepted list covers at least the five");
  fuzz::hold(!httpsig::verify_profile(fuzz::host(), secret(), hmac, *received, message).ok(), "a forgery is refused");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  switch (in.take_byte() % 3) {
    case 0: check_general(in); break;
    case 1: check_profile(in); break;
    default: check_received(in); break;
  }
  return 0;
}
