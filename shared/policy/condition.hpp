// The expressions of a document: compiled against the variables of policy, checked against the route they stand on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cel/program.hpp"
#include "policy/document.hpp"
#include "policy/load/node.hpp"

namespace sallyport::policy {

/// Slots of the variables that conditions see, in the order of their declaration.
enum class variable : std::uint8_t { identity, request, route, service };
inline constexpr std::size_t variable_count = 4;

/// One compiled expression.
class condition {
 public:
  condition(std::string name, cel::program code) : name_(std::move(name)), code_(std::move(code)) {}

  /// What it is, for details: "allow", "require[0]".
  const std::string& name() const { return name_; }
  const cel::program& code() const { return code_; }

 private:
  std::string name_;
  cel::program code_;
};

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
