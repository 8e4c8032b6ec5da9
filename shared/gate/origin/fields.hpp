// Check 3, first half: which fields of a request are Sallyport's, and that each is there once.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/result.hpp"
#include "http/field.hpp"
#include "http/path.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::gate {

/// Views into the head.
struct sallyport_fields {
  std::string_view assertion, context, signature_input, signature;
  std::optional<std::string_view> content_digest, content_type, content_length;
  /// Sallyport-Channel-Grant: no component covers it, the keyid is its digest.
  std::optional<std::string_view> grant;

  /// What the signature is over.
  httpsig::profile_message message(std::string_view method, const http::target_view& target) const;
};

/// Reasons: sallyport_field_unknown, sallyport_field_repeated (Content-Digest included), sallyport_field_missing;
/// httpsig_component_value (several Content-Type fields). The details name the field.
result<sallyport_fields> find_sallyport_fields(std::span<const http::field> fields);

}  // namespace sallyport::gate
