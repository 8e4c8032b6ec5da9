// The one edge of an isolate, and the memory through which JavaScript reaches it.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/edge/edge.hpp"
#include "operations/operations.hpp"
#include "wasm/wire.hpp"

namespace sallyport::wasm {

/// The words of the mailbox, by their place.
enum class mailbox_word : std::uint8_t { inbox, inbox_bytes, answer, answer_bytes, entropy };

/// Where JavaScript finds what it shares with the core: words at a fixed address, kept current by every call. All are
/// addresses or sizes in Wasm memory.
struct mailbox {
  byte* inbox = nullptr;
  std::size_t inbox_bytes = 0;
  const char* answer = nullptr;
  std::size_t answer_bytes = 0;
  /// JavaScript fills these gate::edge_entropy_bytes with fresh random ones before each call that decides.
  byte* entropy = nullptr;
};

/// The calls of core.d.ts over plain values; bindings.cpp gives them to JavaScript.
class edge_host {
 public:
  edge_host();

  const mailbox& shared() const { return mailbox_; }
  /// Makes the inbox at least this large; its contents are lost.
  void reserve(std::size_t size);

  /// Tests the crypto host and makes the edge out of the inbox's JSON object: policy, signing_keys, service_secrets
  /// (optional), aws_role (optional) and build, all strings. On failure the answer's lines are the reason and then what
  /// is wrong.
  bool start(std::size_t size);
  /// Decides on the request in the inbox: `head_size` bytes of lines, then `body_size` bytes.
  outcome_kind handle(std::size_t head_size, std::size_t body_size, unix_milliseconds now);
  /// Signs what is in the inbox. False: the answer's lines are the reason and what is wrong.
  bool sign(std::size_t size, unix_milliseconds now);
  /// What a response, or none, says of the channel of its request.
  void answered(std::size_t size, unix_milliseconds now);
  /// Takes the keys in the inbox. The answer is what to log of them, or nothing. False when they are refused: the
  /// answer's lines are the reason and what is wrong.
  bool supply_keys(std::size_t head_size, std::size_t body_size, unix_milliseconds now);
  /// Asks for one of the operations (operations/operation.def) with the JSON in the inbox; what it says is the answer.
  void operate(std::size_t size);
  /// Answers as for refuse, for what only the host can find out. In the inbox: reason, request id (empty: one is made),
  /// detail for operators.
  void refusal(std::size_t size, unix_milliseconds now);
  /// The line that says what came of an allowed request (audit/outcome.hpp), out of what wire.hpp has in the inbox.
  void ended(std::size_t size, unix_milliseconds now);

 private:
  result<void> prepare_operations(const gate::edge_config& config, const std::string& role);
  result<void> try_start(std::string_view text);
  std::string_view inbox_text(std::size_t from, std::size_t size) const;
  /// As the answer: nothing, or the lines of the reason and what is wrong.
  void write_failure(const result<void>& ended);
  void publish();

  std::unique_ptr<crypto::port> crypto_;
  operations::means means_;
  std::unique_ptr<gate::edge> edge_;
  /// Mints the tokens for AWS; of the edge's own keys the first that STS takes.
  std::unique_ptr<jose::signing_key> aws_key_;
  std::vector<http::field> fields_;
  std::vector<byte> inbox_;
  std::string answer_;
  std::array<byte, gate::edge_entropy_bytes> entropy_{};
  mailbox mailbox_;
};

}  // namespace sallyport::wasm
