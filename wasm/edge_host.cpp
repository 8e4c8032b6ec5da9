#include "wasm/edge_host.hpp"

#include <algorithm>
#include <cstddef>

#include "audit/record.hpp"
#include "crypto/self_test.hpp"
#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"
#include "encoding/lines.hpp"
#include "operations/catalog.hpp"
#include "wasm/host_crypto.hpp"
#include "wasm/settings.hpp"

namespace sallyport::wasm {
namespace {

/// Room for the longest head that is not refused, in three bytes a character as TextEncoder.encodeInto wants it.
constexpr std::size_t first_inbox_bytes = std::size_t{192} << 10;
constexpr std::size_t request_id_bytes = 16;

constexpr bool stands_at(std::size_t offset, mailbox_word word) {
  return offset == static_cast<std::size_t>(word) * sizeof(std::uint32_t);
}
static_assert(stands_at(offsetof(mailbox, inbox), mailbox_word::inbox));
static_assert(stands_at(offsetof(mailbox, inbox_bytes), mailbox_word::inbox_bytes));
static_assert(stands_at(offsetof(mailbox, answer), mailbox_word::answer));
static_assert(stands_at(offsetof(mailbox, answer_bytes), mailbox_word::answer_bytes));
static_assert(stands_at(offsetof(mailbox, entropy), mailbox_word::entropy));

gate::edge_outcome refused(reason why, std::string detail) {
  gate::edge_outcome outcome;
  outcome.what = gate::refuse{why, std::move(detail), {}, {}, {}};
  return outcome;
}

}  // namespace

edge_host::edge_host() : crypto_(make_crypto_host()), means_(*crypto_) {
  mailbox_.entropy = entropy_.data();
  reserve(first_inbox_bytes);
  publish();
}

void edge_host::reserve(std::size_t size) {
  if (inbox_.size() < size) inbox_.resize(size);
  mailbox_.inbox = inbox_.data();
  mailbox_.inbox_bytes = inbox_.size();
}

bool edge_host::start(std::size_t size) {
  const auto started = try_start(inbox_text(0, size));
  write_failure(started);
  return started.ok();
}

result<void> edge_host::try_start(std::string_view text) {
  SALLYPORT_TRY(crypto::self_test(*crypto_));
  SALLYPORT_ASSIGN(auto read, read_settings(text, *crypto_));
  SALLYPORT_TRY(prepare_operations(read.edge, read.aws_role));
  SALLYPORT_ASSIGN(edge_, gate::edge::make(std::move(read.edge), *crypto_));
  means_.edge = edge_.get();
  return {};
}

// AWS STS takes RS* and ES*; of our keys, ES256.
result<void> edge_host::prepare_operations(const gate::edge_config& config, const std::string& role) {
  for (const auto& each : config.signing_keys) {
    if (each.algorithm != crypto::algorithm::es256 || aws_key_ != nullptr) continue;
    aws_key_ = std::make_unique<jose::signing_key>(each);
  }
  SALLYPORT_TRY(operations::check_aws(*config.policy, role, aws_key_.get()));
  means_.policy = config.policy;
  means_.issuer = config.policy->edge.issuer;
  means_.aws_key = aws_key_.get();
  means_.aws_role = role;
  return {};
}

void edge_host::operate(std::size_t size) {
  answer_ = operations::operate(inbox_text(0, size), means_);
  publish();
}

outcome_kind edge_host::handle(std::size_t head_size, std::size_t body_size, unix_milliseconds now) {
  const auto body = as_bytes(inbox_text(head_size, body_size));
  const auto request = read_request(inbox_text(0, head_size), body, fields_);
  outcome_kind kind;
  if (edge_ == nullptr || !request) {
    kind = write_outcome(refused(edge_ == nullptr ? reason::not_ready : reason::framing_syntax, {}), answer_);
  } else {
    kind = write_outcome(edge_->handle(*request, now, entropy_), answer_);
  }
  publish();
  return kind;
}

bool edge_host::sign(std::size_t size, unix_milliseconds now) {
  const auto what = read_signing(inbox_text(0, size));
  const auto made = edge_ != nullptr && what ? edge_->sign(what->order, what->place, what->turn, now, entropy_)
                                             : result<gate::signed_request>(reason::internal);
  // The private key of a channel may have been made of it.
  crypto::wipe(entropy_);
  if (made.ok()) {
    write_signed(*made, answer_);
    publish();
  } else {
    write_failure(made.error());
  }
  return made.ok();
}

void edge_host::answered(std::size_t size, unix_milliseconds now) {
  auto rest = inbox_text(0, size);
  const int status = encoding::take_number<int>(rest).value_or(0);
  const auto field = encoding::take_line(rest);
  gate::channel_news news;
  if (edge_ != nullptr) {
    news = status == 0 ? edge_->unanswered(rest, now) : edge_->answered(rest, status, field, now);
  }
  write_news(news, answer_);
  publish();
}

bool edge_host::supply_keys(std::size_t head_size, std::size_t body_size, unix_milliseconds now) {
  const auto keys = read_supplied_keys(inbox_text(0, head_size), inbox_text(head_size, body_size));
  const bool possible = edge_ != nullptr && keys;
  const auto taken =
      possible ? edge_->supply_keys(keys->request, keys->response, now) : result<std::string>(reason::internal);
  if (!taken.ok()) {
    write_failure(taken.error());
  } else {
    answer_ = *taken;
    publish();
  }
  return taken.ok();
}

void edge_host::refusal(std::size_t size, unix_milliseconds now) {
  auto rest = inbox_text(0, size);
  gate::refuse refusal;
  refusal.why = reason_named(encoding::take_line(rest));
  refusal.request_id = encoding::take_line(rest);
  refusal.detail = encoding::take_line(rest);
  if (refusal.request_id.empty()) {
    refusal.request_id = encoding::encode_base64url(bytes_view(entropy_).first(request_id_bytes));
  }
  audit::record record;
  record.time = now;
  record.why = refusal.why;
  record.detail = refusal.detail;
  record.id = refusal.request_id;
  write_refusal(refusal, audit::line(record), answer_);
  publish();
}

void edge_host::ended(std::size_t size, unix_milliseconds now) {
  auto what = read_ended(inbox_text(0, size));
  what.time = now;
  answer_ = audit::line(what);
  publish();
}

void edge_host::write_failure(const result<void>& ended) {
  answer_.clear();
  if (!ended.ok()) answer_.append(name_of(ended.why())).append("\n").append(ended.error().detail);
  publish();
}

std::string_view edge_host::inbox_text(std::size_t from, std::size_t size) const {
  if (from > inbox_.size() || size > inbox_.size() - from) return {};
  return as_text(inbox_).substr(from, size);
}

void edge_host::publish() {
  mailbox_.answer = answer_.data();
  mailbox_.answer_bytes = answer_.size();
}

}  // namespace sallyport::wasm
