// Invariant: of our cookies each name is read once at most, and none whose value could be meant otherwise; what an app gets
// holds none of them and what it may set becomes none; whoever is sent to log in navigates.
#include <vector>

#include "login/cookie.hpp"
#include "login/navigation.hpp"
#include "login/return_path.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

void check_reading(const std::vector<http::field>& fields) {
  const auto held = login::read_cookies(fields);
  for (const auto& each : held.all) {
    fuzz::hold(login::is_own_cookie(each.name), "only ours are read");
    fuzz::hold(held.find(each.kind, each.tag) == &each, "each name is read once");
    fuzz::hold(each.value.find(", __Host-Http-sallyport") == std::string_view::npos, "no value hides another cookie");
  }
}

void check_app(std::string_view value) {
  const auto left = login::without_own_cookies(value);
  const std::vector<http::field> fields{{"Cookie", left}};
  const auto held = login::read_cookies(fields);
  fuzz::hold(held.all.empty() && !held.ambiguous, "an app gets none of ours");
  fuzz::hold(login::without_own_cookies(left) == left, "what is left stays");
  if (login::sets_own_cookie(value)) return;
  // What a client sends back after it has stored it.
  const auto pair = value.substr(0, value.find(';'));
  const auto start = pair.find_first_not_of("= \t");
  const std::vector<http::field> later{
      {"Cookie", start == std::string_view::npos ? std::string_view() : pair.substr(start)}};
  fuzz::hold(login::read_cookies(later).all.empty(), "an app sets none of ours");
}

void check_return(std::string_view text) {
  const auto path = login::read_return_path(text);
  if (!path.ok()) return;
  fuzz::hold(path->size() <= login::max_return_path_bytes && path->front() == '/', "a short path");
  fuzz::hold(path->find("//") == std::string::npos || path->find("//") > path->find('?'), "no second slash");
  const auto again = login::read_return_path(*path);
  fuzz::hold(again.ok() && *again == *path, "a return path is canonical");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto first = in.take_line(), second = in.take_line(), accept = in.take_line();
  const std::vector<http::field> fields{{"Cookie", first}, {"cookie", second}, {"Accept", accept}};
  check_reading(fields);
  check_app(first);
  check_return(second);
  const auto clearing = login::without_cookie_clearing(accept);
  fuzz::hold(login::without_cookie_clearing(clearing) == clearing, "what may be cleared stays");
  const auto what = login::classify_request("GET", fields);
  fuzz::hold((what == login::without_session::log_in) == login::prefers_html(accept), "whoever wants a page navigates");
  return 0;
}
