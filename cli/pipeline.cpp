#include "cli/pipeline.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace cli {
namespace {

using core::traffic::Block;
using namespace std::chrono_literals;

constexpr std::int64_t ring_size = 16;

class Pipeline {
 public:
  Pipeline(const Stages& stages, const std::atomic<bool>& interrupt)
      : stages_{stages},
        interrupt_{interrupt},
        served_(stages.option_count, 0),
        serving_(stages.option_count, 0),
        ring_(static_cast<std::size_t>(ring_size)) {
    for (auto& block : ring_) block = std::make_unique<Block>();
  }

  PipelineEnd run(std::size_t threads, const ProgressReport& progress) {
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < threads; ++i) workers.emplace_back([this] { work(); });
    {
      std::unique_lock lock{mutex_};
      while (!finished()) {
        all_done_.wait_for(lock, 200ms, [this] { return finished(); });
        if (!progress) continue;
        const std::int64_t reached_ns = reached_ns_;
        lock.unlock();  // a slow terminal must not hold up the work
        progress(reached_ns);
        lock.lock();
      }
    }
    for (std::thread& worker : workers) worker.join();
    if (failure_) std::rethrow_exception(failure_);
    return end_;
  }

 private:
  enum class Stage { produce, look_up, serve };
  struct Unit {
    Stage stage;
    std::int64_t number;     // of the block
    std::size_t option = 0;  // that serves it
  };

  bool finished() const {
    if (failure_) return true;
    return ended_ && looked_up_ == produced_ &&
           std::all_of(served_.begin(), served_.end(), [this](std::int64_t n) { return n == produced_; });
  }

  // The unit to do next, marked as being done; the caller holds the lock.
  std::optional<Unit> take() {
    if (!looking_up_ && looked_up_ < produced_) {
      looking_up_ = true;
      return Unit{Stage::look_up, looked_up_};
    }
    std::optional<std::size_t> lagging;
    for (std::size_t k = 0; k < served_.size(); ++k) {
      if (serving_[k] != 0 || served_[k] == looked_up_) continue;
      if (!lagging || served_[k] < served_[*lagging]) lagging = k;
    }
    if (lagging) {
      serving_[*lagging] = 1;
      return Unit{Stage::serve, served_[*lagging], *lagging};
    }
    const std::int64_t slowest = *std::min_element(served_.begin(), served_.end());
    if (!ended_ && !producing_ && produced_ < slowest + ring_size) {
      producing_ = true;
      return Unit{Stage::produce, produced_};
    }
    return std::nullopt;
  }

  void work() {
    std::unique_lock lock{mutex_};
    while (true) {
      std::optional<Unit> unit;
      changed_.wait(lock, [&] { return finished() || (unit = take()).has_value(); });
      if (!unit) return;
      lock.unlock();
      std::exception_ptr failure;
      bool more = true;
      try {
        more = do_unit(*unit);
      } catch (...) { failure = std::current_exception(); }
      lock.lock();
      if (failure && !failure_) failure_ = failure;
      done(*unit, more);
      changed_.notify_all();
      if (finished()) all_done_.notify_one();
    }
  }

  // False: there was no such block, the requests have ended.
  bool do_unit(const Unit& unit) {
    Block& block = *ring_[static_cast<std::size_t>(unit.number % ring_size)];
    switch (unit.stage) {
      case Stage::produce:
        return stages_.produce(block);
      case Stage::look_up:
        stages_.look_up(block);
        break;
      case Stage::serve:
        stages_.serve(unit.option, block);
        break;
    }
    return true;
  }

  void done(const Unit& unit, bool more) {
    switch (unit.stage) {
      case Stage::produce:
        producing_ = false;
        if (more) enter(*ring_[static_cast<std::size_t>(unit.number % ring_size)]);
        else ended_ = true;
        break;
      case Stage::look_up:
        looking_up_ = false;
        ++looked_up_;
        break;
      case Stage::serve:
        serving_[unit.option] = 0;
        ++served_[unit.option];
        break;
    }
  }

  // Counts a new block in, unless it is the first of an hour that will not be simulated any more.
  void enter(const Block& block) {
    if (block.hour != hour_ && interrupt_.load(std::memory_order_relaxed)) {
      ended_ = true;
      end_.interrupted = true;
      end_.whole_hours = block.hour;
      return;
    }
    hour_ = block.hour;
    ++produced_;
    end_.requests += static_cast<std::int64_t>(block.count);
    if (block.count > 0) reached_ns_ = block.arrival_ns[block.count - 1];
  }

  const Stages& stages_;
  const std::atomic<bool>& interrupt_;
  std::mutex mutex_;  // guards everything below but the blocks, each of which belongs to the unit that works on it
  std::condition_variable changed_;   // for the workers
  std::condition_variable all_done_;  // for the calling thread, which need not wake up for every unit
  std::int64_t produced_ = 0;         // blocks that each stage is done with
  std::int64_t looked_up_ = 0;
  std::vector<std::int64_t> served_;
  bool producing_ = false;
  bool looking_up_ = false;
  std::vector<char> serving_;
  bool ended_ = false;
  std::int32_t hour_ = -1;
  std::int64_t reached_ns_ = 0;
  PipelineEnd end_;
  std::exception_ptr failure_;
  std::vector<std::unique_ptr<Block>> ring_;
};

}  // namespace

PipelineEnd run_pipeline(const Stages& stages, std::size_t threads, const std::atomic<bool>& interrupt,
                         const ProgressReport& progress) {
  assert(stages.option_count > 0);  // the reader of scenarios sees to it
  return Pipeline{stages, interrupt}.run(std::max<std::size_t>(threads, 1), progress);
}

}  // namespace cli
