// "31 % of 744 hours, 12 s to go" on the error stream, over and over on one line; only where a terminal reads it.
#pragma once

#include <chrono>
#include <string>

#include "cli/console.hpp"
#include "cli/pipeline.hpp"
#include "core/time.hpp"

namespace cli {

class Progress {
 public:
  Progress(const Console& console, core::Duration horizon, bool quiet);
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // What the pipeline calls; empty when nobody watches. Valid as long as this.
  ProgressReport reporter();

 private:
  void show(std::int64_t simulated_ns);

  const Console& console_;
  core::Duration horizon_;
  bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// `elapsed`: wall time so far. Without a guess of what is left while there is nothing to guess from.
std::string progress_words(core::Duration simulated, core::Duration horizon, core::Duration elapsed);

}  // namespace cli
