#include "sim/fleet/spot/spot_fit.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/yaml_reader.hpp"

namespace sim {

namespace {

using core::QuantilePoint;

// Every twentieth, and one more where the longest spans are.
constexpr std::size_t grid_steps = 40;

// Straight lines between order statistics, each at the middle of its n-th part, and flat beyond the outermost.
double quantile_of(const std::vector<std::int64_t>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size()) - 0.5;
  if (place <= 0) { return static_cast<double>(sorted.front()); }
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) { return static_cast<double>(sorted.back()); }
  const auto low = static_cast<double>(sorted[below]);
  return low + (static_cast<double>(sorted[below + 1]) - low) * (place - static_cast<double>(below));
}

double mean_of(const std::vector<QuantilePoint>& points) {
  double mean = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    mean += (points[i].quantile - points[i - 1].quantile) * (points[i].value + points[i - 1].value) / 2;
  }
  return mean;
}

std::vector<QuantilePoint> table_of(std::vector<std::int64_t> spans_ns, double mean_ns) {
  std::sort(spans_ns.begin(), spans_ns.end());
  std::vector<QuantilePoint> points;
  for (std::size_t i = 0; i <= grid_steps; ++i) {
    const bool is_coarse = i < grid_steps - 1 && i % 2 == 1;
    if (is_coarse) { continue; }
    const double share = static_cast<double>(i) / static_cast<double>(grid_steps);
    points.push_back({.quantile = share, .value = quantile_of(spans_ns, share)});
  }
  const double factor = mean_ns / mean_of(points);
  for (QuantilePoint& point : points) { point.value *= factor; }
  return points;
}

constexpr core::Duration longest = std::chrono::hours{24 * 3653};

DwellTime read_dwell(const core::Section& table, std::string_view key) {
  const std::vector<std::vector<double>> rows =
      table.rows(key, 2, {.min = 0, .max = core::to_seconds(longest), .unit = "s"});
  std::vector<QuantilePoint> points;
  points.reserve(rows.size());
  for (const std::vector<double>& row : rows) {
    points.push_back({.quantile = row[0], .value = row[1] * static_cast<double>(core::ns_per_second)});
  }
  // A span that a moment falls into is found by rejection (DwellTime::draw_rest), in longest ÷ mean draws.
  constexpr double most_means = 1000;
  try {
    DwellTime time = DwellTime::table(points);
    if (points.back().value > most_means * time.mean_ns()) {
      throw table.error(key, "a longest time of more than 1000 means", "how long the zone stays so, in seconds");
    }
    if (time.mean_ns() >= static_cast<double>(core::ns_per_second)) { return time; }
  } catch (const std::invalid_argument& error) {
    throw table.error(key, error.what(), "[share, seconds] pairs from share 0 to share 1, never falling");
  }
  throw table.error(key, "a mean of less than a second", "how long the zone stays so, in seconds");
}

}  // namespace

SpotFit fit_spot(const SpotTrace& trace) {
  std::vector<std::int64_t> up_ns;
  std::vector<std::int64_t> down_ns;
  std::int64_t up_total_ns = 0;
  SpotFit fit;
  for (std::size_t i = 0; i < trace.up.size(); ++i) {
    const SpotTrace::Span& span = trace.up[i];
    up_total_ns += span.end_ns - span.begin_ns;
    if (span.end_ns < trace.length_ns) { ++fit.interruptions; }
    if (span.begin_ns > 0 && span.end_ns < trace.length_ns) { up_ns.push_back(span.end_ns - span.begin_ns); }
    if (i > 0) { down_ns.push_back(span.begin_ns - trace.up[i - 1].end_ns); }
  }
  if (up_ns.empty() || down_ns.empty()) {
    throw std::invalid_argument{"a trace without a whole span up and a whole one down"};
  }
  const auto interruptions = static_cast<double>(fit.interruptions);
  const auto up_total = static_cast<double>(up_total_ns);
  const auto length = static_cast<double>(trace.length_ns);
  fit.availability = up_total / length;
  fit.interruptions_per_up_hour = interruptions * static_cast<double>(core::ns_per_hour) / up_total;
  fit.up_ns = table_of(std::move(up_ns), up_total / interruptions);
  fit.down_ns = table_of(std::move(down_ns), (length - up_total) / interruptions);
  return fit;
}

SpotTable read_spot_table(std::string_view name, std::string_view text) {
  const core::Document document{std::string{name}, text};
  const core::Section table = document.root();
  table.choice("schema", {"spot-zone/v1"});
  const std::string origin = table.text("origin");
  const std::string date = table.text("date");
  for (const char* const note : {"instance", "zone", "repository", "path", "commit", "licence", "method", "tick"}) {
    if (table.has(note)) { table.text(note); }
  }
  for (const char* const figure : {"availability", "interruptions", "interruptions_per_up_hour"}) {
    if (table.has(figure)) { table.number(figure, {.min = 0}); }
  }
  SpotTable result{.times = {read_dwell(table, "up"), read_dwell(table, "down")},
                   .measured = fmt::format("measured: {}, {}", origin, date)};
  document.finish();
  return result;
}

}  // namespace sim
