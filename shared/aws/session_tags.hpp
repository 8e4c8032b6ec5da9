// What tells AWS whom a session is for: the values of its tags, and its source identity. IAM decides by them, so two
// texts never become one: what AWS does not take, or what is too long, is told apart by its hash, and nothing that AWS
// takes may look like that form.
// Source: AWS STS API Reference, Tag and AssumeRoleWithWebIdentity; IAM User Guide, "Pass session tags in AWS STS".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/crypto.hpp"

namespace sallyport::aws {

/// AWS has 256; session tags and session policy share a space that is smaller than both.
inline constexpr std::size_t max_tag_value = 128;

/// Injective. `text` as it is when it has 1 to 128 of [A-Za-z0-9 _.:/=+-@], no space at an end or behind another one, no
/// "aws:" in front, and no end like that of the other form, which is: 96 of it, with "_" for what does not fit, ":h:",
/// and 22 characters of its SHA-256 in base64url.
std::string tag_value(std::string_view text, crypto::port& host);
/// So many characters tag_value makes of `text`.
std::size_t tag_size(std::string_view text);
/// Injective. `subject` as it is when it has 2 to 64 of [\w+=,.@-] and no end like that of the other form, which is: 47 of
/// it, with "-" for what does not fit, "-", and 16 characters of its SHA-256. So CloudTrail names the person.
std::string source_identity(std::string_view subject, crypto::port& host);

}  // namespace sallyport::aws
