// Writes a recording's files, an interval at a time (loadgen/measurement.hpp shows the folder).
//
// Every interval is on the disk before the next begins: whatever happens to the run, what was measured is kept.
#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "core/time.hpp"
#include "loadgen/window.hpp"

namespace loadgen {

class Recorder {
 public:
  // `folder` exists and is empty. Throws core::ConfigError when a file cannot be written.
  Recorder(std::filesystem::path folder, core::Duration start_since_epoch);
  void keep(const Window& window);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;

  File create(const std::string& name) const;
  void write(File& file, const std::string& name, std::string_view text) const;
  void keep_histogram(Metric metric, std::string_view tag, const core::Histogram& histogram, const SecondCounts& when);

  std::filesystem::path folder_;
  core::Duration start_;
  File outcomes_;
  std::array<File, metric_count> logs_;
};

}  // namespace loadgen
