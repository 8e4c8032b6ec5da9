// What the cache keeps beside a body, as one text for whoever stores it: base64url of canonical JSON. Three kinds lie
// under the keys of a plan.
//
// | kind | members | where |
// | --- | --- | --- |
// | answer | status, fields, requested, received | key/scope, or key/scope/variant |
// | variants | vary: names of the fields that select the variant | key/scope |
// | invalidated | time: what was asked for until then is not used any more | key/invalidated |
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "caching/caching.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"

namespace sallyport::gate {

/// Texts and their views in one place; not to be copied, because the views would stay behind.
class stored_answer {
 public:
  explicit stored_answer(encoding::json content);
  stored_answer(const stored_answer&) = delete;
  stored_answer(stored_answer&&) = default;
  stored_answer& operator=(const stored_answer&) = delete;
  stored_answer& operator=(stored_answer&&) = default;

  http::cached_answer view() const { return {status_, fields_, requested_, received_}; }

 private:
  encoding::json content_;
  int status_ = 0;
  std::vector<http::field> fields_;
  unix_milliseconds requested_ = 0, received_ = 0;
};

/// Texts longer than this are not stored: the place they lie in is a field.
inline constexpr std::size_t max_stored_head_bytes = std::size_t{16} << 10;

std::string write_answer(const http::cached_answer& answer);
std::string write_variants(const std::vector<std::string>& vary);
std::string write_invalidated(unix_milliseconds time);

/// What one of the three wrote, or nothing: it is as if it were not there.
std::optional<stored_answer> read_stored_answer(std::string_view text);
std::optional<std::vector<std::string>> read_variants(std::string_view text);
std::optional<unix_milliseconds> read_invalidated(std::string_view text);

/// The fields of `request` that `vary` names, as base64url of a SHA-256 (RFC 9111 section 4.1); "" where none is named.
std::string variant_key(const std::vector<std::string>& vary, std::span<const http::field> request, crypto::port& host);

/// [[name, value], …], both ways; views into `from`.
encoding::json fields_to_json(std::span<const http::field> fields);
std::vector<http::field> fields_from(const encoding::json* from);

}  // namespace sallyport::gate
