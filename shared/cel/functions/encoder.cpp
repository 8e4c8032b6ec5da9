// The encoders extension.
#include <string>

#include "cel/function.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::cel {
namespace {

value encode_base64(call& context, const value* a) {
  context.spend(a[0].as_string().size() / 64);
  return context.text(encoding::encode_base64(a[0].as_bytes()));
}

// Padding may be absent, as the extension has it.
value decode_base64(call& context, const value* a) {
  std::string padded(a[0].as_string());
  context.spend(padded.size() / 64);
  while (padded.size() % 4 != 0) padded += '=';
  const auto decoded = encoding::decode_base64(padded);
  return decoded.ok() ? context.octets(as_text(*decoded)) : context.fail("not base64");
}

constexpr std::array table = {
    overload{call_style::function, "base64.encode", "bytes", "string", encode_base64},
    overload{call_style::function, "base64.decode", "string", "bytes", decode_base64},
};

}  // namespace

std::span<const overload> encoder_table() {
  return table;
}

}  // namespace sallyport::cel
