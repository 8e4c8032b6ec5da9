// Every row is a document with one mistake; @ stands where the problem must be reported and is taken out before
// loading.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "policy/load/load.hpp"
#include "tests/shared/policy/support.hpp"

namespace sallyport::testing {

struct marked {
  std::string document;
  reason why;
  std::string path;
  /// A part of message or advice.
  std::string says;
};

/// Takes the mark out and returns the line and column where it stood.
inline std::pair<std::size_t, std::size_t> take_mark(std::string& text) {
  const auto at = text.find('@');
  REQUIRE(at != std::string::npos);
  text.erase(at, 1);
  const auto before = text.substr(0, at);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const auto start = before.rfind('\n');
  return {line, at - (start == std::string::npos ? 0 : start + 1) + 1};
}

/// One problem, with this reason and path, where the mark stands.
inline void check(marked expected) {
  const auto [line, column] = take_mark(expected.document);
  const auto loaded = load(expected.document);
  CAPTURE(expected.document);
  CHECK(loaded.policy == nullptr);
  REQUIRE(loaded.problems.size() >= 1);
  for (const auto& problem : loaded.problems) INFO(describe(problem));
  const auto& problem = loaded.problems.front();
  CAPTURE(describe(problem));
  CHECK(loaded.problems.size() == 1);
  CHECK(name_of(problem.why) == name_of(expected.why));
  CHECK(problem.path == expected.path);
  CHECK(problem.line == line);
  CHECK(problem.column == column);
  CHECK((problem.message + "; " + problem.advice).find(expected.says) != std::string::npos);
}

}  // namespace sallyport::testing
