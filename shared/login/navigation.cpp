#include "login/navigation.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::login {
namespace {

struct fetch_metadata {
  /// Some Sec-Fetch-* field is there.
  bool any = false;
  std::string_view mode, dest, site;
  /// Sec-Purpose: sent ahead of a click.
  bool ahead = false;
};

fetch_metadata read_metadata(std::span<const http::field> fields) {
  fetch_metadata out;
  for (const auto& each : fields) out.any = out.any || http::name_starts_with(each.name, "sec-fetch-");
  out.mode = http::single_field(fields, "sec-fetch-mode").value_or("");
  out.dest = http::single_field(fields, "sec-fetch-dest").value_or("");
  out.site = http::single_field(fields, "sec-fetch-site").value_or("");
  out.ahead = http::find_field(fields, "sec-purpose") != nullptr;
  return out;
}

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> of) {
  return std::find(of.begin(), of.end(), text) != of.end();
}

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

without_session with_metadata(std::string_view method, const fetch_metadata& said) {
  const bool navigates = said.mode == "navigate" && !said.ahead;
  if (navigates && is_read(method)) {
    if (is_any_of(said.dest, {"document", "empty"})) return without_session::log_in;
    if (is_any_of(said.dest, {"iframe", "frame", "object", "embed", "fencedframe"})) return without_session::framed;
  }
  const bool sends = !is_read(method) && method != "OPTIONS";
  if (navigates && sends && said.site == "same-origin") return without_session::form;
  const bool is_part = !is_any_of(said.dest, {"", "empty", "document"});
  return is_part ? without_session::bare : without_session::problem;
}

/// Thousandths; as RFC 9110 section 12.4.2 writes it, else 0.
int quality_of(std::string_view parameters) {
  int quality = 1000;
  while (!parameters.empty()) {
    const auto end = parameters.find(';');
    const auto one = http::trim_ows(parameters.substr(0, end));
    parameters = end == std::string_view::npos ? std::string_view() : parameters.substr(end + 1);
    if (one.size() < 2 || ascii::to_lower(one[0]) != 'q' || one[1] != '=') continue;
    quality = 0;
    int weight = 1000;
    for (const char c : one.substr(2, 5)) {
      if (c == '.') continue;
      if (!ascii::is_digit(c)) return 0;
      quality += (c - '0') * weight;
      weight /= 10;
    }
  }
  return std::min(quality, 1000);
}

/// The quality of `type`, by the most specific range for it.
int liking(std::string_view accept, std::string_view type) {
  int best[3] = {-1, -1, -1};
  std::string_view range;
  while (http::next_list_member(accept, range)) {
    const auto end = range.find(';');
    const auto name = http::trim_ows(range.substr(0, end));
    const int quality = quality_of(end == std::string_view::npos ? std::string_view() : range.substr(end + 1));
    const auto slash = type.find('/');
    const bool exact = ascii::equal(name, type);
    const bool family =
        name.size() == slash + 2 && name.ends_with("/*") && ascii::equal(name.substr(0, slash), type.substr(0, slash));
    const int at = exact ? 0 : family ? 1 : name == "*/*" ? 2 : 3;
    if (at < 3) best[at] = std::max(best[at], quality);
  }
  for (const int each : best) {
    if (each >= 0) return each;
  }
  return 0;
}

}  // namespace

std::string_view name_of(without_session what) {
  switch (what) {
    case without_session::as_before: return "as_before";
    case without_session::log_in: return "log_in";
    case without_session::framed: return "framed";
    case without_session::form: return "form";
    case without_session::bare: return "bare";
    case without_session::problem: return "problem";
  }
  __builtin_trap();
}

without_session classify_request(std::string_view method, std::span<const http::field> fields) {
  if (http::find_field(fields, "authorization") != nullptr) return without_session::as_before;
  const auto said = read_metadata(fields);
  if (said.any) return with_metadata(method, said);
  const bool navigates = is_read(method) && !said.ahead && http::find_field(fields, "x-requested-with") == nullptr &&
                         prefers_html(http::combined_field(fields, "accept").value_or(""));
  return navigates ? without_session::log_in : without_session::problem;
}

bool prefers_html(std::string_view accept) {
  const int html = std::max(liking(accept, "text/html"), liking(accept, "application/xhtml+xml"));
  return html > std::max(liking(accept, "application/json"), liking(accept, "application/problem+json"));
}

}  // namespace sallyport::login
