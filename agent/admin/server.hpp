// /healthz, /readyz and /metrics, on an address of their own and on threads of their own.
#pragma once

#include <cstdint>
#include <memory>

#include "agent/admin/state.hpp"
#include "agent/config/address.hpp"
#include "core/result.hpp"

namespace sallyport::agent::admin {

class server {
 public:
  /// Binds and serves. `tells` outlives the server. Reasons: config_invalid.
  static result<std::unique_ptr<server>> start(const config::address& where, const state& tells);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::uint16_t port() const;

 private:
  struct running;
  explicit server(std::unique_ptr<running> runs);
  std::unique_ptr<running> runs_;
};

}  // namespace sallyport::agent::admin
