// The thread beside the sender: draws the plan ahead of it and writes down what it saw.
//
// The sender must never wait for a file or for a thousand random numbers, so that it only ever swaps pointers: an empty
// batch for a full one, a full window for an empty one. When the clerk is behind, the sender goes on with the window it
// has (the interval then is longer than a second) and, without a next batch, is late, which its schedule error shows.
// The clerk runs at a lower priority: on a core that both share, a due request comes first.
//
// Example:
//   Clerk clerk{work, http_metrics};
//   if (PlanBatch* batch = clerk.next_batch()) { …; clerk.done_with(batch); }
//   if (Window* fresh = clerk.exchange(window)) window = fresh;
//   clerk.finish(window);      // the last one; rethrows what went wrong in the clerk
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <thread>

#include <semaphore.h>

#include "loadgen/handover.hpp"
#include "loadgen/load_plan.hpp"
#include "loadgen/window.hpp"

namespace loadgen {

struct PlanBatch {
  static constexpr std::size_t capacity = 2048;
  std::size_t count = 0;  // 0: the plan is over
  std::array<PlannedRequest, capacity> requests;
};

struct ClerkWork {
  std::function<std::size_t(std::span<PlannedRequest>)> plan;  // none: there is no plan
  std::function<void(const Window&)> keep;
};

class Clerk {
 public:
  Clerk(ClerkWork work, std::initializer_list<Metric> metrics);
  ~Clerk();
  Clerk(const Clerk&) = delete;
  Clerk& operator=(const Clerk&) = delete;

  // For the sender; neither waits.
  PlanBatch* next_batch() { return full_batches_.take(); }
  void done_with(PlanBatch* batch) {
    empty_batches_.give(batch);
    ::sem_post(&wake_);
  }
  Window* first_window() { return windows_[0].get(); }
  Window* exchange(Window* full);
  bool failed() const { return failed_.load(std::memory_order_relaxed); }

  // Waits until everything is written.
  void finish(Window* last);

 private:
  static constexpr std::size_t batch_count = 3;
  void work_until_told();

  ClerkWork work_;
  std::array<std::unique_ptr<PlanBatch>, batch_count> batches_;
  std::array<std::unique_ptr<Window>, 2> windows_;
  Handover<PlanBatch, batch_count> empty_batches_;
  Handover<PlanBatch, batch_count> full_batches_;
  Handover<Window, 2> full_windows_;
  Handover<Window, 2> empty_windows_;
  sem_t wake_{};
  std::atomic<bool> stop_{false};
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
  std::thread thread_;  // last: it starts with everything above in place
};

}  // namespace loadgen
