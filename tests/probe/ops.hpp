// The operations of the probe by layer. Declared here, listed in ops.cpp, defined in ops_<layer>.cpp.
#pragma once

#include "tests/probe/probe.hpp"

namespace sallyport::probe {

// ops_encoding.cpp
outcome run_json(const json& in, crypto::port& host);
// ops_structured_field.cpp
outcome run_sf_parse(const json& in, crypto::port& host);
outcome run_sf_serialize(const json& in, crypto::port& host);
// ops_http.cpp
outcome run_framing(const json& in, crypto::port& host);
outcome run_path(const json& in, crypto::port& host);
outcome run_digest(const json& in, crypto::port& host);
// ops_jose.cpp
outcome run_jws(const json& in, crypto::port& host);
outcome run_jwt(const json& in, crypto::port& host);
// ops_channel.cpp
outcome run_p256(const json& in, crypto::port& host);
outcome run_hkdf(const json& in, crypto::port& host);
outcome run_channel_field(const json& in, crypto::port& host);
outcome run_channel_grant(const json& in, crypto::port& host);
outcome run_channel_place(const json& in, crypto::port& host);
// ops_login.cpp
outcome run_login_seal(const json& in, crypto::port& host);
outcome run_login_open(const json& in, crypto::port& host);
outcome run_login_words(const json& in, crypto::port& host);
outcome run_login_cookies(const json& in, crypto::port& host);
outcome run_login_navigation(const json& in, crypto::port& host);
outcome run_login_return(const json& in, crypto::port& host);
outcome run_login_facts(const json& in, crypto::port& host);
// ops_login_flow.cpp
outcome run_login_metadata(const json& in, crypto::port& host);
outcome run_login_callback(const json& in, crypto::port& host);
outcome run_login_tokens(const json& in, crypto::port& host);
outcome run_login_id_token(const json& in, crypto::port& host);
outcome run_login_session(const json& in, crypto::port& host);
// ops_httpsig.cpp
outcome run_httpsig_base(const json& in, crypto::port& host);
outcome run_httpsig_verify(const json& in, crypto::port& host);
// ops_cel.cpp
outcome run_cel(const json& in, crypto::port& host);
outcome run_cel_check(const json& in, crypto::port& host);
// ops_policy.cpp
outcome run_policy(const json& in, crypto::port& host);
outcome run_route(const json& in, crypto::port& host);
outcome run_decide(const json& in, crypto::port& host);
// ops_explain.cpp
outcome run_explain(const json& in, crypto::port& host);
// ops_edge.cpp
outcome run_edge(const json& in, crypto::port& host);
// ops_origin.cpp
outcome run_origin(const json& in, crypto::port& host);
// ops_audit.cpp
outcome run_outcome(const json& in, crypto::port& host);
// ops_cache.cpp
outcome run_cache(const json& in, crypto::port& host);
// ops_aws.cpp
outcome run_sigv4(const json& in, crypto::port& host);
outcome run_aws(const json& in, crypto::port& host);

}  // namespace sallyport::probe
