// Collects what is wrong with a document and says where: JSONPath, line and column.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/problem.hpp"
#include "document/suggest.hpp"
#include "encoding/json.hpp"

namespace sallyport::document {

/// What to do about a name that is not among `names`; empty for no advice.
using name_advisor = std::string (*)(std::string_view name, std::span<const std::string_view> names);

class report {
 public:
  /// Both outlive the report. `document` was parsed from `text`.
  report(std::string_view text, const encoding::annotated_json& document, name_advisor advise = suggestion)
      : text_(text), document_(document), advise_name_(advise) {}
  report(const report&) = delete;
  report& operator=(const report&) = delete;

  /// At the value that `pointer` (RFC 6901) names.
  void at_value(const std::string& pointer, reason why, std::string message, std::string advice);
  /// At the name of the member that `pointer` names.
  void at_name(const std::string& pointer, reason why, std::string message, std::string advice);
  /// Inside the string that `pointer` names, `offset` bytes into its decoded value.
  void inside_string(const std::string& pointer, std::size_t offset, reason why, std::string message,
                     std::string advice);

  std::string advise_name(std::string_view name, std::span<const std::string_view> names) const {
    return advise_name_(name, names);
  }

  bool empty() const { return problems_.empty(); }
  /// Sorted by position; the report is empty then.
  std::vector<problem> take();

 private:
  void add(const std::string& pointer, encoding::text_position where, reason why, std::string message,
           std::string advice);
  std::string json_path(std::string_view pointer) const;

  std::string_view text_;
  const encoding::annotated_json& document_;
  name_advisor advise_name_;
  std::vector<problem> problems_;
};

}  // namespace sallyport::document
