// docs/policy.schema.json and the loader know the same members: each member of the fixtures is in the schema, and each
// member of the schema is in a fixture that loads.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using encoding::json;

namespace {

json read_schema() {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../../docs/policy.schema.json");
  std::ostringstream text;
  text << file.rdbuf();
  auto schema = encoding::parse_json(text.str());
  REQUIRE(schema.ok());
  return *schema;
}

/// Walks documents and the schema side by side.
class walk {
 public:
  explicit walk(const json& schema) : schema_(schema) {}

  void run(const json& value, const json& by, const std::string& at) {
    const auto& rule = resolve(value, by);
    if (value.is_array() && rule.contains("items")) {
      for (const auto& element : value) run(element, rule["items"], at + "[]");
    }
    if (!value.is_object()) return;
    for (const auto& [name, below] : value.items()) run_member(name, below, rule, at + "." + name);
  }

  const std::set<const json*>& seen() const { return seen_; }

 private:
  void run_member(const std::string& name, const json& value, const json& rule, const std::string& at) {
    const auto* properties = encoding::find_member(rule, "properties");
    const auto* known = properties != nullptr ? encoding::find_member(*properties, name) : nullptr;
    const auto* others = encoding::find_member(rule, "additionalProperties");
    const bool free_names = others != nullptr && others->is_object();
    CHECK_MESSAGE((known != nullptr || free_names), at, " is not in the schema");
    if (known != nullptr) seen_.insert(known);
    if (known != nullptr || free_names) run(value, known != nullptr ? *known : *others, at);
  }

  /// Follows references, and takes the alternative that is there for a value of this shape.
  const json& resolve(const json& value, const json& rule) {
    if (const auto reference = encoding::string_member(rule, "$ref")) {
      return resolve(value, schema_.at(json::json_pointer(std::string(reference->substr(1)))));
    }
    const auto* alternatives = encoding::find_member(rule, "oneOf");
    if (alternatives == nullptr || rule.contains("properties")) return rule;
    for (const auto& each : *alternatives) {
      const auto type = encoding::string_member(each, "type");
      if ((type == "object") == value.is_object() && (type == "array") == value.is_array()) return resolve(value, each);
    }
    return rule;
  }

  const json& schema_;
  std::set<const json*> seen_;
};

/// Every member of every "properties" below `rule`, but for those that only say where a member may not be.
void collect(const json& rule, std::vector<std::pair<std::string, const json*>>& to) {
  if (rule.is_array()) {
    for (const auto& each : rule) collect(each, to);
  }
  if (!rule.is_object()) return;
  for (const auto& [name, below] : rule.items()) {
    if (name == "if" || name == "then" || name == "else") continue;
    if (name == "properties") {
      for (const auto& [member, described] : below.items()) to.emplace_back(member, &described);
    }
    collect(below, to);
  }
}

}  // namespace

TEST_CASE("the schema describes every member that the loader takes, and no other") {
  const auto schema = read_schema();
  walk both(schema);
  for (const auto* name : {"acme.jsonc", "presets.jsonc", "everything.jsonc"}) {
    const auto text = testing::fixture(name);
    testing::must_load(text);
    both.run(encoding::parse_jsonc(text)->value, schema, name);
  }
  std::vector<std::pair<std::string, const json*>> all;
  collect(schema, all);
  CHECK(all.size() > 60);
  for (const auto& member : all) {
    CHECK_MESSAGE(both.seen().count(member.second) == 1, member.first, " is in no fixture");
  }
}
