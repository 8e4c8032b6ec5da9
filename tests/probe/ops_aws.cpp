#include "aws/sigv4.hpp"
#include "encoding/percent.hpp"
#include "http/field.hpp"
#include "operations/operations.hpp"
#include "tests/probe/argument_rules.hpp"
#include "tests/probe/arguments.hpp"
#include "tests/probe/ops.hpp"
#include "tests/probe/ops_aws_arguments.hpp"

namespace sallyport::probe {
/// `query` may be text (percent-encoded), pairs, or an object of text or lists; `headers` pairs or such an object;
/// `time` RFC 3339 text, "20150830T123600Z" or seconds since the epoch.
outcome run_sigv4(const json& in, crypto::port& host) {
  const auto request = sigv4_request(in);
  if (!request) return bad_arguments{"request needs method, path, query, headers, body_b64"};
  const auto time = sigv4_time(in);
  if (!time) return bad_arguments{"time is not RFC 3339, YYYYMMDDThhmmssZ or seconds"};
  const auto* credentials = encoding::find_member(in, "credentials");
  if (credentials == nullptr) return bad_arguments{"credentials is missing"};
  const aws::signing_scope scope{text_argument(in, "region"), text_argument(in, "service"), *time};
  aws::signer signer(host);
  const auto made = signer.sign(*request, sigv4_credentials(*credentials), scope, sigv4_options(in));
  if (!made.ok()) return answer{made.why(), {}};
  return answer{reason::ok, json{{"canonical_request", made->canonical_request},
                                 {"string_to_sign", made->string_to_sign},
                                 {"signature", made->signature},
                                 {"signed_headers", made->signed_headers}}};
}

/// `op` and `in` of the table of operations (operations/operation.def); without a key, so assume_role answers
/// signing_key_missing.
outcome run_aws(const json& in, crypto::port& host) {
  const auto wrong = find_mistake(in, {{"op", shapes::text, true}, {"in", shapes::object, true}});
  if (wrong) return *wrong;
  operations::means with(host);
  with.issuer = text_argument(in, "issuer");
  json out = operations::run(text_argument(in, "op"), *encoding::find_member(in, "in"), with);
  const auto error = encoding::string_member(out, "error");
  const reason why = error ? reason_named(*error) : reason::ok;
  return answer{why, std::move(out)};
}

}  // namespace sallyport::probe
