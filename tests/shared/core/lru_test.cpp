#include "core/lru.hpp"

#include <doctest/doctest.h>

#include <list>
#include <string>

using sallyport::gate::lru;

namespace {

// Few values, so that buckets hold several.
struct poor_hash {
  std::uint64_t operator()(std::string_view text) const { return text.size(); }
};
using map = lru<std::string, int, poor_hash>;

}  // namespace

TEST_CASE("a value is found by equality, not by hash") {
  map memory(4);
  memory.insert("ab", 1);
  memory.insert("cd", 2);
  REQUIRE(memory.find(std::string_view("ab")) != nullptr);
  CHECK(*memory.find(std::string_view("ab")) == 1);
  CHECK(memory.find(std::string_view("ef")) == nullptr);
}

TEST_CASE("the least recently used entry goes first") {
  map memory(2);
  memory.insert("a", 1);
  memory.insert("b", 2);
  memory.find(std::string_view("a"));
  memory.insert("c", 3);
  CHECK(memory.find(std::string_view("b")) == nullptr);
  CHECK(memory.find(std::string_view("a")) != nullptr);
  CHECK(memory.size() == 2);
}

TEST_CASE("inserting a key again replaces its value") {
  map memory(2);
  memory.insert("a", 1);
  memory.insert("a", 2);
  CHECK(*memory.find(std::string_view("a")) == 2);
  CHECK(memory.size() == 1);
}

TEST_CASE("cleared, it is empty and works on") {
  map memory(2);
  memory.insert("a", 1);
  memory.clear();
  CHECK(memory.find(std::string_view("a")) == nullptr);
  memory.insert("b", 2);
  CHECK(*memory.find(std::string_view("b")) == 2);
}

TEST_CASE("it does what a list in the order of use does, for any sequence") {
  for (const std::size_t capacity : {std::size_t{1}, std::size_t{3}, std::size_t{16}}) {
    map memory(capacity);
    std::list<std::pair<std::string, int>> model;
    unsigned random = 7;
    for (int step = 0; step < 20'000; ++step) {
      random = random * 1664525U + 1013904223U;
      const std::string key = std::to_string((random >> 16) % 24);
      auto at = model.begin();
      while (at != model.end() && at->first != key) ++at;
      if ((random >> 30) % 2 == 0) {
        const int* found = memory.find(std::string_view(key));
        REQUIRE((found != nullptr) == (at != model.end()));
        if (found != nullptr) CHECK(*found == at->second);
        if (at != model.end()) model.splice(model.begin(), model, at);
      } else {
        memory.insert(key, step);
        if (at != model.end()) model.erase(at);
        model.emplace_front(key, step);
        if (model.size() > capacity) model.pop_back();
      }
      REQUIRE(memory.size() == model.size());
    }
  }
}
