#include "encoding/json_members.hpp"

#include <doctest/doctest.h>

using namespace sallyport;
using encoding::json;

TEST_CASE("a member is read as its type, and as the default when it is absent or of another one") {
  struct row {
    const char* document;
    std::string_view text;
    std::int64_t number;
    bool truth;
    std::size_t elements;
    std::vector<std::string> texts;
  };
  const row rows[] = {
      {R"({"a":"b"})", "b", 7, false, 0, {}},
      {R"({"a":""})", "", 7, false, 0, {}},
      {R"({"a":-3})", "", -3, false, 0, {}},
      {R"({"a":9007199254740991})", "", 9007199254740991, false, 0, {}},
      {R"({"a":9007199254740992})", "", 7, false, 0, {}},
      {R"({"a":1.5})", "", 7, false, 0, {}},
      {R"({"a":true})", "", 7, true, 0, {}},
      {R"({"a":false})", "", 7, false, 0, {}},
      {R"({"a":null})", "", 7, false, 0, {}},
      {R"({"a":{"a":"b"}})", "", 7, false, 0, {}},
      {R"({"a":[]})", "", 7, false, 0, {}},
      {R"({"a":["x",1,null,"y",["z"]]})", "", 7, false, 5, {"x", "y"}},
      {R"({"b":"a"})", "", 7, false, 0, {}},
      {R"(["a"])", "", 7, false, 0, {}},
      {R"("a")", "", 7, false, 0, {}},
  };
  for (const auto& each : rows) {
    CAPTURE(each.document);
    const json from = *encoding::parse_json(each.document);
    CHECK(encoding::text_member(from, "a") == each.text);
    CHECK(encoding::number_member(from, "a", 7) == each.number);
    CHECK(encoding::truth_member(from, "a") == each.truth);
    CHECK(encoding::list_member(from, "a").size() == each.elements);
    CHECK(encoding::texts_member(from, "a") == each.texts);
  }
  CHECK(encoding::number_member(json::object(), "a") == 0);
}

TEST_CASE("counts and enumerators are whole numbers in their range") {
  enum class colour : std::uint8_t { red, green, blue };
  struct row {
    const char* document;
    std::uint32_t count;
    std::optional<colour> which;
  };
  const row rows[] = {
      {R"({"a":0})", 0, colour::red},  {R"({"a":2})", 2, colour::blue},
      {R"({"a":3})", 3, std::nullopt}, {R"({"a":4294967295})", 4294967295, {}},
      {R"({"a":4294967296})", 9, {}},  {R"({"a":-1})", 9, {}},
      {R"({"a":"1"})", 9, {}},         {R"({"a":true})", 9, std::nullopt},
      {R"({})", 9, std::nullopt},
  };
  for (const auto& each : rows) {
    CAPTURE(each.document);
    const json from = *encoding::parse_json(each.document);
    CHECK(encoding::count_member(from, "a", 9) == each.count);
    CHECK(encoding::enumerator_member(from, "a", colour::blue) == each.which);
  }
}

TEST_CASE("pairs are lists of two texts, and nothing else is") {
  const auto from =
      encoding::parse_json(R"({"a":[["x","1"],["y"],["z",2],["v","","w"],"xy",null,["",""]],"b":{"x":"1"}})");
  REQUIRE(from.ok());
  using pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(encoding::pairs_member(*from, "a") == pairs{{"x", "1"}, {"", ""}});
  CHECK(encoding::pairs_member(*from, "b").empty());
  CHECK(encoding::pairs_member(*from, "c").empty());
}
