#include "tests/probe/ops.hpp"

#include <array>

namespace sallyport::probe {
namespace {

struct row {
  std::string_view name;
  operation run;
};

constexpr std::array table = {
    row{"json", run_json},
    row{"sf_parse", run_sf_parse},
    row{"sf_serialize", run_sf_serialize},
    row{"framing", run_framing},
    row{"path", run_path},
    row{"digest", run_digest},
    row{"httpsig_base", run_httpsig_base},
    row{"httpsig_verify", run_httpsig_verify},
    row{"jws", run_jws},
    row{"jwt", run_jwt},
    row{"p256", run_p256},
    row{"hkdf", run_hkdf},
    row{"channel_field", run_channel_field},
    row{"channel_grant", run_channel_grant},
    row{"channel_place", run_channel_place},
    row{"login_seal", run_login_seal},
    row{"login_open", run_login_open},
    row{"login_words", run_login_words},
    row{"login_cookies", run_login_cookies},
    row{"login_navigation", run_login_navigation},
    row{"login_return", run_login_return},
    row{"login_facts", run_login_facts},
    row{"login_metadata", run_login_metadata},
    row{"login_callback", run_login_callback},
    row{"login_tokens", run_login_tokens},
    row{"login_id_token", run_login_id_token},
    row{"login_session", run_login_session},
    row{"cel", run_cel},
    row{"cel_check", run_cel_check},
    row{"policy", run_policy},
    row{"route", run_route},
    row{"decide", run_decide},
    row{"explain", run_explain},
    row{"edge", run_edge},
    row{"origin", run_origin},
    row{"outcome", run_outcome},
    row{"cache", run_cache},
    row{"sigv4", run_sigv4},
    row{"aws", run_aws},
};

}  // namespace

operation find_operation(std::string_view name) {
  for (const auto& entry : table) {
    if (entry.name == name) return entry.run;
  }
  return nullptr;
}

}  // namespace sallyport::probe
