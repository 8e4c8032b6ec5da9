// Characters that look like ASCII and are not: what word processors, chats and web pages put into a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::encoding {

/// "U+201C (a curly quote)": the character at the start of `text`, never as itself, since it may command a terminal;
/// printable ASCII in quotes. Precondition: not empty, UTF-8.
std::string name_character(std::string_view text);
/// The ASCII that the character at the start of `text` is mistaken for; empty for one that is invisible; nothing for
/// all others.
std::optional<std::string_view> ascii_for(std::string_view text);
/// "write ' in its place", "delete it"; empty when the character looks like no other. Precondition: as name_character.
std::string replacement_advice(std::string_view text);

}  // namespace sallyport::encoding
