#include "gate/edge/signature_order.hpp"

#include "encoding/lines.hpp"

namespace sallyport::gate {

std::string write_order(const signature_order& order) {
  std::string out;
  for (const auto line : {order.service, order.method, order.path, order.query, order.content_length, order.nonce}) {
    out.append(line).push_back('\n');
  }
  // An empty value and none are two things.
  if (order.content_type) out.append("=").append(*order.content_type);
  out.push_back('\n');
  return out.append(std::to_string(order.created))
      .append("\n")
      .append(std::to_string(static_cast<int>(order.body)))
      .append("\n");
}

std::optional<signature_order> read_order(std::string_view& text) {
  signature_order out;
  for (auto* line : {&out.service, &out.method, &out.path, &out.query, &out.content_length, &out.nonce}) {
    *line = encoding::take_line(text);
  }
  const auto type = encoding::take_line(text);
  if (type.starts_with('=')) out.content_type = type.substr(1);
  const auto created = encoding::take_number<unix_seconds>(text);
  const auto body = encoding::take_number<int>(text);
  if (!created || !body || *body < 0 || *body > static_cast<int>(channel::request_body::streams)) return std::nullopt;
  out.created = *created;
  out.body = static_cast<channel::request_body>(*body);
  return out;
}

}  // namespace sallyport::gate
