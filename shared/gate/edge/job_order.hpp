// What a caller wants of a job: run it, or look at, stop or list runs. Decided and validated here; carried out by the
// host.
//
// * POST on a route to a job runs it. Its body is a JSON object of the declared inputs, as application/json: a type
//   that no form can send. Only a request without a body, without a Content-Type and without a sign of a page (Origin,
//   Sec-Fetch-*) needs none: browsers send Origin with every POST, so that nobody's cookies come with such a request.
// * /.sallyport/jobs/<job>~<run>: GET looks, DELETE stops. /.sallyport/jobs: GET lists the caller's own.
// * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): at most 255 visible characters, with or without the
//   quotes of a structured string. Together with job and caller (gate/edge/caller.hpp) it makes the client token that
//   ECS sees.
// * Prefer: wait=N (RFC 7240 section 4.3), in seconds.
// * A browser's request neither runs nor stops anything unless it comes from a page of this very host, or from none:
//   Sec-Fetch-Site, where it is there, says same-origin or none, and Origin, where it is there, is this host. From
//   another page, of a sibling host too, the caller's cookies would come with it, the caller's will would not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "gate/edge/caller.hpp"
#include "gate/edge/request.hpp"
#include "policy/document.hpp"
#include "policy/identity.hpp"

namespace sallyport::gate {

/// Which run a path below /.sallyport/jobs names.
struct job_path {
  /// Null: all runs of the caller.
  const policy::job* job = nullptr;
  /// `<job>~<run>`; a view into the path.
  std::string_view id;
};

/// Whether the path is /.sallyport/jobs or below it.
bool is_jobs_path(std::string_view path);
/// Reasons: job_not_found (no such job, or not the form of an id).
result<job_path> parse_jobs_path(const policy::compiled_policy& policy, std::string_view path);

/// The most that the body of a run may have, in bytes.
std::size_t max_job_body();

/// A run of `job`. Preconditions: policy allowed it, the body is read or there is none. Reasons: job_input_invalid,
/// job_cross_site, those of the JSON gate.
result<job_order> order_run(const policy::job& job, const edge_request& request, const asker& from,
                            std::string_view route, std::string_view request_id, crypto::port& host);

/// A look at, a stop or a list. Reasons: route_not_found (a method that is none of these), job_cross_site.
result<job_order> order_query(const job_path& path, const edge_request& request, const asker& from,
                              std::string_view request_id, crypto::port& host);

/// "run", "get", "stop", "list".
std::string_view name_of(job_order::action what);
/// As the host reads it (worker-shim/jobs/http.js): {"do","job"?,"id"?,"environment"?,"input_digest"?,"client_token"?,
/// "idempotent"?,"wait_ms","may_inspect"?,"request_id","caller","audit","refusal_fields"?}.
encoding::json to_json(const job_order& order, std::string_view audit);

}  // namespace sallyport::gate
