// The AWS side of the core behind one door of JSON texts, for hosts that keep no C++ values between calls (the Worker
// and its Durable Objects). Off the hot path: a wake or a job makes a handful of these, a request to a running service
// none.
//
// | op | in | out |
// | --- | --- | --- |
// | assume_role | region, role, target, caller {issuer, subject, …}, purpose, now, id, host | a call, unsigned |
// | read_assume_role | status, fields, body | credentials, expires, session |
// | call | action, region, cluster, and the action's own; credentials, now, host | a call, signed |
// | read | action, status, fields, body | what the answer says |
// | wake | state?, event, now, settings?, jitter | state, effects |
// | sign | method, host, path, query, fields, body_b64 or payload, region, service, credentials, now | fields to add |
// | issuer_documents | issuer, keys (the text of a public JWK set) | base_path, jwks, discovery (texts to serve) |
//
// `purpose` is {"service": name, cluster}, {"task_definition": …, cluster, passed_roles?} or {"invoke": AWS service,
// "host"}: it bounds the session policy. `host`: where to send instead of the regional endpoint. A call is {host, path,
// fields: [[name, value]], body}. `payload` stands for a body as in signing_options. Refusals of AWS come as
// {"refused": {...}}; what this door itself cannot do as
// {"error": reason, "detail": …}.
#pragma once

#include <string>
#include <string_view>

#include "aws/sigv4.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::aws {

class operations {
 public:
  /// `key` mints the AWS tokens of `issuer`; null: assume_role answers signing_key_missing. It must outlive this
  /// object.
  operations(std::string issuer, const jose::signing_key* key, crypto::port& host)
      : issuer_(std::move(issuer)), key_(key), host_(host), signer_(host) {}

  /// Canonical JSON in, canonical JSON out: {"op": …, "in": {…}}.
  std::string run(std::string_view request);

 private:
  using json = encoding::json;

  json dispatch(std::string_view op, const json& in);
  json assume_role(const json& in);
  json ecs_call(const json& in);
  json sign_request(const json& in);

  std::string issuer_;
  const jose::signing_key* key_;
  crypto::port& host_;
  signer signer_;
};

}  // namespace sallyport::aws
