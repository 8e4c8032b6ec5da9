// The program `sallyport`.
#include "agent/cli/program.hpp"

int main(int argc, char** argv) {
  return sallyport::agent::cli::run(argc, argv);
}
