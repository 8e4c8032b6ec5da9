#include "demo/app/streams.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "agent/openssl/host.hpp"
#include "encoding/json.hpp"

namespace sallyport::app {

namespace {

constexpr std::size_t period = 251;
constexpr std::size_t block_bytes = period * 256;

const std::string& pattern() {
  static const std::string block = [] {
    std::string made(block_bytes, '\0');
    for (std::size_t at = 0; at < made.size(); ++at) made[at] = static_cast<char>(at % period);
    return made;
  }();
  return block;
}

std::string hexadecimal(bytes_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const byte each : data) {
    text += digits[each >> 4];
    text += digits[each & 15];
  }
  return text;
}

}  // namespace

void upload(const httplib::Request&, httplib::Response& to, const httplib::ContentReader& body) {
  const auto host = openssl::make_host();
  const auto hash = host->start_hash(crypto::hash::sha256);
  std::uint64_t count = 0;
  body([&](const char* data, std::size_t size) {
    hash->update(as_bytes({data, size}));
    count += size;
    return true;
  });
  const encoding::json told = {{"bytes", count}, {"sha256", hexadecimal(hash->finish())}};
  to.set_content(told.dump(2) + "\n", "application/json");
}

void download(std::uint64_t bytes, httplib::Response& to) {
  const auto give = [](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
    const std::size_t start = offset % period;
    return sink.write(pattern().data() + start, std::min(length, block_bytes - period));
  };
  to.set_content_provider(static_cast<std::size_t>(bytes), "application/octet-stream", give);
}

}  // namespace sallyport::app
