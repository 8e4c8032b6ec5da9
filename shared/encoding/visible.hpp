// Text for logs and terminals: what a reader would obey instead of showing it is written out.
//
// Written as \uXXXX (two of them beyond U+FFFF), as JSON has it: C0 controls but tab and line feed, U+007F to U+009F
// (CSI, NEL), U+2028 and U+2029 (line ends to some), marks, overrides and isolates of direction, and characters without
// a shape of their own. Bytes that are not UTF-8 become U+FFFD. In a JSON text such characters stand only inside of
// strings, so that it stays the same document.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::encoding {

void append_visible(std::string& to, std::string_view text);
std::string visible(std::string_view text);

}  // namespace sallyport::encoding
