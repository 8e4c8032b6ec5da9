// What a request of a route may look like: its patterns with something in the place of every wildcard.
#pragma once

#include <string>

#include "policy/document.hpp"
#include "policy/pattern.hpp"

namespace sallyport::policy {

/// The route's path, read again. Precondition: it loaded.
path_pattern pattern_of(const route& of);
/// A path that the pattern matches, with segments that no literal is likely to be.
std::string sample_path(const path_pattern& pattern);
std::string sample_host(const route& of);
/// The first method that it names, or GET.
std::string sample_method(const route& of);

}  // namespace sallyport::policy
