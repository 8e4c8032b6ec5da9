#include "gate/origin/fields.hpp"

#include "http/fields.hpp"

namespace sallyport::gate {
namespace {

result<void> take_once(std::optional<std::string_view>& slot, const http::field& found) {
  if (slot) return failure(reason::sallyport_field_repeated, http::to_lower(found.name));
  slot = found.value;
  return {};
}

/// What was seen so far; empty values count as there.
struct finder {
  std::optional<std::string_view> assertion, context, signature_input, signature, grant;
  std::optional<std::string_view> content_digest, content_type, content_length;

  result<void> look_at(const http::field& each) {
    switch (http::classify(each.name)) {
      case http::field_class::sallyport: return take_sallyport(each);
      case http::field_class::signature:
        return take_once(http::name_equals(each.name, "signature") ? signature : signature_input, each);
      case http::field_class::digest: return take_once(content_digest, each);
      case http::field_class::framing:
        if (http::name_equals(each.name, "content-length")) content_length = each.value;
        return {};
      case http::field_class::ordinary: return take_ordinary(each);
      case http::field_class::forwarding:
      case http::field_class::trusted:
      case http::field_class::hop_by_hop: return {};
    }
    return {};
  }

  result<void> take_sallyport(const http::field& each) {
    if (http::name_equals(each.name, "sallyport-assertion")) return take_once(assertion, each);
    if (http::name_equals(each.name, "sallyport-context")) return take_once(context, each);
    if (http::name_equals(each.name, "sallyport-channel-grant")) return take_once(grant, each);
    return failure(reason::sallyport_field_unknown, http::to_lower(each.name));
  }

  result<void> take_ordinary(const http::field& each) {
    if (!http::name_equals(each.name, "content-type")) return {};
    // The app might believe the one and the signature be over both.
    if (content_type) return failure(reason::httpsig_component_value, "several Content-Type fields");
    content_type = each.value;
    return {};
  }
};

result<std::string_view> demand(const std::optional<std::string_view>& slot, std::string_view name) {
  if (!slot) return failure(reason::sallyport_field_missing, std::string(name));
  return *slot;
}

}  // namespace

result<sallyport_fields> find_sallyport_fields(std::span<const http::field> fields) {
  finder seen;
  for (const auto& each : fields) SALLYPORT_TRY(seen.look_at(each));
  sallyport_fields found;
  SALLYPORT_ASSIGN(found.assertion, demand(seen.assertion, "sallyport-assertion"));
  SALLYPORT_ASSIGN(found.context, demand(seen.context, "sallyport-context"));
  SALLYPORT_ASSIGN(found.signature_input, demand(seen.signature_input, "signature-input"));
  SALLYPORT_ASSIGN(found.signature, demand(seen.signature, "signature"));
  found.content_digest = seen.content_digest;
  found.content_type = seen.content_type;
  found.content_length = seen.content_length;
  found.grant = seen.grant;
  return found;
}

httpsig::profile_message sallyport_fields::message(std::string_view method, const http::target_view& target) const {
  httpsig::profile_message over;
  over.method = method;
  over.path = target.path;
  over.query = target.query;
  over.assertion = assertion;
  over.context = context;
  over.content_digest = content_digest;
  over.content_type = content_type;
  over.content_length = content_length;
  return over;
}

}  // namespace sallyport::gate
