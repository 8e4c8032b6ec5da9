// What the parts of one condition came to while it was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cel/observer.hpp"
#include "policy/cases/explain.hpp"
#include "policy/condition.hpp"

namespace sallyport::policy {

class condition_record final : public cel::observer {
 public:
  /// `of` outlives it.
  explicit condition_record(const condition& of);
  void saw(cel::node_index part, const cel::value& came) override;
  void say(std::optional<bool> answer, const std::string& error);

  const condition& of() const { return *of_; }
  explained_condition explained() const;

 private:
  /// Of one node: what it came to last, and what an explanation lists.
  struct seen {
    bool failed = false;
    std::optional<bool> truth;
    std::vector<seen_value> values;
    std::size_t more = 0;
  };

  cel::node_index deciding(cel::node_index at) const;
  std::optional<cel::node_index> failed_below(cel::node_index at) const;
  std::optional<cel::node_index> below_with(cel::node_index at, bool truth) const;
  void add_parts(cel::node_index at, std::size_t depth, cel::node_index decider, explained_condition& to) const;

  const condition* of_;
  const cel::syntax* tree_;
  std::vector<seen> seen_;
  std::optional<bool> answer_;
  std::string error_;
};

}  // namespace sallyport::policy
