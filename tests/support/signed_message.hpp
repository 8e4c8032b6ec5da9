// A request as it leaves the edge, put together from its parts: tests of the gate and of the agent bend these, each in its way.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "httpsig/profile.hpp"

namespace sallyport::testing {

/// An empty part is a field that the request does not have.
struct signed_message {
  std::string method;
  std::string target;
  std::string host_field;
  std::string assertion;
  std::string context;
  std::string content_type;
  std::string content_length;
  std::string content_digest;
  /// Fields that no component covers.
  std::vector<std::pair<std::string, std::string>> extra_fields;

  /// What is signed. Views into this.
  httpsig::profile_message covered() const {
    httpsig::profile_message out;
    const auto question = target.find('?');
    out.method = method;
    out.path = std::string_view(target).substr(0, question);
    if (question != std::string::npos) out.query = std::string_view(target).substr(question + 1);
    out.assertion = assertion;
    out.context = context;
    if (!content_type.empty()) out.content_type = content_type;
    if (!content_length.empty()) out.content_length = content_length;
    if (!content_digest.empty()) out.content_digest = content_digest;
    return out;
  }

  /// With its empty line.
  std::string head(std::string_view signature_input, std::string_view signature) const {
    std::string out = method + " " + target + " HTTP/1.1\r\nHost: " + host_field + "\r\n";
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
    };
    add("Sallyport-Assertion", assertion);
    add("Sallyport-Context", context);
    add("Signature-Input", signature_input);
    add("Signature", signature);
    add("Content-Type", content_type);
    add("Content-Length", content_length);
    add("Content-Digest", content_digest);
    for (const auto& [name, value] : extra_fields) add(name, value);
    return out + "\r\n";
  }
};

}  // namespace sallyport::testing
