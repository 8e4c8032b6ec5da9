// The Prometheus text format (version 0.0.4), written a family at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::agent::admin {

class exposition {
 public:
  using label = std::pair<std::string_view, std::string_view>;

  /// Starts a family: `type` is counter, gauge or histogram.
  exposition& family(std::string_view name, std::string_view type, std::string_view help);
  /// One sample of the family that was started; `suffix` as in _bucket, _sum, _count.
  exposition& sample(std::string_view value, std::initializer_list<label> labels = {}, std::string_view suffix = "");
  exposition& sample(std::uint64_t value, std::initializer_list<label> labels = {}, std::string_view suffix = "");
  exposition& sample(std::int64_t value, std::initializer_list<label> labels = {});

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string name_;
};

/// `nanoseconds` as decimal seconds, "0.000123".
std::string seconds_text(std::uint64_t nanoseconds);

}  // namespace sallyport::agent::admin
