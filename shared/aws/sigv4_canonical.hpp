// The canonical request of SigV4: the one spelling that both sides hash.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/sigv4.hpp"

namespace sallyport::aws {

/// "20150830T123600Z". Precondition: 0 <= time < year 10000.
std::string amz_date(unix_seconds time);
std::string lower_hex(bytes_view data);

/// The canonical URI: normalized when asked, each segment percent-encoded.
std::string canonical_uri(std::string_view path, bool normalize);
/// Names and values encoded, sorted by name and then value, joined.
std::string canonical_query(const std::vector<name_value>& query);

/// Fields in lower case, sorted, equal names joined in order, white space collapsed.
struct canonical_fields {
  /// "name:value\n" lines.
  std::string lines;
  /// "a;b;c".
  std::string names;
};
canonical_fields canonicalize_fields(const std::vector<name_value>& fields);

}  // namespace sallyport::aws
