// The Wasm door of the probe: the loader (tests/probe.mjs) writes a line into memory, calls, and reads the answer.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/probe/probe.hpp"
#include "wasm/host_crypto.hpp"

namespace {

std::string line;
std::string answer;

}  // namespace

extern "C" {

/// Makes room for a line of `size` bytes and says where it goes.
char* probe_reserve(std::size_t size) {
  line.resize(size);
  return line.data();
}

/// Answers the line; returns the length of the answer, which starts at probe_answer().
std::size_t probe_respond() {
  static const auto host = sallyport::wasm::make_crypto_host();
  answer = sallyport::probe::respond(line, *host);
  return answer.size();
}

const char* probe_answer() {
  return answer.data();
}
}
