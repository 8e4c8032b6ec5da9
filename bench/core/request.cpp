// What one signed GET costs the core before any cryptography, step by step. Build and run: bench/core/run
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>

#include "encoding/structured_field.hpp"
#include "http/fields.hpp"
#include "http/path.hpp"
#include "http/request_head.hpp"
#include "httpsig/profile.hpp"

namespace {

using namespace sallyport;

// The shape of a real request: a browser's fields, an ES256 assertion of 700 bytes, a context, a signature.
std::string sample_head() {
  const std::string params =
      "(\"@method\" \"@path\" \"@query\" \"sallyport-assertion\" \"sallyport-context\");created=1760000000;"
      "expires=1760000030;nonce=\"AAAAAAAAAAAAAAAAAAAAAA\";keyid=\"edge-2026-01\";alg=\"ecdsa-p256-sha256\";"
      "tag=\"sallyport\"";
  return "GET /api/v1/reports/2026?month=7&view=table HTTP/1.1\r\nHost: reports.origin.acme.example\r\n"
         "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 "
         "Safari/537.36\r\n"
         "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
         "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nCache-Control: no-cache\r\n"
         "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\nConnection: keep-alive\r\n"
         "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Site: none\r\nCf-Ray: 8f0e4b2c1d3a5f67-FRA\r\n"
         "Sallyport-Assertion: " +
         std::string(700, 'a') +
         "\r\n"
         "Sallyport-Context: id=\"0123456789abcdef0123456789abcdef\", time=1760000000123, "
         "host=\"reports.acme.example\", "
         "proto=\"https\", ip=\"192.0.2.7\", country=\"DE\", asn=64500\r\n"
         "Signature-Input: sallyport=" +
         params + "\r\nSignature: sallyport=:" + std::string(86, 'A') + "==:\r\n\r\n";
}

httpsig::profile_message message_of(const http::request_head& head, const http::target_view& target) {
  httpsig::profile_message out;
  out.method = head.method;
  out.path = target.path;
  out.query = target.query;
  out.assertion = http::single_field(head.fields, "sallyport-assertion").value_or("");
  out.context = http::single_field(head.fields, "sallyport-context").value_or("");
  out.content_digest = http::single_field(head.fields, "content-digest");
  out.content_type = http::single_field(head.fields, "content-type");
  out.content_length = http::single_field(head.fields, "content-length");
  return out;
}

std::size_t sink = 0;

template <class Step>
void measure(const char* what, Step step) {
  constexpr int rounds = 20'000;
  double best = 1e9;
  for (int repeat = 0; repeat < 40; ++repeat) {
    const std::clock_t start = std::clock();
    for (int i = 0; i < rounds; ++i) step();
    const auto ticks = static_cast<double>(std::clock() - start);
    best = std::min(best, ticks * 1e9 / CLOCKS_PER_SEC / rounds);
  }
  std::printf("%-44s %8.0f ns\n", what, best);
}

}  // namespace

int main() {
  const std::string text = sample_head();
  std::printf("head of %zu bytes; CPU time, best of 40 runs\n", text.size());
  const auto head = http::parse_request_head(text);
  const auto target = http::require_canonical(head->target);
  const auto message = message_of(*head, *target);
  const auto input = *http::single_field(head->fields, "signature-input");
  const auto signature = *http::single_field(head->fields, "signature");
  const auto received = httpsig::parse_profile(input, signature, message);
  if (!received.ok()) return 1;

  measure("find the end of the head", [&] {
    http::head_scanner scanner;
    sink += scanner.scan(text).ok() ? scanner.length() : 0;
  });
  measure("parse_request_head", [&] { sink += http::parse_request_head(text)->fields.size(); });
  measure("require_canonical", [&] { sink += http::require_canonical(head->target)->path.size(); });
  measure("look up the covered fields", [&] { sink += message_of(*head, *target).assertion.size(); });
  measure("parse_profile", [&] { sink += httpsig::parse_profile(input, signature, message)->component_count; });
  measure("check_parameters and check_times", [&] {
    sink += httpsig::check_parameters(*received).ok() && httpsig::check_times(*received, 1760000001, 5).ok() ? 1 : 0;
  });
  measure("profile_base", [&] { sink += httpsig::profile_base(*received, message)->size(); });
  measure("parse_dictionary of the context", [&] { sink += encoding::sf::parse_dictionary(message.context)->size(); });
  measure("parse_dictionary of three members", [&] {
    sink += encoding::sf::parse_dictionary("id=\"0123456789abcdef\", time=1760000000123, proto=https")->size();
  });
  measure("hygiene over all fields", [&] {
    const bool named = http::has_connection_names(head->fields);
    for (const auto& each : head->fields) sink += http::may_pass(head->fields, each, named) ? 1 : 0;
  });
  measure("all of it together", [&] {
    const auto parsed = http::parse_request_head(text);
    const auto canonical = http::require_canonical(parsed->target);
    const auto covered = message_of(*parsed, *canonical);
    const auto profile = httpsig::parse_profile(*http::single_field(parsed->fields, "signature-input"),
                                                *http::single_field(parsed->fields, "signature"), covered);
    sink += httpsig::check_parameters(*profile).ok() ? 1 : 0;
    sink += httpsig::profile_base(*profile, covered)->size();
  });
  measure("draft_profile (the edge)", [&] {
    const httpsig::profile_parameters parameters{1760000000, 1760000030, "AAAAAAAAAAAAAAAAAAAAAA", "edge-2026-01",
                                                 crypto::algorithm::es256};
    sink += httpsig::draft_profile(message, parameters)->base.size();
  });
  return sink == 0 ? 1 : 0;
}
