#include "tests/support/vectors.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace sallyport::testing {

std::optional<std::string> read_vectors(std::string_view path) {
  const char* root = std::getenv("SALLYPORT_VECTORS");
  const std::string file = std::string(root != nullptr ? root : SALLYPORT_DEFAULT_VECTORS) + "/" + std::string(path);
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::cout << "SKIPPED: " << file << " is absent; set SALLYPORT_VECTORS to the folder of third-party vectors\n";
    return std::nullopt;
  }
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace sallyport::testing
