// Runs the program's commands inside the test.
#pragma once

#include <ios>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::testing {

/// Gives a stream another buffer while it lives.
class redirected {
 public:
  redirected(std::ios& stream, std::streambuf* to) : stream_(stream), old_(stream.rdbuf(to)) {}
  ~redirected() { stream_.rdbuf(old_); }
  redirected(const redirected&) = delete;
  redirected& operator=(const redirected&) = delete;

 private:
  std::ios& stream_;
  std::streambuf* old_;
};

struct command_outcome {
  int exit = -1;
  std::string out, err;
};

/// `sallyport` with these arguments and this standard input.
command_outcome sallyport_command(std::vector<std::string> arguments, const std::string& input = "");

std::string token_of(const jose::signing_key& key, unix_seconds expires);
/// A token that nobody signed, with these claims as they stand.
std::string unsigned_token(std::string_view claims);

}  // namespace sallyport::testing
