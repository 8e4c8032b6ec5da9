#include "agent/config/load.hpp"

#include <algorithm>
#include <filesystem>

#include "agent/config/file.hpp"
#include "agent/config/member.hpp"
#include "core/ascii.hpp"
#include "document/position.hpp"
#include "document/suggest.hpp"
#include "document/syntax.hpp"
#include "encoding/json.hpp"

namespace sallyport::agent::config {

namespace {

using encoding::json;

constexpr std::size_t max_file_bytes = std::size_t{1} << 20;
/// Variables with our prefix that are not the agent's.
constexpr std::string_view foreign_variables[] = {"SALLYPORT_VECTORS", "SALLYPORT_CONFIG"};

/// Walks a document and puts what it finds into settings.
class reader {
 public:
  reader(const std::string& path, const encoding::annotated_json& document, load_result& into)
      : path_(path), document_(document), into_(into) {}

  void read() {
    if (!document_.value.is_object()) return refuse("", "", "the configuration is not an object", "Write { … }.");
    read_object(document_.value, "", "");
  }

 private:
  void read_object(const json& object, const std::string& prefix, const std::string& pointer) {
    for (const auto& [name, value] : object.items()) {
      const std::string dotted = prefix + name;
      const std::string at = pointer + "/" + name;
      if (name == "$schema" && prefix.empty()) continue;
      if (const member* known = find_member(dotted)) {
        read_member(*known, value, at);
        continue;
      }
      if (!is_group(dotted)) {
        refuse_name(at, dotted);
        continue;
      }
      if (value.is_object()) read_object(value, dotted + ".", at);
      if (!value.is_object()) refuse(at, dotted, "not an object", "Write its members between { and }.");
    }
  }

  void read_member(const member& known, const json& value, const std::string& at) {
    if (known.kind == kind::secret)
      return refuse(at, known.path, "a secret in a file that is not secret",
                    "Set " + environment_name(known) + " instead, or keep it in a file of its own and name that.");
    const auto text = as_text(value, known.kind);
    if (!text || !known.set(into_.values, *text)) return refuse_value(known, at);
    if (known.kind == kind::file) resolve(known, *text);
  }

  // Numbers are numbers for sizes and counts, and strings for all else.
  static std::optional<std::string> as_text(const json& value, kind wanted) {
    const bool numeric = wanted == kind::size || wanted == kind::count;
    if (numeric && value.is_number_integer()) return value.dump();
    if (value.is_string() && wanted != kind::count) return value.get<std::string>();
    return std::nullopt;
  }

  void resolve(const member& known, const std::string& text) {
    if (known.path == "audit.output" && (text == "stdout" || text == "stderr")) return;
    known.set(into_.values, (std::filesystem::path(path_).parent_path() / text).string());
  }

  static bool is_group(std::string_view dotted) {
    return std::ranges::any_of(all_members(), [&](const member& each) {
      return each.path.size() > dotted.size() && each.path.starts_with(dotted) && each.path[dotted.size()] == '.';
    });
  }

  void refuse_value(const member& known, const std::string& at) {
    std::string advice = "Write " + std::string(config::describe(known.kind));
    if (!known.range.empty()) advice += " (" + std::string(known.range) + ")";
    refuse(at, known.path, "not a value that this member can have", advice + ".");
  }

  void refuse_name(const std::string& at, const std::string& dotted) {
    std::vector<std::string_view> names;
    for (const member& each : all_members()) names.push_back(each.path);
    const auto near = document::closest(dotted, names);
    const std::string advice =
        near.empty() ? "sallyport agent --members lists them all." : "Did you mean " + std::string(near) + "?";
    add(document::position_of(document_.name_positions, at), dotted, "there is no such member", advice);
  }

  void refuse(const std::string& at, std::string_view name, std::string message, std::string advice) {
    add(document::position_of(document_.positions, at), name, std::move(message), std::move(advice));
  }

  void add(encoding::text_position where, std::string_view name, std::string message, std::string advice) {
    into_.problems.push_back(
        {path_, where.line, where.column, std::string(name), std::move(message), std::move(advice)});
  }

