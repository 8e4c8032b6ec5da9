// Names and values as application/x-www-form-urlencoded, for a query or a body. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

#include "encoding/percent.hpp"

namespace sallyport::login {

class form {
 public:
  form& add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_.push_back('&');
    text_.append(encoding::encode_form_component(name)).append("=").append(encoding::encode_form_component(value));
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace sallyport::login
