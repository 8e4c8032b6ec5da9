// The expressions of a document while it is loaded: compiled against the variables of policy, checked against the route
// they stand on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cel/program.hpp"
#include "policy/condition.hpp"
#include "policy/document.hpp"
#include "policy/load/node.hpp"

namespace sallyport::policy {

/// A condition and where it stands in the document, while that is being loaded.
struct placed_condition {
  condition_ptr code;
  node at;
};

class condition_compiler {
 public:
  /// `issuers`: the names that identity.issuer can have; others are reported.
  explicit condition_compiler(std::vector<std::string> issuers);

  /// A condition: its type is bool. Problems are reported at the offending byte of the string.
  std::optional<placed_condition> truth(const node& at, std::string name) const;
  /// A value for a header: string, list of strings, bool, int, or dynamic.
  std::optional<placed_condition> header_value(const node& at, std::string name) const;
  /// The same from a text that is ours. Precondition: it compiles.
  condition_ptr own_header_value(std::string_view source) const;

 private:
  std::optional<placed_condition> compile(const node& at, std::string name, cel::type expected) const;

  void check_issuers(const placed_condition& what) const;

  cel::environment names_;
  std::vector<std::string> issuers_;
};

/// Adds what the expression reads of the identity and of the request.
void add_used(const condition& reads, used_facts& to);
/// Sorts, and drops paths and names that others cover.
void settle_used(used_facts& used);

/// Reports names of `request.params` and `request.params_decoded` that are not among `parameters`, those of the path of
/// `where` ("route x").
void check_parameters(const placed_condition& what, const std::vector<std::string>& parameters, std::string_view where);
/// Reports `request.headers` names that are not in the service's signed_headers.
void check_headers(const placed_condition& what, const service& to);
/// For conditions of a job: reports the use of `service` and of any header.
void check_without_service(const placed_condition& what, std::string_view where);

}  // namespace sallyport::policy
