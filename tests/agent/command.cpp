#include "tests/agent/command.hpp"

#include <iostream>
#include <sstream>

#include "agent/cli/program.hpp"
#include "encoding/base64url.hpp"
#include "jose/jws.hpp"
#include "tests/agent/stage.hpp"

namespace sallyport::testing {
command_outcome sallyport_command(std::vector<std::string> arguments, const std::string& input) {
  arguments.insert(arguments.begin(), "sallyport");
  std::vector<char*> argv;
  for (auto& each : arguments) argv.push_back(each.data());
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const redirected a(std::cin, in.rdbuf());
  const redirected b(std::cout, out.rdbuf());
  const redirected c(std::cerr, err.rdbuf());
  const int exit = agent::cli::run(static_cast<int>(argv.size()), argv.data());
  std::cin.clear();
  return {exit, out.str(), err.str()};
}

std::string token_of(const jose::signing_key& key, unix_seconds expires) {
  const encoding::json claims{{"iss", "https://idp.test"}, {"aud", "api"}, {"sub", "alice"}, {"exp", expires}};
  const std::string payload = encoding::canonical_json(claims);
  return jose::sign_jws(key, "JWT", as_bytes(payload), test_host()).value();
}

std::string unsigned_token(std::string_view claims) {
  return "eyJhbGciOiJFUzI1NiJ9." + encoding::encode_base64url(as_bytes(claims)) + ".AAAA";
}

}  // namespace sallyport::testing
