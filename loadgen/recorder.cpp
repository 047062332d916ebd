#include "loadgen/recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/histogram_log.hpp"
#include "core/yaml_reader.hpp"

namespace loadgen {
namespace {

std::string file_name(Metric metric) { return fmt::format("{}.hlog", name_of(metric)); }

}  // namespace

Recorder::Recorder(std::filesystem::path folder, core::Duration start_since_epoch)
    : folder_{std::move(folder)}, start_{start_since_epoch}, outcomes_{create("outcomes.csv")} {
  write(outcomes_, "outcomes.csv", outcomes_header());
}

Recorder::File Recorder::create(const std::string& name) const {
  const std::filesystem::path path = folder_ / name;
  File file{std::fopen(path.c_str(), "wb")};
  if (!file) throw core::ConfigError{fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno))};
  return file;
}

void Recorder::write(File& file, const std::string& name, std::string_view text) const {
  if (std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0) return;
  throw core::ConfigError{fmt::format("cannot write '{}': {}", (folder_ / name).string(), std::strerror(errno))};
}

void Recorder::keep_histogram(Metric metric, std::string_view tag, const core::Histogram& histogram,
                              const SecondCounts& when) {
  const auto counts = histogram.counts();
  const bool is_empty = std::all_of(counts.begin(), counts.end(), [](std::int64_t n) { return n == 0; });
  if (is_empty) return;
  File& file = logs_[static_cast<std::size_t>(metric)];
  const std::string name = file_name(metric);
  if (!file) {
    file = create(name);
    write(file, name, core::histogram_log_header({.start_time = start_, .base_time = start_}));
  }
  write(file, name,
        core::histogram_log_line(
            {.start = when.start, .length = when.length, .tag = std::string{tag}, .histogram = histogram}));
}

void Recorder::keep(const Window& window) {
  for (std::size_t i = 0; i < metric_count; ++i) {
    const auto metric = static_cast<Metric>(i);
    keep_histogram(metric, "", window.of(metric), window.counts);
    if (metric != Metric::response_time && metric != Metric::service_time) continue;
    for (std::size_t k = 0; k < outcome_count; ++k) {
      const auto outcome = static_cast<Outcome>(k);
      if (const core::Histogram* times = window.other(metric, outcome))
        keep_histogram(metric, name_of(outcome), *times, window.counts);
    }
  }
  write(outcomes_, "outcomes.csv", outcomes_line(window.counts));
}

}  // namespace loadgen
