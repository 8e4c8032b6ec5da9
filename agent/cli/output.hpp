// What commands print: values on standard output, everything about them on standard error.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "encoding/json.hpp"

namespace sallyport::agent::cli {

/// Indented, in ASCII: what a stranger wrote into a value may hold characters that command a terminal. Bytes that are
/// no UTF-8 (of file names, of other programs) become U+FFFD.
std::string json_text(const encoding::json& value);
/// The same on standard output, with a line feed.
void print_json(const encoding::json& value);
/// "sallyport: what" on standard error.
void complain(std::string_view what);
/// complain about a failure of `subject`: its reason, detail and what to do.
void complain(std::string_view subject, const failure& why);
/// The same; `as_json`: also as {"ok": false, "reason": …, "message": …} on standard output, so that it holds JSON.
void complain(std::string_view subject, const failure& why, bool as_json);

/// All of standard input, or of the file, up to `max_bytes`. "-" is standard input. Reasons: config_invalid.
result<std::string> read_input(const std::string& path, std::size_t max_bytes);

}  // namespace sallyport::agent::cli
