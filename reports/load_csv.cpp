#include "reports/load_csv.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "reports/csv.hpp"

namespace reports {
namespace {

void append_rows(std::string& csv, std::string_view part, const std::vector<loadgen::LatencyRow>& rows) {
  for (const loadgen::LatencyRow& r : rows) {
    append_csv_record(
        csv, {std::string{part}, csv_text(r.metric), fmt::to_string(r.count), fmt::to_string(r.mean_ns),
              fmt::to_string(r.p50_ns), fmt::to_string(r.p90_ns), fmt::to_string(r.p95_ns), fmt::to_string(r.p99_ns),
              fmt::to_string(r.p999_ns), fmt::to_string(r.max_ns), fmt::to_string(r.highest_claimed)});
  }
}

}  // namespace

std::string to_csv(const loadgen::LoadSummary& summary) {
  std::string csv;
  append_csv_record(csv, {"part", "metric", "count", "mean_ns", "p50_ns", "p90_ns", "p95_ns", "p99_ns", "p999_ns",
                          "max_ns", "highest_claimed"});
  append_rows(csv, "whole", summary.latencies);
  append_rows(csv, "steady", summary.steady_latencies);
  return csv;
}

}  // namespace reports