  const std::string& path_;
  const encoding::annotated_json& document_;
  load_result& into_;
};

problem syntax_problem(const std::string& path, const failure& why, std::string_view text) {
  auto found = document::syntax_problem(why, text);
  if (found.message.ends_with('.')) found.message.pop_back();
  found.advice[0] = ascii::to_upper(found.advice[0]);
  return {path, found.line, found.column, "", std::move(found.message), found.advice + "."};
}

void read_variables(const environment& variables, load_result& into) {
  for (const member& each : all_members()) {
    const auto found = variables.find(environment_name(each));
    if (found == variables.end() || each.set(into.values, found->second)) continue;
    std::string advice = "Write " + std::string(config::describe(each.kind));
    if (!each.range.empty()) advice += " (" + std::string(each.range) + ")";
    into.problems.push_back(
        {"environment", 0, 0, found->first, "not a value that this variable can have", advice + "."});
  }
}

// Foreign programs may set variables with our prefix (Kubernetes does, for a service of our name), so a name that is
// not known is only worth a warning.
void warn_of_unknown_variables(const environment& variables, load_result& into) {
  std::vector<std::string> names;
  for (const member& each : all_members()) names.push_back(environment_name(each));
  const std::vector<std::string_view> views(names.begin(), names.end());
  for (const auto& [name, value] : variables) {
    if (std::ranges::count(views, name) > 0 || std::ranges::count(foreign_variables, name) > 0) continue;
    const auto near = document::closest(name, views);
    into.warnings.push_back({"environment", 0, 0, name, "no member of the configuration has this variable",
                             near.empty() ? "" : "Did you mean " + std::string(near) + "?"});
  }
}

void check_whole(const std::string& path, load_result& into) {
  const settings& values = into.values;
  const std::string source = path.empty() ? "environment" : path;
  const auto refuse = [&](std::string_view name, std::string message, std::string advice) {
    into.problems.push_back({source, 0, 0, std::string(name), std::move(message), std::move(advice)});
  };
  if (values.service.empty())
    refuse("service", "required and missing", "Name the service of the policy, or set SALLYPORT_SERVICE.");
  if (values.policy.file.empty())
    refuse("policy.file", "required and missing", "Name the policy document, or set SALLYPORT_POLICY_FILE.");
  if (!values.edge.jwks_url.empty() && !values.edge.jwks_file.empty())
    refuse("edge", "both a URL and a file for the edge's keys", "Keep one of edge.jwks_url and edge.jwks_file.");
  if (!values.hmac.file.empty() && !values.hmac.secret.empty())
    refuse("hmac", "two places for the shared secrets", "Keep one of hmac.file and SALLYPORT_HMAC_SECRET.");
  if (!values.channel.secret_file.empty() && !values.channel.secret.empty())
    refuse("channel", "two places for the secret", "Keep one of channel.secret_file and SALLYPORT_CHANNEL_SECRET.");
  if (values.upstream.address.port == 0)
    refuse("upstream.address", "port 0", "Write the port that the app listens on.");
  if (values.skew.count() % 1000 != 0) refuse("skew", "a fraction of a second", "Write whole seconds.");
  if (!is_loopback(values.admin_listen.host))
    into.warnings.push_back({source, 0, 0, "admin.listen", "not on the loopback interface",
                             "Whoever can reach it sees metrics, and needs no credential."});
}

}  // namespace

load_result load(const std::string& path, const environment& variables) {
  if (path.empty()) return load_text(path, "{}", variables);
  const auto text = read_file(path, max_file_bytes);
  if (text.ok()) return load_text(path, *text, variables);
  load_result failed;
  failed.problems.push_back({path, 0, 0, "", text.error().detail, "Name a readable file with --config."});
  return failed;
}

load_result load_text(const std::string& path, std::string_view text, const environment& variables) {
  load_result loaded;
  const auto document = encoding::parse_jsonc(text);
  if (!document.ok()) {
    loaded.problems.push_back(syntax_problem(path, document.error(), text));
    return loaded;
  }
  reader(path, *document, loaded).read();
  read_variables(variables, loaded);
  warn_of_unknown_variables(variables, loaded);
  if (loaded.problems.empty()) check_whole(path, loaded);
  return loaded;
}

}  // namespace sallyport::agent::config
