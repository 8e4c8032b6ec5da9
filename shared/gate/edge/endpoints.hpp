// What the edge answers itself: its public keys, the discovery document that leads to them, and its status.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gate/edge/keys.hpp"
#include "gate/edge/request.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

class endpoints {
 public:
  endpoints(const policy::compiled_policy& policy, const edge_keys& keys, std::string_view build);

  /// The answer when this is a GET or HEAD of an endpoint. `path` is canonical.
  std::optional<answer> find(const edge_request& request, std::string_view path) const;

 private:
  bool is_issuer_host(const edge_request& request) const;

  /// Host and port of the issuer URL, lower-case, the port as a number; and the path of the URL.
  std::string host_;
  std::uint16_t port_ = 0;
  std::string base_path_;
  std::string keys_, discovery_, status_;
};

}  // namespace sallyport::gate
