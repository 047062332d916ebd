// One load test, from plan to recording: the sender on this thread, the clerk beside it.
//
// Example:
//   const SenderEnd end = run_load_test(config, target, nullptr, request, watch, interrupt);
//   const LoadSummary summary = summarize(read_file_of(config.folder), facts, end, {});
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>

#include "loadgen/live_window.hpp"
#include "loadgen/load_plan.hpp"
#include "loadgen/sender.hpp"

namespace loadgen {

struct LoadTestConfig {
  // Of a closed loop: where its requests' contents come from; they are all alike without one.
  std::optional<LoadPlanConfig> plan{};
  SenderConfig sender{};
  std::filesystem::path folder{};  // of the recording; it exists
  core::Duration start_since_epoch{};
};

// `watch` is called once a second, by another thread. Throws as `send_all` and `Recorder` do; what was recorded until
// then is kept.
SenderEnd run_load_test(const LoadTestConfig& config, const Target& target, const TlsContext* tls,
                        const RequestTemplate& request, const std::function<void(const LiveWindow&)>& watch,
                        const std::atomic<bool>& interrupt);

}  // namespace loadgen
