// The native door of the probe: JSON lines on standard input, one answer a line on standard output.
#include <iostream>
#include <string>

#include "agent/openssl/host.hpp"
#include "tests/probe/probe.hpp"

int main() {
  std::ios::sync_with_stdio(false);
  const auto host = sallyport::openssl::make_host();
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << sallyport::probe::respond(line, *host) << '\n';
    if (std::cin.rdbuf()->in_avail() <= 0) std::cout.flush();
  }
}
