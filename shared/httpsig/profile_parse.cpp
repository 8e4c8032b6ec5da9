// Check 3 of the protocol: both signature fields, and the covered list.
#include "encoding/base64url.hpp"
#include "encoding/shown.hpp"
#include "encoding/structured_field_scan.hpp"
#include "httpsig/profile.hpp"
#include "httpsig/profile_components.hpp"

namespace sallyport::httpsig {
namespace {

namespace sf = encoding::sf;
using sf::cursor;

failure malformed(std::string_view field, const cursor& in) {
  return {reason::httpsig_malformed, std::string(field) + " at byte " + std::to_string(in.at)};
}

failure no_label(std::string_view field) {
  return {reason::httpsig_label_missing, std::string(field) + " has no " + std::string(profile_label)};
}

/// What the message has and the signature does not cover, and the other way round.
failure other_components(unsigned covered, unsigned wanted) {
  const auto names = [](unsigned bits) {
    std::string text;
    for (std::size_t i = 0; i < profile_names.size(); ++i) {
      if ((bits >> i & 1U) != 0) text.append(text.empty() ? "" : ", ").append(profile_names[i]);
    }
    return text.empty() ? std::string("nothing") : text;
  };
  return {reason::httpsig_profile,
          "not covered: " + names(wanted & ~covered) + "; covered and not there: " + names(covered & ~wanted)};
}

// Moves behind "sallyport=" and gives true, or to the end and gives false. Members before it are stepped over.
result<bool> find_label(std::string_view field, cursor& in) {
  while (!in.done()) {
    std::string_view key;
    if (!sf::scan_key(in, key)) return malformed(field, in);
    if (key == profile_label) return in.take('=') ? result<bool>(true) : malformed(field, in);
    sf::member other;
    if (!sf::scan_dictionary_value(in, other) || !sf::scan_separator(in)) return malformed(field, in);
  }
  return false;
}

// What follows our member: other members, but not ours again.
result<void> check_rest(std::string_view field, cursor& in) {
  if (!sf::scan_separator(in)) return malformed(field, in);
  SALLYPORT_ASSIGN(const bool again, find_label(field, in));
  return again ? result<void>(malformed(field, in)) : result<void>();
}

result<void> add_component(std::string_view name, unsigned& seen, received_profile& out) {
  const auto which = component_named(name);
  if (!which) return failure(reason::httpsig_profile, "covers " + encoding::shown(name));
  if ((seen & bit_of(*which)) != 0) return failure(reason::httpsig_component_invalid, encoding::shown(name) + " twice");
  seen |= bit_of(*which);
  out.components[out.component_count++] = *which;
  return {};
}

// `("a" "b")` in its one serialized spelling.
result<void> scan_covered_list(std::string_view field, cursor& in, unsigned& seen, received_profile& out) {
  if (!in.take('(')) return malformed(field, in);
  if (in.take(')')) return {};
  for (;;) {
    std::string_view name;
    bool escaped = false;
    if (!sf::scan_string(in, name, escaped)) return malformed(field, in);
    if (in.peek() == ';') {
      return failure(reason::httpsig_component_invalid, encoding::shown(name) + " has parameters");
    }
    SALLYPORT_TRY(add_component(name, seen, out));
    if (in.take(')')) return {};
    if (!in.take(' ')) return malformed(field, in);
  }
}

// Another spelling of the same integer would be another base: only the serialized one is taken.
bool scan_canonical_integer(cursor& in, std::int64_t& value) {
  const std::size_t start = in.at;
  if (!sf::scan_integer(in, value)) return false;
  const std::string_view digits = in.text.substr(start, in.at - start);
  return digits == "0" || (digits[0] != '0' && digits[0] != '-');
}

// Takes a value of the wanted type, or steps over whatever stands there and notes that it is foreign.
bool scan_time(cursor& in, std::optional<unix_seconds>& into, bool& foreign) {
  const cursor before = in;
  std::int64_t value = 0;
  if (!into && scan_canonical_integer(in, value)) {
    into = value;
    return true;
  }
  in = before;
  foreign = true;
  sf::bare_item other;
  return sf::scan_bare_item(in, other);
}

bool scan_text(cursor& in, std::optional<std::string_view>& into, bool& foreign) {
  std::string_view raw;
  bool escaped = false;
  if (!into && in.peek() == '"') {
    if (!sf::scan_string(in, raw, escaped)) return false;
    foreign |= escaped;
    into = raw;
    return true;
  }
  foreign = true;
  sf::bare_item other;
  return sf::scan_bare_item(in, other);
}

bool scan_parameter(cursor& in, std::string_view key, received_profile& out) {
  if (key == "created") return scan_time(in, out.created, out.foreign_parameter);
  if (key == "expires") return scan_time(in, out.expires, out.foreign_parameter);
  if (key == "nonce") return scan_text(in, out.nonce, out.foreign_parameter);
  if (key == "keyid") return scan_text(in, out.keyid, out.foreign_parameter);
  if (key == "alg") return scan_text(in, out.alg, out.foreign_parameter);
  if (key == "tag") return scan_text(in, out.tag, out.foreign_parameter);
  out.foreign_parameter = true;
  sf::bare_item other;
  return sf::scan_bare_item(in, other);
}

bool scan_parameters(cursor& in, received_profile& out) {
  while (in.take(';')) {
    std::string_view key;
    if (!sf::scan_key(in, key)) return false;
    if (!in.take('=')) {
      out.foreign_parameter = true;
      continue;
    }
    if (!scan_parameter(in, key, out)) return false;
  }
  return true;
}

result<void> read_input(std::string_view text, const profile_message& message, received_profile& out) {
  constexpr std::string_view field = "Signature-Input";
  cursor in{text};
  SALLYPORT_ASSIGN(const bool found, find_label(field, in));
  if (!found) return no_label(field);
  const std::size_t start = in.at;
  unsigned seen = 0;
  SALLYPORT_TRY(scan_covered_list(field, in, seen, out));
  if (!scan_parameters(in, out)) return malformed(field, in);
  out.signature_params = text.substr(start, in.at - start);
  SALLYPORT_TRY(check_rest(field, in));
  const unsigned wanted = components_of(message);
  return seen == wanted ? result<void>() : other_components(seen, wanted);
}

result<void> read_signature(std::string_view text, received_profile& out) {
  constexpr std::string_view field = "Signature";
  cursor in{text};
  SALLYPORT_ASSIGN(const bool found, find_label(field, in));
  if (!found) return no_label(field);
  std::string_view base64;
  if (!sf::scan_bytes(in, base64)) return malformed(field, in);
  auto decoded = encoding::decode_base64(base64);
  if (!decoded.ok()) return malformed(field, in);
  out.signature = std::move(decoded).value();
  return check_rest(field, in);
}

}  // namespace

result<received_profile> parse_profile(std::string_view signature_input, std::string_view signature,
                                       const profile_message& message) {
  received_profile out;
  SALLYPORT_TRY(read_input(signature_input, message, out));
  SALLYPORT_TRY(read_signature(signature, out));
  return out;
}

}  // namespace sallyport::httpsig
