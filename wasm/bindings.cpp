// The embind surface: few calls, numbers only. Everything else goes through the mailbox, because a value that embind
// converts costs more than a whole request has.
#include <emscripten/bind.h>

#include "wasm/edge_host.hpp"

namespace {

sallyport::wasm::edge_host& the_edge() {
  static sallyport::wasm::edge_host instance;
  return instance;
}

unsigned mailbox() {
  return reinterpret_cast<unsigned>(&the_edge().shared());
}
void reserve(unsigned size) {
  the_edge().reserve(size);
}
bool start(unsigned size) {
  return the_edge().start(size);
}

// Milliseconds come as double: JavaScript's numbers hold them exactly, and a 64-bit integer would be a BigInt.
int handle(unsigned head_size, unsigned body_size, double now) {
  return static_cast<int>(the_edge().handle(head_size, body_size, static_cast<std::int64_t>(now)));
}
bool supply_keys(unsigned head_size, unsigned body_size, double now) {
  return the_edge().supply_keys(head_size, body_size, static_cast<std::int64_t>(now));
}
bool sign(unsigned size, double now) {
  return the_edge().sign(size, static_cast<std::int64_t>(now));
}
void answered(unsigned size, double now) {
  the_edge().answered(size, static_cast<std::int64_t>(now));
}
void operate(unsigned size) {
  the_edge().operate(size);
}

void refusal(unsigned size, double now) {
  the_edge().refusal(size, static_cast<std::int64_t>(now));
}

void ended(unsigned size, double now) {
  the_edge().ended(size, static_cast<std::int64_t>(now));
}

}  // namespace

EMSCRIPTEN_BINDINGS(sallyport) {
  emscripten::function("mailbox", &mailbox);
  emscripten::function("reserve", &reserve);
  emscripten::function("start", &start);
  emscripten::function("handle", &handle);
  emscripten::function("sign", &sign);
  emscripten::function("answered", &answered);
  emscripten::function("supply_keys", &supply_keys);
  emscripten::function("refusal", &refusal);
  emscripten::function("ended", &ended);
  emscripten::function("operate", &operate);
}
