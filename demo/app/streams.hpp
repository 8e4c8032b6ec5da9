// Bodies of any length, never held whole.
#pragma once

#include <httplib.h>

#include <cstdint>

namespace sallyport::app {

/// Answers with the number of bytes and their SHA-256, in hexadecimal.
void upload(const httplib::Request& request, httplib::Response& to, const httplib::ContentReader& body);

/// Streams `bytes` bytes of a pattern that repeats every 251 bytes, so that a shift or a gap shows.
void download(std::uint64_t bytes, httplib::Response& to);

}  // namespace sallyport::app
