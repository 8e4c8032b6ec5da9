// The command line: one program, a few commands, each in a file of its own.
#pragma once

namespace CLI {
class App;
}

namespace sallyport::agent::cli {

/// Runs the command that `argv` names and gives its exit code.
int run(int argc, char** argv);

// Each adds its command to `parent`; when the command runs, it puts its exit code into `exit`, which outlives it.
void add_agent_command(CLI::App& parent, int& exit);
void add_keys_command(CLI::App& parent, int& exit);
void add_keys_rotate_command(CLI::App& keys, int& exit);
void add_policy_command(CLI::App& parent, int& exit);
void add_policy_test_command(CLI::App& policy, int& exit);
void add_policy_explain_command(CLI::App& policy, int& exit);
void add_policy_try_command(CLI::App& policy, int& exit);
void add_token_command(CLI::App& parent, int& exit);
void add_logs_command(CLI::App& parent, int& exit);
void add_wake_command(CLI::App& parent, int& exit);
void add_healthcheck_command(CLI::App& parent, int& exit);

}  // namespace sallyport::agent::cli
