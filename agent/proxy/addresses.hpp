// The addresses of the app: looked up when the agent starts, and anew whenever none of them accepts connections,
// because the app behind a name may have moved.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "agent/config/address.hpp"
#include "core/result.hpp"

namespace sallyport::agent::proxy {

class upstream_addresses {
 public:
  using addresses = std::vector<boost::asio::ip::tcp::endpoint>;
  using list = std::shared_ptr<const addresses>;
  /// Asks the system, for as long as that takes.
  using finder = std::function<result<addresses>()>;

  explicit upstream_addresses(addresses known, finder find = nullptr);
  /// Looks the name up now. Reasons: config_invalid (no such name).
  static result<upstream_addresses> look_up(const config::address& where);

  /// In the order of the system's preference. Any thread.
  list known() const;
  /// Asks again without waiting, at most once a second; a name that is not found changes nothing. Any thread.
  void look_up_again();

 private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

}  // namespace sallyport::agent::proxy
