#include "login/return_path.hpp"

#include "http/path.hpp"
#include "policy/match.hpp"

namespace sallyport::login {
namespace {

bool is_reserved(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/')) == policy::reserved_segment;
}

}  // namespace

result<std::string> read_return_path(std::string_view text) {
  if (text.size() > max_return_path_bytes) return failure(reason::login_target, "longer than 1,024 bytes");
  auto target = http::canonicalize_target(text);
  if (!target.ok()) return failure(reason::login_target, std::string(name_of(target.why())));
  // What is encoded grows.
  if (target->text.size() > max_return_path_bytes) return failure(reason::login_target, "longer than 1,024 bytes");
  if (is_reserved(target->path())) return failure(reason::login_target, "one of our own paths");
  return std::move(target->text);
}

std::string absolute_location(std::string_view scheme, std::string_view authority, std::string_view path) {
  std::string out(scheme);
  return out.append("://").append(authority).append(path);
}

}  // namespace sallyport::login
