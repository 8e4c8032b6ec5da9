// `cors` of a route.
#include "http/url.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/url.hpp"

namespace sallyport::policy {
namespace {

/// As browsers write an origin: no other spelling would ever be equal to one.
bool is_serialized(const plain_url& url) {
  return url.path.empty() && http::without_default_port(url.authority, url.scheme) == url.authority;
}

void check_origin(const node& at, const std::string& text) {
  const auto url = parse_url(text);
  if (url && is_serialized(*url)) return;
  at.refuse(
      reason::policy_member_type, "\"" + text + "\" is not the origin of a page",
      "write it as browsers do, e.g. \"https://app.example.com\": scheme, host, and a port only where it is not the "
      "usual one");
}

std::vector<std::string> load_origins(const node& at) {
  auto origins = at.texts();
  const auto elements = at.value().is_array() ? at.elements() : std::vector<node>();
  for (const auto& element : elements) {
    const auto* text = element.value().get_ptr<const std::string*>();
    if (text != nullptr && !text->empty()) check_origin(element, *text);
  }
  if (at.value().is_array() && elements.empty()) {
    at.refuse(reason::policy_member_type, "no origin at all", "name the origins of the pages, or drop \"cors\"");
  }
  return origins;
}

}  // namespace

std::optional<cors_rule> load_cors(const node& at) {
  cors_rule rule;
  if (!at.is_object_of({"origins", "credentials"})) return std::nullopt;
  read_required(at, "origins", "e.g. [\"https://app.example.com\"]", rule.origins,
                [](const node& m) { return std::optional(load_origins(m)); });
  read_member(at, "credentials", rule.credentials, [](const node& m) { return m.truth(); });
  return rule;
}

}  // namespace sallyport::policy
