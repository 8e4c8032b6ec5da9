#include "agent/cli/explain_report.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "encoding/visible.hpp"

namespace sallyport::agent::cli {
namespace {

using encoding::visible;

/// Wide enough for most parts; a longer one pushes its value to the right.
constexpr std::size_t most_width = 64;

class explain_writer {
 public:
  explicit explain_writer(bool colour) : colour_(colour) {}

  std::string run(const policy::explanation& of, const policy::policy_case& what);

 private:
  enum class ink : std::uint8_t { green, red, yellow, dim };
  /// What is from outside is made visible first: what is added here are the only codes.
  std::string inked(const std::string& text, ink which) const;
  std::string answer(const std::optional<bool>& of) const;
  void add_head(const policy::explanation& of, const policy::policy_case& what);
  void add_routes(const policy::explanation& of, const policy::policy_case& what);
  void add_condition(const policy::explained_condition& of);
  void add_part(const policy::explained_part& of, std::size_t width, bool decides);
  std::string values_of(const policy::explained_part& of) const;

  std::string text_;
  bool colour_;
};

std::string explain_writer::inked(const std::string& text, ink which) const {
  const std::string shown = visible(text);
  if (!colour_) return shown;
  const char* code = "2";
  if (which == ink::green) code = "32";
  if (which == ink::red) code = "31";
  if (which == ink::yellow) code = "33";
  return std::string("\033[") + code + "m" + shown + "\033[0m";
}

std::string explain_writer::answer(const std::optional<bool>& of) const {
  if (!of) return inked("error", ink::yellow);
  return *of ? inked("true", ink::green) : inked("false", ink::red);
}

std::string explain_writer::run(const policy::explanation& of, const policy::policy_case& what) {
  add_head(of, what);
  if (!of.candidates.empty()) add_routes(of, what);
  if (!of.conditions.empty()) text_ += "\nconditions, in the order in which they were asked\n";
  for (const auto& each : of.conditions) add_condition(each);
  if (of.shadow.empty()) return std::move(text_);
  text_ += "\nshadow, which decides nothing: " +
           std::string(of.outcome.shadow ? "it would have said " : "the same decision");
  if (of.outcome.shadow)
    text_ += *of.outcome.shadow == reason::ok ? "allow" : "deny, " + std::string(name_of(*of.outcome.shadow));
  text_ += "\n";
  for (const auto& each : of.shadow) add_condition(each);
  return std::move(text_);
}

void explain_writer::add_head(const policy::explanation& of, const policy::policy_case& what) {
  const auto& got = of.outcome;
  text_ += got.allowed() ? inked("allow", ink::green) : inked("deny", ink::red) + ", " + std::string(name_of(got.why));
  if (got.route != nullptr) text_ += ", route " + visible(got.route->id);
  if (!got.detail.empty()) text_ += " (" + visible(got.detail) + ")";
  if (!got.allowed()) text_ += "\n" + inked(std::string(describe(got.why).advice), ink::dim);
  text_ += "\n\ncaller   ";
  if (!what.who.ok())
    text_ += "a token that its issuer's mapping refuses: " + std::string(name_of(what.who.error().why));
  if (what.who.ok()) {
    const auto& who = *what.who;
    const bool anonymous = who.kind == policy::identity_kind::anonymous;
    text_ += anonymous ? "anonymous"
                       : visible(who.subject) + " of " + visible(who.issuer) + ", " + std::string(name_of(who.kind));
  }
  text_ += "\nrequest  " + visible(what.request.method + " " + what.request.host + what.request.target) + "\n";
}

void explain_writer::add_routes(const policy::explanation& of, const policy::policy_case& what) {
  text_ += "\nroutes for " + visible(what.request.method + " " + what.request.host + what.request.target) + "\n";
  std::size_t width = 0;
  for (const auto& each : of.candidates) width = std::max(width, std::min(each.route->id.size(), most_width));
  for (const auto& each : of.candidates) {
    const bool taken = each.lost.empty();
    const auto id =
        each.route->id + std::string(width > each.route->id.size() ? width - each.route->id.size() : 0, ' ');
    text_ += taken ? "  " + inked("> " + id, ink::green) + "  " + visible(each.route->host + each.route->path)
                   : "    " + visible(id) + "  " + inked(each.lost, ink::dim);
    text_ += "\n";
  }
}

void explain_writer::add_condition(const policy::explained_condition& of) {
  text_ += "  " + visible(of.name) + ": " + answer(of.answer);
  if (!of.answer) text_ += ", " + visible(of.error);
  text_ += "\n";
  std::size_t width = 0;
  for (const auto& each : of.parts) width = std::max(width, std::min(2 * each.depth + each.text.size(), most_width));
  for (std::size_t i = 0; i < of.parts.size(); ++i) add_part(of.parts[i], width, of.decided_by == i);
}

void explain_writer::add_part(const policy::explained_part& of, std::size_t width, bool decides) {
  std::string line = std::string(2 * of.depth, ' ') + of.text;
  if (line.size() < width) line += std::string(width - line.size(), ' ');
  text_ += "    " + visible(line) + "  " + values_of(of) + (decides ? "  <- decides" : "") + "\n";
}

std::string explain_writer::values_of(const policy::explained_part& of) const {
  if (of.values.empty()) return inked("not asked", ink::dim);
  std::string text;
  for (const auto& each : of.values) {
    const auto shown = each.times > 1 ? each.text + " (" + std::to_string(each.times) + " times)" : each.text;
    const auto which = each.text == "true" ? ink::green : each.text == "false" ? ink::red : ink::dim;
    text += (text.empty() ? "" : ", ") + (which == ink::dim ? visible(shown) : inked(shown, which));
  }
  return of.more == 0 ? text : text + ", and " + std::to_string(of.more) + " more";
}

}  // namespace

std::string as_text(const policy::explanation& of, const policy::policy_case& what, bool colour) {
  return explain_writer(colour).run(of, what);
}

bool wants_colour() {
  const char* const refused = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

}  // namespace sallyport::agent::cli
