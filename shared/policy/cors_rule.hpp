// Which pages of other origins may read a refusal of a route.
#pragma once

#include <string>
#include <vector>

namespace sallyport::policy {

struct cors_rule {
  /// Serialized origins (RFC 6454 section 6.2): "https://app.acme.example", with a port only where it is not the
  /// scheme's.
  std::vector<std::string> origins;
  /// Pages that send cookies along may read it, too.
  bool credentials = false;
};

}  // namespace sallyport::policy
