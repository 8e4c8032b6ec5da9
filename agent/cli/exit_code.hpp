// What every command of the program exits with; documented in docs/reference/agent.md and in the help.
#pragma once

namespace sallyport::agent::cli {

enum exit_code : int {
  /// Done; what was asked holds.
  exit_ok = 0,
  /// A check failed: the policy has problems, the token does not verify, the agent is not ready, requests were cut off.
  exit_check_failed = 1,
  /// The command line is wrong.
  exit_usage = 2,
  /// A configuration, policy or key file cannot be used; nothing was started.
  exit_config = 3,
  /// A file, an address or another program could not be reached.
  exit_unavailable = 4,
  /// A state that should be impossible.
  exit_bug = 70,
};

}  // namespace sallyport::agent::cli
