// What the arguments of an operation look like. One that looks otherwise is the caller's mistake and named: it is never
// taken for an absent one, which would answer another question than was asked.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "tests/probe/probe.hpp"

namespace sallyport::probe {

struct argument_shape {
  /// As in "time is not RFC 3339 text or a number".
  std::string_view called;
  bool (*fits)(const json& given);
};

/// null counts as absent.
struct argument_rule {
  std::string_view name;
  argument_shape shape;
  bool required = false;
};

/// The first rule that `in` breaks, in words.
std::optional<bad_arguments> find_mistake(const json& in, std::initializer_list<argument_rule> rules);

namespace shapes {

extern const argument_shape any, text, base64, number, boolean, object, object_or_list, text_or_texts, time, kind;

}  // namespace shapes

}  // namespace sallyport::probe
