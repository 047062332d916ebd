#include "loadgen/load_test.hpp"

#include "loadgen/measurement.hpp"
#include "loadgen/recorder.hpp"

namespace loadgen {
namespace {

// Sums up for who watches.
class Watch {
 public:
  explicit Watch(const SenderConfig& config) : length_{config.length}, is_closed_loop_{config.concurrency > 0} {}

  LiveWindow add(const Window& window) {
    const SecondCounts& counts = window.counts;
    const core::Histogram& times = window.of(Metric::response_time);
    LiveWindow live;
    live.elapsed = counts.start + counts.length;
    live.length = length_;
    live.asked_per_s = is_closed_loop_ ? 0 : per_s(counts.due, counts.length);
    live.reached_per_s = per_s(counts.sent, counts.length);
    live.window_answered = counts.ended.answered();
    live.p50_ns = times.value_at_quantile(0.5);
    live.p99_ns = times.value_at_quantile(0.99);
    live.in_flight = counts.in_flight;
    live.connections = counts.connections;
    ended_ += counts.ended;
    due_ += counts.due;
    live.waiting = due_ - ended_.planned() - counts.in_flight;
    live.answered = ended_.answered();
    live.failed = ended_.failed();
    live.dropped = ended_[Outcome::dropped];
    return live;
  }

 private:
  core::Duration length_;
  bool is_closed_loop_;
  OutcomeCounts ended_;
  std::int64_t due_ = 0;
};

}  // namespace

SenderEnd run_load_test(const LoadTestConfig& config, const Target& target, const TlsContext* tls,
                        const RequestTemplate& request, const std::function<void(const LiveWindow&)>& watch,
                        const std::atomic<bool>& interrupt) {
  Recorder recorder{config.folder, config.start_since_epoch};
  Watch sums{config.sender};
  std::optional<LoadPlan> plan;
  if (config.plan) plan.emplace(*config.plan);
  ClerkWork work;
  if (plan) work.plan = [&](std::span<PlannedRequest> requests) { return plan->take(requests); };
  work.keep = [&](const Window& window) {
    recorder.keep(window);
    if (watch) watch(sums.add(window));
  };
  Clerk clerk{std::move(work), config.sender.rules.api ? stream_metrics : http_metrics};
  return send_all(config.sender, target, tls, request, clerk, interrupt);
}

}  // namespace loadgen
