// From lines to what `sallyport logs` prints.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "agent/reader/found.hpp"
#include "agent/reader/joiner.hpp"
#include "agent/reader/line.hpp"

namespace sallyport::agent::reader {

struct feed_settings {
  /// Only what speaks of this request; empty: everything.
  std::string id;
  bool as_json = false;
  /// Lines without a record are printed, too.
  bool all = false;
  colour with = colour::off;
  joiner_settings joining;
};

class feed {
 public:
  /// `out` outlives it.
  feed(feed_settings settings, std::ostream& out);

  /// The records that are asked for, of the next line of an input. A line that has none at all is printed, or passed over.
  std::vector<json> read(std::string_view line, finder& of_input);
  void take(json record, std::int64_t now);
  joiner& requests() { return requests_; }
  const joiner& requests() const { return requests_; }
  /// Whether there was anything that was asked for.
  bool found() const { return found_; }

 private:
  bool is_asked_for(const json& record) const;
  void print(const request_records& request);
  void print(const json& record);

  feed_settings settings_;
  std::ostream& out_;
  joiner requests_;
  bool found_ = false;
};

}  // namespace sallyport::agent::reader
