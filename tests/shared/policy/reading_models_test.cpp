// Whenever a server maps two targets to one resource, either both take the same route, or one is refused: for generated
// targets, against models of how servers find a resource.
//
// Where the models come from
// * Tomcat 9: CoyoteAdapter.parsePathParameters, UDecoder with encodedSolidusHandling "decode",
//   CoyoteAdapter.normalize.
// * Jetty 9.4: URIUtil.decodePath (parameters are stripped while decoding; slashes are not merged).
// * Spring MVC 5.2: UrlPathHelper.decodeAndCleanUriString, then PatternsRequestCondition with useSuffixPatternMatch and
//   useTrailingSlashMatch.
// * ASP.NET Core on IIS: decoded but for %2F, routing without case and without a slash at the end; files by Win32 names
//   ("Naming Files, Paths, and Namespaces": no dot or space at the end).
// * Express 4: path-to-regexp with the defaults `sensitive: false`, `strict: false`, on the path as it came.
// * Go's ServeMux before 1.22: path.Clean of the decoded path, redirects included.
// * Rails: Journey::Router::Utils.normalize_path, and "(.:format)" of its routes.
// * Django: PATH_INFO decoded by the WSGI server (PEP 3333), APPEND_SLASH.
// * nginx: proxy_pass with a URI, which sends the normalized URI (decoded, merge_slashes on).
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "encoding/percent.hpp"
#include "http/path.hpp"
#include "policy/letter_case.hpp"
#include "policy/match.hpp"
#include "policy/reading.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

std::string decoded(std::string_view text) {
  return *encoding::decode_percent(text);
}

std::string without_parameters(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    inside = c == ';' || (inside && c != '/');
    if (!inside) out += c;
  }
  return out;
}

std::string merged(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  }
  return out;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string lower(std::string text) {
  for (auto& c : text) {
    if (c >= 0) c = static_cast<char>(fold_case(static_cast<unsigned char>(c)));
  }
  return text;
}

/// Without what stands behind a dot of the last segment: its last one, or its first.
std::string without_suffix(std::string path, bool first) {
  const auto start = path.rfind('/') + 1;
  const auto dot = first ? path.find('.', start + 1) : path.rfind('.');
  if (dot == std::string::npos || dot <= start || dot + 1 == path.size()) return path;
  return path.substr(0, dot);
}

