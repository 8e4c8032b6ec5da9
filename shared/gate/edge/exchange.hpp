// One request at the edge, check by check (the order is in gate/edge/edge.hpp). Lives for one call of edge::handle.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gate/edge/head.hpp"
#include "gate/edge/state.hpp"
#include "gate/protocol/context.hpp"
#include "http/digest.hpp"
#include "policy/evaluate.hpp"

namespace sallyport::gate {

class edge_exchange {
 public:
  /// All arguments outlive it.
  edge_exchange(edge::state& held, const edge_request& request, unix_milliseconds now, bytes_view entropy);
  edge_exchange(const edge_exchange&) = delete;
  edge_exchange& operator=(const edge_exchange&) = delete;

  edge_outcome run();

 private:
  using outcome = decltype(edge_outcome::what);
  /// Set when the exchange is over.
  using ending = std::optional<outcome>;

  struct body_decision {
    forward::body_plan plan = forward::body_plan::none;
    body_coverage coverage = body_coverage::covered;
    std::optional<std::uint64_t> length;
  };

  outcome decide();
  ending read_head();
  ending own_endpoint();
  ending find_route();
  /// jobs.cpp
  ending jobs_endpoint();
  bool inspects(const policy::job& job) const;
  outcome run_job();
  /// services.cpp
  ending services_endpoint();
  ending ask_for(std::string_view service);
  outcome tell_state();
  outcome reset(std::string_view service);
  service_order order_of(service_order::action what, const policy::service& to) const;
  bool operates(const policy::service& to) const;
  ending authenticate();
  policy::request_facts facts() const;
  ending evaluate();
  ending plan_body();
  bool must_be_read() const;
  bool is_body_empty() const;
  outcome sign();
  result<forward> make_forward();
  void order_signature(forward& to, std::string_view assertion, std::string_view context) const;
  channel::request_body body_as_sent() const;
  std::optional<cache_plan> plan_cache() const;
  std::string make_context(std::span<const http::field> sent) const;
  outcome refused(failure why);
  std::string audit_line(const outcome& what) const;
  const policy::service& service() const { return *match_.route->service; }

  /// A request for a service's state, by which the request that it asks about is decided.
  struct question {
    std::string_view service, method, path;
  };

  edge::state& held_;
  /// What is decided: the request that came, or the one that it asks about.
  edge_request request_;
  std::optional<question> question_;
  unix_milliseconds now_;
  bytes_view entropy_;
  text_arena storage_;
  std::string id_;
  std::optional<edge_head> head_;
  policy::route_match match_;
  verified_token_ptr caller_;
  policy::decision decision_;
  body_decision body_;
  minted_ptr assertion_;
  std::vector<key_request> refresh_;
};

}  // namespace sallyport::gate
