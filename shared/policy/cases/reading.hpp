// The parts of the reader of cases. Each reports what is wrong and goes on.
#pragma once

#include <optional>
#include <string>

#include "document/node.hpp"
#include "policy/cases/case.hpp"
#include "policy/document.hpp"

namespace sallyport::policy {

/// identities.cpp: a caller by its members, or by the claims of its token. Nothing when it was reported.
std::optional<result<identity>> read_identity(const document::node& at, const compiled_policy& policy);
/// The same, or the name of one: "anonymous" or of `known`.
std::optional<result<identity>> read_caller(const document::node& at, const named_identities& known,
                                            const compiled_policy& policy);

/// requests.cpp: "GET https://host/path", or an object with more.
std::optional<case_request> read_request(const document::node& at);

/// expectations.cpp: "allow", "deny", a reason, or an object of decision, reason and route.
std::optional<case_expectation> read_expectation(const document::node& at, const compiled_policy& policy);

}  // namespace sallyport::policy
