#include "gate/edge/answer_cookies.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"

namespace sallyport::operations {

json credential_cookies(const json& in, means& with) {
  if (with.policy == nullptr) return error(reason::not_ready);
  json passes = json::array();
  for (const auto& each : texts_member(in, "cookies"))
    passes.push_back(!gate::sets_credential_cookie(*with.policy, each));
  return {{"passes", std::move(passes)}};
}

}  // namespace sallyport::operations
