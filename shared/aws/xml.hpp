// The little of XML that STS answers with: elements and text. Anything with which XML surprises its readers (a document
// type, entities of one's own, processing instructions behind the prolog) is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sallyport::aws {

/// An element with either text or children; attributes are read over.
struct xml_element {
  std::string name;
  std::string text;
  std::vector<xml_element> children;

  /// The first child of that name, or nullptr.
  const xml_element* child(std::string_view wanted) const;
};

/// The root element. At most 64 KiB, 16 levels, 1024 elements. Reasons: aws_response_invalid.
result<xml_element> parse_xml(std::string_view text);

}  // namespace sallyport::aws
