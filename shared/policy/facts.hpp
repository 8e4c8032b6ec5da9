// The variables of one decision as CEL sees them. Nothing is built before an expression reads it, and nothing twice.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "cel/arena.hpp"
#include "cel/value.hpp"
#include "policy/condition.hpp"
#include "policy/host_name.hpp"
#include "policy/identity.hpp"
#include "policy/match.hpp"
#include "policy/request.hpp"

namespace sallyport::policy {

/// What was built once in this decision. The objects below are const to CEL and keep what they build here.
struct memo {
  std::optional<cel::value> groups, claims, query;
  std::optional<host_name> host;
};

/// `identity`. A member that the caller does not have is absent, so has() is false and reading it is an error.
class identity_object final : public cel::object {
 public:
  identity_object(const identity& who, memo& built) : who_(who), built_(built) {}
  std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override;
  std::string_view type_name() const override { return "sallyport.Identity"; }

 private:
  const identity& who_;
  memo& built_;
};

/// `request.params` and `request.params_decoded`: the segments as the canonical path has them, or percent-decoded.
class params_object final : public cel::object {
 public:
  params_object(const route_match& match, bool decoded) : match_(match), decoded_(decoded) {}
  std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override;
  bool is_map() const override { return true; }
  std::span<const cel::map_entry> entries(cel::arena& memory) const override;

 private:
  cel::value value_of(std::string_view segment, cel::arena& memory) const;

  const route_match& match_;
  bool decoded_;
};

/// `request.headers`: the service's signed headers that are there, repeated ones joined by ", ".
class headers_object final : public cel::object {
 public:
  headers_object(const route& at, const request_facts& request) : route_(at), request_(request) {}
  std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override;
  bool is_map() const override { return true; }
  std::span<const cel::map_entry> entries(cel::arena& memory) const override;

 private:
  const route& route_;
  const request_facts& request_;
};

/// `request`. Everything is there at all times: an unknown country is "XX", an unknown network 0, an unknown address
/// "".
class request_object final : public cel::object {
 public:
  request_object(const request_facts& request, const route_match& match, memo& built)
      : request_(request),
        built_(built),
        params_(match, false),
        decoded_params_(match, true),
        headers_(*match.route, request) {}
  std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override;
  std::string_view type_name() const override { return "sallyport.Request"; }

 private:
  cel::value query(cel::arena& memory) const;

  const request_facts& request_;
  memo& built_;
  params_object params_, decoded_params_;
  headers_object headers_;
};

/// A map of labels.
class labels_object final : public cel::object {
 public:
  explicit labels_object(const labels& all) : labels_(all) {}
  std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override;
  bool is_map() const override { return true; }
  std::span<const cel::map_entry> entries(cel::arena& memory) const override;

 private:
  const labels& labels_;
};

/// `route` and `service`: a name and labels.
class named_object final : public cel::object {
 public:
  named_object(std::string_view type, std::string_view name_member, std::string_view name, const labels& all)
      : type_(type), name_member_(name_member), name_(name), labels_(all) {}
  std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override;
  std::string_view type_name() const override { return type_; }

 private:
  std::string_view type_;
  std::string_view name_member_;
  std::string_view name_;
  labels_object labels_;
};

/// The variables of one decision. Preconditions: match.route is not null; everything it was made from outlives it. All
/// its evaluations share one arena.
class facts {
 public:
  facts(const identity& who, const request_facts& request, const route_match& match);
  facts(const facts&) = delete;
  facts& operator=(const facts&) = delete;

  /// By slot (policy::variable). `service` is absent on routes to jobs.
  std::span<const cel::value> variables() const { return slots_; }

 private:
  memo built_;
  identity_object identity_;
  request_object request_;
  named_object route_;
  std::optional<named_object> service_;
  std::array<cel::value, variable_count> slots_;
};

}  // namespace sallyport::policy
