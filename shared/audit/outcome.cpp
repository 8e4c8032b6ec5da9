#include "audit/outcome.hpp"

#include <array>

#include "audit/members.hpp"

namespace sallyport::audit {
namespace {

// In the order of their enumerators.
constexpr std::array<std::string_view, 8> endings = {"complete",  "handed_on", "cut_by_caller", "cut_by_app",
                                                     "cut_by_us", "upgraded",  "cached",        "lease"};
constexpr std::array<std::string_view, 5> cache_uses = {"hit", "stale", "revalidated", "miss", "joined"};

template <class Enumeration, std::size_t N>
std::optional<Enumeration> named(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enumeration>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(ending how) {
  return endings[static_cast<std::size_t>(how)];
}

std::string_view name_of(cache_use use) {
  return cache_uses[static_cast<std::size_t>(use)];
}

std::optional<ending> ending_named(std::string_view name) {
  return named<ending>(endings, name);
}

std::optional<cache_use> cache_use_named(std::string_view name) {
  return named<cache_use>(cache_uses, name);
}

std::string line(const outcome& what) {
  std::string text;
  text.reserve(320);
  members to(text);
  to.known_number("attempts", what.attempts);
  to.known_text("cache", what.cache ? name_of(*what.cache) : std::string_view());
  to.known_text("detail", what.detail);
  to.text("end", what.end == end::edge ? "edge" : "origin");
  to.known_number("first_ms", what.first_ms);
  to.known_text("how", what.how ? name_of(*what.how) : std::string_view());
  to.known_text("id", what.id);
  to.known_number("in", what.in);
  to.known_text("keyid", what.keyid);
  to.known_number("ms", what.ms);
  to.known_number("out", what.out);
  to.text("reason", name_of(what.why));
  to.known_flag("reused", what.reused);
  to.known_text("service", what.service);
  to.known_text("sig", what.sig);
  to.known_number("status", what.status);
  to.number("time", what.time);
  to.text("type", "outcome");
  to.known_text("upstream", what.upstream);
  to.number("v", record_version);
  text.front() = '{';
  text += '}';
  return text;
}

}  // namespace sallyport::audit
