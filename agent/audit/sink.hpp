// Where audit lines go: threads put them into memory, one writer carries them out, in order for each thread.
//
// No io thread ever waits for whoever reads the lines. When nobody does and the memory for them is used up, the sink
// says so, and nothing is served any more that could not be recorded.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/result.hpp"

namespace sallyport::agent::audit {

class sink {
 public:
  /// One thread's way in.
  class entry {
   public:
    /// Takes a line without its line feed.
    void write(std::string_view line);

   private:
    friend class sink;
    explicit entry(sink& owner) : owner_(owner) {}
    sink& owner_;
    std::mutex lock_;
    std::string lines_;
  };

  /// `output`: "stdout", "stderr", or a file that is created with mode 0600 and appended to.
  /// Reasons: config_invalid (the file cannot be opened).
  static result<std::unique_ptr<sink>> open(const std::string& output);
  /// Writes what is left, as far as it is taken at once.
  ~sink();
  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;

  /// For one thread; lives as long as the sink.
  entry& make_entry();
  /// Whether lines are being taken; false: refuse requests with audit_blocked.
  bool takes_lines() const { return waiting_.load(std::memory_order_relaxed) < max_waiting_bytes; }
  std::size_t waiting_bytes() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t max_waiting_bytes = std::size_t{16} << 20;

  sink(int descriptor, bool owned);
  void run();
  bool stopping_after(std::chrono::milliseconds pause);
  void collect();
  void carry_out(int patience_ms);
  void note_trouble(int problem);
  bool ready(int patience_ms) const;

  int descriptor_;
  bool owned_;
  /// Bytes that one write can take without waiting, when the descriptor is ready.
  std::size_t write_bytes_;
  /// The writer's own: collected and not written yet.
  std::string pending_;
  std::mutex lock_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<entry>> entries_;
  std::atomic<std::size_t> waiting_{0};
  unsigned rounds_behind_ = 0;
  bool in_trouble_ = false;
  bool stopping_ = false;
  std::thread writer_;
};

}  // namespace sallyport::agent::audit
