#include "aws/sigv4.hpp"

#include <algorithm>

#include "aws/sigv4_canonical.hpp"
#include "core/ascii.hpp"
#include "core/calendar.hpp"
#include "http/field.hpp"

namespace sallyport::aws {
namespace {

constexpr std::string_view algorithm_name = "AWS4-HMAC-SHA256";
constexpr std::size_t max_cached_keys = 16;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

bool is_payload(std::string_view text) {
  const auto is_lower_hex = [](char c) { return ascii::is_hex(c) && !ascii::is_upper(c); };
  if (text.empty() || text == unsigned_payload) return true;
  return text.size() == 64 && ascii::all_are(text, is_lower_hex);
}

/// Field values may still hold the white space that canonicalization folds.
bool is_signable(const signing_request& request, const signing_scope& scope) {
  if (request.method.empty() || has_control(request.method)) return false;
  if (scope.time < 0 || scope.time >= year_10000) return false;
  return std::any_of(request.fields.begin(), request.fields.end(),
                     [](const name_value& field) { return http::name_equals(field.first, "host"); });
}

/// Values that this signature brings itself: a stale one in the request is left out.
bool is_replaced(std::string_view name) {
  return http::name_equals(name, "x-amz-date") || http::name_equals(name, "x-amz-security-token") ||
         http::name_equals(name, "x-amz-content-sha256") || http::name_equals(name, "authorization");
}

struct stage {
  std::string date;
  std::string scope;
  std::string credential;
  std::string payload_hash;
  bool signs_token;
};

std::vector<name_value> header_mode_fields(const stage& at, const credentials& who, const signing_options& options) {
  std::vector<name_value> added{{"X-Amz-Date", at.date}};
  if (options.sign_body) added.emplace_back("X-Amz-Content-Sha256", at.payload_hash);
  if (at.signs_token) added.emplace_back("X-Amz-Security-Token", who.session_token);
  return added;
}

std::vector<name_value> query_mode_parameters(const stage& at, const credentials& who, const std::string& signed_names,
                                              const signing_options& options) {
  std::vector<name_value> added{{"X-Amz-Algorithm", std::string(algorithm_name)},
                                {"X-Amz-Credential", at.credential},
                                {"X-Amz-Date", at.date},
                                {"X-Amz-Expires", std::to_string(options.expires)},
                                {"X-Amz-SignedHeaders", signed_names}};
  if (at.signs_token) added.emplace_back("X-Amz-Security-Token", who.session_token);
  return added;
}

result<std::string> mac(crypto::port& host, const crypto::key& key, std::string_view text) {
  SALLYPORT_ASSIGN(const bytes tag, host.sign(crypto::algorithm::hs256, key, as_bytes(text)));
  return to_text(tag);
}

void append_all(std::vector<name_value>& to, const std::vector<name_value>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

result<crypto::key_ptr> signer::signing_key(const credentials& who, const signing_scope& scope, std::string_view day) {
  std::string name = who.access_key_id + "/" + std::string(day) + "/" + scope.region + "/" + scope.service;
  // An access key id names one secret; a hash of it beside the id would still have to be compared with one.
  for (const auto& entry : keys_) {
    if (entry.name == name) return entry.key;
  }
  std::string secret = "AWS4" + who.secret_access_key;
  for (std::string_view part :
       {day, std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    SALLYPORT_ASSIGN(const auto key, host_.import_secret(as_bytes(secret)));
    SALLYPORT_ASSIGN(secret, mac(host_, *key, part));
  }
  SALLYPORT_ASSIGN(auto key, host_.import_secret(as_bytes(secret)));
  if (keys_.size() == max_cached_keys) keys_.erase(keys_.begin());
  keys_.push_back({std::move(name), key});
  return key;
}

result<signed_request> signer::sign(const signing_request& request, const credentials& who, const signing_scope& scope,
                                    const signing_options& options) {
  if (!is_signable(request, scope) || !is_payload(options.payload)) return reason::sigv4_invalid_request;
  const std::string date = amz_date(scope.time);
  const std::string day = date.substr(0, 8);
  const std::string scope_text = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const bool has_token = !who.session_token.empty();
  const stage at{date, scope_text, who.access_key_id + "/" + scope_text,
                 options.payload.empty() ? lower_hex(host_.sha256(request.body)) : options.payload,
                 has_token && !options.omit_session_token};
  const bool in_header = options.place == signature_place::header;

  signed_request out;
  auto fields = request.fields;
  std::erase_if(fields, [](const name_value& field) { return is_replaced(field.first); });
  if (in_header) out.fields = header_mode_fields(at, who, options);
  append_all(fields, out.fields);
  const auto canonical = canonicalize_fields(fields);
  out.signed_headers = canonical.names;

  auto query = request.query;
  if (!in_header) append_all(query, query_mode_parameters(at, who, canonical.names, options));
  out.query = canonical_query(query);

  out.canonical_request = request.method + "\n" + canonical_uri(request.path, options.normalize) + "\n" + out.query +
                          "\n" + canonical.lines + "\n" + canonical.names + "\n" + at.payload_hash;
  out.string_to_sign = std::string(algorithm_name) + "\n" + date + "\n" + scope_text + "\n" +
                       lower_hex(host_.sha256(as_bytes(out.canonical_request)));
  SALLYPORT_ASSIGN(const auto key, signing_key(who, scope, day));
  SALLYPORT_ASSIGN(const std::string tag, mac(host_, *key, out.string_to_sign));
  out.signature = lower_hex(as_bytes(tag));

  const bool token_after = has_token && options.omit_session_token;
  if (in_header) {
    if (token_after) out.fields.emplace_back("X-Amz-Security-Token", who.session_token);
    out.fields.emplace_back("Authorization", std::string(algorithm_name) + " Credential=" + at.credential +
                                                 ", SignedHeaders=" + out.signed_headers +
                                                 ", Signature=" + out.signature);
  } else {
    if (token_after) out.query += "&" + canonical_query({{"X-Amz-Security-Token", who.session_token}});
    out.query += "&X-Amz-Signature=" + out.signature;
  }
  return out;
}

}  // namespace sallyport::aws
