// The operations of the cache over values: one request with a plan, and what lies under its keys. Internal to this
// folder; operations/operation.def has the meaning of each, in JSON.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "caching/stored_answer.hpp"
#include "gate/edge/cache_plan.hpp"

namespace sallyport::gate {

/// What lies under the keys of a plan; "" where nothing does.
struct cache_places {
  std::string_view identity, shared, invalidated;
  /// The first two are from under their variants.
  bool varied = false;
};

/// An answer's head, how long it took to get, and why it was asked for (RFC 9211 section 2.2).
struct cache_arrival {
  http::cached_answer answer;
  std::string_view fwd;
};

class cache_exchange {
 public:
  /// All arguments outlive it.
  cache_exchange(const cache_plan& plan, std::string_view method, std::span<const http::field> request,
                 crypto::port& host)
      : plan_(plan), method_(method), request_(request), host_(host) {}

  encoding::json look_up(const cache_places& places, unix_milliseconds now) const;
  encoding::json stand_in(std::string_view stored, std::string_view fwd, std::int64_t fwd_status,
                          unix_milliseconds now) const;
  encoding::json store(const cache_arrival& came) const;
  encoding::json freshen(std::string_view stored, const cache_arrival& came, unix_milliseconds now) const;

 private:
  using json = encoding::json;

  struct found {
    std::string_view scope;
    stored_answer answer;
  };
  std::optional<found> newest(const cache_places& places) const;
  json variants_of(const cache_places& places) const;
  json serve(const found& what, const http::reuse_plan& reuse, unix_milliseconds now) const;
  json send(const found& what, const http::reuse_plan& reuse) const;
  json answer(const http::cached_answer& from, std::string_view cache_status, unix_milliseconds now) const;

  const cache_plan& plan_;
  std::string_view method_;
  std::span<const http::field> request_;
  crypto::port& host_;
};

}  // namespace sallyport::gate
