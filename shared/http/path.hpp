// One canonical form for a request target (RFC 3986 section 6.2.2): the string that policy matches is the string that
// is signed and forwarded. What two readers could read in two ways is refused, never repaired.
//
// Form: origin form only. "/" first; the path ends at the first "?", the rest is the query. A "#" anywhere is a
// fragment (framing_target_form). At most max_target_bytes (path_too_long).
//
// Path: one spelling for each character, the one that every reader takes for the same
//
//   character                          plain                  as a triplet
//   A-Z a-z 0-9 - . _ ~                stays                  decoded
//   : @ ! $ & ' ( ) * + , =            stays                  decoded
//   [ ] | ^ { } " `                    encoded                stays
//   /                                  separates segments     stays: the form encoded_slash
//   ;                                  the form parameter     stays: the form parameter
//   %                                  starts a triplet       stays (%25)
//   \                                  path_backslash         path_encoded_separator
//   space # < > ?                      not in a path          stays
//   %00                                                       path_encoded_separator
//   %01-%1F %7F                        not in a path          path_control_character
//   %80-%FF                            not in a path          stays; an overlong form of UTF-8 (%C0%AF) is a hidden
//                                                             ASCII character: path_encoded_separator
//
// * Triplets are "%" and two hexadecimal digits, or path_invalid_percent; those that stay are spelled in upper case.
//   What is decoded is unreserved, or a delimiter that means nothing in a segment (RFC 3986 sections 2.2, 3.3): servers
//   decode it before they look for their resource. What is encoded is what browsers may leave as it is in a path (the
//   WHATWG URL standard encodes some of it), and fetch() passes the triplet. "%25" stays "%25": what was encoded twice
//   is data, decoded by nobody here.
// * A segment "." or "..", plain or encoded: path_dot_segment. Also with parameters behind ("..;x": servlet containers
//   strip those before they resolve dots), with spaces behind ("..%20": Windows strips those), and between encoded
//   slashes ("a%2F..").
// * Three forms are read in several ways and are refused where the caller does not allow them: encoded_slash
//   (path_encoded_separator), empty_segment (two slashes in a row; path_empty_segment; one trailing "/" is fine), and
//   parameter (";x" behind a segment; path_parameter).
//
// Query
// * Characters: pchar, "/", "?" and what browsers send there unescaped (the query percent-encode set of the WHATWG URL
//   standard holds only controls, space, quotation mark, "#", "<", ">" and non-ASCII): [ ] { } | ^ ` and backslash
//   stay, being plain data in a query. The members of that set are path_invalid_character.
// * An apostrophe is spelled %27: the same standard encodes it in the query of an http URL (the special-query
//   percent-encode set), so that fetch() sends nothing else.
// * Triplets as in the path, and every byte may be encoded (%00 and %2F are data in a query).
// * "/p?" (an empty query) and "/p" are two targets; the question mark is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace sallyport::http {

inline constexpr std::size_t max_target_bytes = 16384;

/// What a path may hold that servers read in several ways; a set of bits.
enum path_form : std::uint8_t {
  /// %2F: data of a segment, or a separator for readers that decode first.
  encoded_slash = 1,
  /// "//": an empty segment, or one separator for readers that merge slashes.
  empty_segment = 2,
  /// ";" or %3B: data, or the start of what servlet containers strip off a segment.
  parameter = 4,
};
using path_forms = std::uint8_t;
inline constexpr path_forms no_forms = 0;

/// The forms that this path holds. Precondition: it is canonical.
path_forms forms_of(std::string_view path);
/// Why a path with these forms is refused; ok for none.
reason refusal_of(path_forms held);

/// A canonical target as views into the text it was read from.
struct target_view {
  std::string_view path;
  /// Without its "?"; empty both for "no query" and for "?": has_query tells.
  std::string_view query;
  bool has_query = false;
};

/// A canonical target that owns its text.
struct canonical_target {
  std::string text;
  std::size_t path_bytes = 0;

  std::string_view path() const { return std::string_view(text).substr(0, path_bytes); }
  bool has_query() const { return path_bytes < text.size(); }
  std::string_view query() const {
    return has_query() ? std::string_view(text).substr(path_bytes + 1) : std::string_view();
  }
  target_view view() const { return {path(), query(), has_query()}; }
};

/// The canonical form of `target` (the edge's door), in which the path may hold the forms in `allowed`. Reasons:
/// framing_target_form and every path_* but path_not_canonical and path_ambiguous.
result<canonical_target> canonicalize_target(std::string_view target, path_forms allowed = no_forms);

/// `target` as it is, which must be canonical already (the origin's door, check 2); the views are into `target`.
/// Reasons: those of canonicalize_target, and path_not_canonical.
result<target_view> require_canonical(std::string_view target, path_forms allowed = no_forms);

bool is_canonical(std::string_view target);

/// One name=value of a query, decoded as a form (WHATWG URL section 5.1: split at "&", at the first "=", "+" is a
/// space, triplets decoded; no "=" means an empty value; empty pieces are skipped). In order, names may repeat.
using query_pair = std::pair<std::string, std::string>;
/// At most `max_pairs`; reasons: path_too_long (more than that), utf8_invalid (a name or value that is not UTF-8 once
/// decoded).
result<std::vector<query_pair>> parse_query(std::string_view query, std::size_t max_pairs = 256);

}  // namespace sallyport::http
