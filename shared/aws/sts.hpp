// AssumeRoleWithWebIdentity: our own OIDC token for temporary credentials. An unsigned POST of the query protocol
// (STS API 2011-06-15); the answer is read as XML or JSON, whichever comes.
#pragma once

#include <string>
#include <string_view>

#include "aws/call.hpp"
#include "core/time.hpp"

namespace sallyport::aws {

struct assume_role {
  std::string region;
  std::string role_arn;
  /// 2 to 64 characters of [\w+=,.@-].
  std::string session_name;
  /// The AWS token, a compact JWS. A credential: it goes into the body and nowhere else.
  std::string web_identity_token;
  /// At most 2048 characters; empty: none.
  std::string session_policy;
  /// 900 to 43200.
  seconds duration = 900;
};

struct temporary_credentials {
  credentials keys;
  unix_seconds expires = 0;
  /// ARN of the role session, for the audit.
  std::string assumed_role_arn;
};

/// The regional endpoint of STS, "sts.us-east-1.amazonaws.com"; empty for a region of no partition.
std::string sts_endpoint(std::string_view region);
/// Never carries a security token field: the call is not signed.
call build_assume_role(const assume_role& request);
/// The credentials, or AWS's refusal. A success that cannot be read is error_kind::unreadable.
answer<temporary_credentials> read_assume_role(const reply& from);

}  // namespace sallyport::aws
