// The operations of the probe by layer. Declared here, listed in ops.cpp, defined in ops_<layer>.cpp.
#pragma once

#include "tests/probe/probe.hpp"

namespace sallyport::probe {

// ops_encoding.cpp
outcome run_json(const json& in, crypto::port& host);
// ops_structured_field.cpp
// ops_http.cpp
// ops_jose.cpp
outcome run_jws(const json& in, crypto::port& host);
outcome run_jwt(const json& in, crypto::port& host);
// ops_httpsig.cpp
// ops_cel.cpp
// ops_policy.cpp
// ops_gate.cpp
// ops_aws.cpp
outcome run_sigv4(const json& in, crypto::port& host);

}  // namespace sallyport::probe
