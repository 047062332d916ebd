#include "loadgen/clerk.hpp"

#include <csignal>

#include <sys/resource.h>
#include <unistd.h>

namespace loadgen {

Clerk::Clerk(ClerkWork work, std::initializer_list<Metric> metrics) : work_{std::move(work)} {
  ::sem_init(&wake_, 0, 0);
  for (auto& window : windows_) window = std::make_unique<Window>(metrics);
  empty_windows_.give(windows_[1].get());
  if (work_.plan) {
    for (auto& batch : batches_) {
      batch = std::make_unique<PlanBatch>();
      empty_batches_.give(batch.get());
    }
  }
  // Signals are for the sender: they end its wait.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread{[this] { work_until_told(); }};
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Clerk::~Clerk() {
  stop_ = true;
  ::sem_post(&wake_);
  if (thread_.joinable()) thread_.join();
  ::sem_destroy(&wake_);
}

Window* Clerk::exchange(Window* full) {
  Window* empty = empty_windows_.take();
  if (empty == nullptr) return nullptr;
  full_windows_.give(full);
  ::sem_post(&wake_);
  return empty;
}

void Clerk::finish(Window* last) {
  stop_ = true;
  ::sem_post(&wake_);
  thread_.join();
  if (error_) std::rethrow_exception(error_);
  work_.keep(*last);
}

void Clerk::work_until_told() {
  constexpr int lower_priority = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lower_priority);
  try {
    for (;;) {
      const bool last_round = stop_;
      while (PlanBatch* batch = empty_batches_.take()) {
        batch->count = work_.plan(batch->requests);
        full_batches_.give(batch);
      }
      while (Window* window = full_windows_.take()) {
        work_.keep(*window);
        window->clear();
        empty_windows_.give(window);
      }
      if (last_round) return;
      while (::sem_wait(&wake_) != 0) {}  // interrupted
    }
  } catch (...) {
    error_ = std::current_exception();
    failed_ = true;
  }
}

}  // namespace loadgen