std::string windows_name(std::string_view path) {
  std::string out;
  for (const char c : path) {
    while (c == '/' && !out.empty() && (out.back() == '.' || out.back() == ' ')) out.pop_back();
    out += c;
  }
  while (!out.empty() && (out.back() == '.' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string decoded_but_slashes(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool slash = path.substr(i, 3) == "%2F";
    const int value = slash ? -1 : encoding::percent_triplet(path.substr(i));
    out += value < 0 ? path[i] : static_cast<char>(value);
    if (value >= 0) i += 2;
  }
  return out;
}

struct model {
  std::string_view name;
  /// What it does that a service can deny of its app.
  readings reads;
  std::string (*resource)(std::string_view path);
};

const model models[] = {
    {"Tomcat", 0, [](std::string_view path) { return merged(decoded(without_parameters(path))); }},
    {"Jetty", 0, [](std::string_view path) { return decoded(without_parameters(path)); }},
    {"Spring", trailing_slash | suffix,
     [](std::string_view path) {
       return without_suffix(without_slash(merged(decoded(without_parameters(path)))), true);
     }},
    {"ASP.NET", letter_case | trailing_slash | trailing_dot,
     [](std::string_view path) { return without_slash(windows_name(lower(decoded_but_slashes(path)))); }},
    {"Express", letter_case | trailing_slash,
     [](std::string_view path) { return without_slash(lower(std::string(path))); }},
    {"ServeMux", 0, [](std::string_view path) { return merged(decoded(path)); }},
    {"Rails", trailing_slash | suffix,
     [](std::string_view path) { return without_suffix(decoded(without_slash(merged(path))), false); }},
    {"Django", trailing_slash, [](std::string_view path) { return without_slash(decoded(path)); }},
    {"nginx", 0, [](std::string_view path) { return merged(decoded(path)); }},
};

/// Targets that differ from `target` in one spelling.
void add_spellings(const std::string& target, bool letters, std::set<std::string>& to) {
  for (std::size_t i = 1; letters && i < target.size(); ++i) {
    std::string encoded;
    encoding::append_percent(encoded, static_cast<byte>(target[i]));
    if (target[i] != '/' && target[i] != '%') to.insert(target.substr(0, i) + encoded + target.substr(i + 1));
    auto other = target;
    other[i] = static_cast<char>(other[i] ^ 0x20);
    if (lower(target) == lower(other)) to.insert(other);
  }
  for (std::size_t i = target.find('/'); i != std::string::npos; i = target.find('/', i + 1)) {
    for (const auto* instead : {"//", "%2F", "%2f/", ";x/", "/;x", "./", "%20/", "/;x/"}) {
      to.insert(target.substr(0, i) + instead + target.substr(i + 1));
    }
  }
  for (const auto* end :
       {"/", ".", "%20", ".json", ".a.b", ";x", "%3Bx", ";x/", "/%20", "%2F", "//", ".%20", "%00", "%0a"}) {
    to.insert(target + end);
  }
}

std::set<std::string> targets_from(std::initializer_list<std::string_view> bases) {
  std::set<std::string> once, all;
  for (const auto base : bases) add_spellings(std::string(base), true, once);
  for (const auto base : bases) once.emplace(base);
  all = once;
  for (const auto& each : once) add_spellings(each, false, all);
  std::erase_if(all, [](const std::string& each) { return each.empty() || each.front() != '/'; });
  return all;
}

/// Guards, and a wide route that anybody may use, whose paths may hold the forms in `allow`.
std::string policy_text(std::string_view paths, std::string_view allow) {
  const auto route = [](std::string_view id, std::string_view path, std::string_view more) {
    return R"({"id":")" + std::string(id) + R"(","host":"a.example","service":"app","path":)" + std::string(path) +
           "," + std::string(more) + "}";
  };
  constexpr std::string_view guarded = R"("allow":"'x' in identity.groups")";
  std::string text =
      R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example","paths":)";
  text.append(paths).append("}},\"routes\":[");
  text += route("secret", R"("/reports/secret")", guarded) + "," + route("admin", R"("/@adm(in)/**")", guarded) + ",";
  text += route("keys", R"("/u/:id/keys")", guarded) + "," +
          route("user", R"("/u/:id")", R"("allow":"true","methods":["GET"])");
  text += "," + route("file", R"("/x/report.json")", guarded) + "," + route("files", R"("/f/*")", guarded) + ",";
  return text +
         route("open", R"({"pattern":"/**","allow":)" + std::string(allow) + "}",
               R"("anonymous":true,"allow":"true")") +
         "]}";
}

/// The id of the route, or "" where the target is refused.
std::string taken(const compiled_policy& policy, std::string_view target) {
  const auto canonical = http::canonicalize_target(target, allowed_forms(policy));
  if (!canonical.ok()) return "";
  CHECK(http::require_canonical(canonical->text, allowed_forms(policy)).ok());
  const auto match = match_route(policy, "GET", "a.example", canonical->path());
  return match ? match.route->id : "";
}

}  // namespace

TEST_CASE("targets that a server maps to one resource take one route, or all but those of one are refused") {
  const auto targets =
      targets_from({"/reports/secret", "/@adm(in)/a", "/u/7/keys", "/u/7", "/x/report.json", "/f/a", "/p~q/r"});
  struct row {
    std::string_view paths;
    /// What the service says of its app: models of which that is not true are left out.
    readings distinct, same;
  };
  const row rows[] = {
      {"{}", 0, 0},
      {R"({"case":"insensitive","trailing_slash":"same"})", 0, letter_case | trailing_slash},
      {R"({"case":"insensitive","trailing_slash":"same","trailing_dot":"same","suffix":"distinct"})", suffix,
       letter_case | trailing_slash | trailing_dot},
      {R"({"case":"sensitive","trailing_slash":"same","suffix":"same","trailing_dot":"distinct"})",
       letter_case | trailing_dot, trailing_slash | suffix},
      {R"({"case":"sensitive"})", letter_case, 0},
      {R"({"suffix":"distinct","trailing_slash":"same"})", suffix, trailing_slash},
      {R"({"case":"sensitive","trailing_slash":"distinct","suffix":"distinct","trailing_dot":"distinct"})",
       every_reading, 0},
  };
  std::size_t accepted = 0;
  for (const auto& row : rows) {
    for (const std::string_view allow : {"[]", R"(["%2F","//",";"])", R"([";"])"}) {
      const auto policy = testing::must_load(policy_text(row.paths, allow));
      std::vector<std::pair<std::string, std::string>> routes;
      for (const auto& target : targets) {
        auto route = taken(*policy, target);
        if (!route.empty()) routes.emplace_back(target, std::move(route));
      }
      accepted += routes.size();
      for (const auto& model : models) {
        if ((model.reads & row.distinct) != 0 || (row.same & ~model.reads) != 0) continue;
        std::map<std::string, const std::pair<std::string, std::string>*> first;
        for (const auto& each : routes) {
          const auto [at, fresh] = first.emplace(model.resource(each.first), &each);
          if (fresh || at->second->second == each.second) continue;
          FAIL_CHECK(model.name << " " << row.paths << " " << allow << ": " << at->second->first << " takes "
                                << at->second->second << ", " << each.first << " takes " << each.second);
        }
      }
    }
  }
  MESSAGE(targets.size() << " targets, " << accepted << " accepted");
  CHECK(accepted > 1000);
}
