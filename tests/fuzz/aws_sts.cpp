// Invariant: STS gives whole credentials or a refusal that can be logged, and a success that cannot be read says
// nothing of what stood in it; XML that is accepted is bounded, and written again it reads back as the same tree.
#include "aws/sts.hpp"
#include "aws/xml.hpp"
#include "tests/fuzz/support/aws_reply.hpp"

using namespace sallyport;

namespace {

void check_credentials(const aws::reply& from) {
  const auto read = aws::read_assume_role(from);
  if (const auto* refused = std::get_if<aws::service_error>(&read)) {
    fuzz::hold_refusal(*refused);
    const bool fixed = refused->code.empty() && refused->message == "the answer of STS cannot be read";
    fuzz::hold(from.status >= 400 || fixed, "what may hold credentials is not quoted");
    return;
  }
  const auto& given = *std::get_if<aws::temporary_credentials>(&read);
  fuzz::hold(from.status < 400, "an error carries no credentials");
  fuzz::hold(!given.keys.access_key_id.empty() && !given.keys.secret_access_key.empty(), "both keys");
  fuzz::hold(!given.keys.session_token.empty() && given.expires > 0, "a session token and an end");
}

void write(const aws::xml_element& from, std::string& to) {
  to.append("<").append(from.name);
  if (from.text.empty() && from.children.empty()) {
    to.append("/>");
    return;
  }
  to.append(">");
  for (char c : from.text) to.append(c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c));
  for (const auto& child : from.children) write(child, to);
  to.append("</").append(from.name).append(">");
}

std::size_t count(const aws::xml_element& of, std::size_t depth) {
  fuzz::hold(depth <= 16 && !of.name.empty(), "at most 16 levels, each with a name");
  std::size_t elements = 1;
  for (const auto& child : of.children) elements += count(child, depth + 1);
  return elements;
}

bool same(const aws::xml_element& a, const aws::xml_element& b) {
  if (a.name != b.name || a.text != b.text || a.children.size() != b.children.size()) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!same(a.children[i], b.children[i])) return false;
  }
  return true;
}

void check_xml(std::string_view text) {
  const auto root = aws::parse_xml(text);
  if (!root.ok()) return;
  fuzz::hold(encoding::is_utf8(text), "accepted text is UTF-8");
  fuzz::hold(count(*root, 1) <= 1024, "at most 1024 elements");
  std::string written;
  write(*root, written);
  const auto again = aws::parse_xml(written);
  fuzz::hold(again.ok() && same(*again, *root), "written again it is the same tree");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto from = fuzz::take_reply({data, size});
  check_credentials(from);
  check_xml(from.body);
  return 0;
}
