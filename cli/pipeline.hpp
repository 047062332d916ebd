// Simulates on several threads, with the same result as on one.
//
//  * `Stages`        what is done with each block of requests
//  * `run_pipeline`  does it, on as many threads as asked for
//
// Block n is drawn after block n−1, passes the cache after block n−1, and is served by option k after block n−1 was
// served by option k; nothing else orders the work, and no stage sees another's state. So the blocks in flight (a
// ring of 16) are spread over the threads however it fits, and the result cannot depend on it. The cache comes
// first, for it is the longest chain that one thread at a time can work on, then the option that lags most, then new
// requests.
//
// Example:
//   const Stages stages{.produce = [&](Block& b) { return simulation.produce(b); }, …};
//   const PipelineEnd end = run_pipeline(stages, 4, interrupted);
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/traffic/block.hpp"

namespace cli {

struct Stages {
  std::function<bool(core::traffic::Block&)> produce;  // false: there are no more requests
  std::function<void(core::traffic::Block&)> look_up;  // the cache's turn
  std::size_t option_count = 0;                        // at least 1
  std::function<void(std::size_t, const core::traffic::Block&)> serve;
};

struct PipelineEnd {
  bool interrupted = false;      // stopped before the requests ended
  std::int32_t whole_hours = 0;  // when interrupted: hours whose requests were all served
  std::int64_t requests = 0;
};

// Called about five times a second on the calling thread with the simulated time reached.
using ProgressReport = std::function<void(std::int64_t simulated_ns)>;

// Stops at the next full hour of the simulation when `interrupt` becomes true: every option has then met the very
// same requests. An exception of a stage ends the run and is thrown again here.
PipelineEnd run_pipeline(const Stages& stages, std::size_t threads, const std::atomic<bool>& interrupt,
                         const ProgressReport& progress = {});

}  // namespace cli
