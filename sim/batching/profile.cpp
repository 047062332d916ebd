#include "sim/batching/profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"

namespace sim {

namespace {

using core::Section;

constexpr double longest_ps = 100e12;  // of anything in one iteration: 100 s; a slip, and the sums' safety
constexpr std::int64_t most_tokens = 1 << 20;
constexpr std::int64_t most_cells = 1 << 22;  // 32 MiB of a table
constexpr std::int64_t cell_tokens = 64;

struct Unit {
  std::string name;
  double ps;
};

Unit read_unit(const Section& profile) {
  const std::vector<Unit> units{{"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}};
  return units[profile.choice("unit", {"ns", "us", "ms", "s"})];
}

// A time in the table's unit: 0 to 100 s.
core::NumberRule time_rule(const Unit& unit) { return {.min = 0, .max = longest_ps / unit.ps, .unit = unit.name}; }

void check_grows(const Section& section, std::string_view key, const std::vector<double>& axis) {
  for (std::size_t i = 1; i < axis.size(); ++i) {
    if (axis[i] > axis[i - 1]) continue;
    throw section.error(key, fmt::format("{} after {}", axis[i], axis[i - 1]), "numbers that grow");
  }
}

std::vector<double> read_axis(const Section& section, std::string_view key, double first) {
  std::vector<double> axis;
  for (const std::int64_t value : section.integers(key, {.min = 0, .max = most_tokens, .unit = "tokens"})) {
    axis.push_back(static_cast<double>(value));
  }
  if (axis.empty()) throw section.error(key, "an empty list", "at least one number");
  if (axis.front() != first) {
    throw section.error(key, fmt::format("a first entry of {}", axis.front()), fmt::format("one of {}", first));
  }
  check_grows(section, key, axis);
  return axis;
}

// Where `x` lies on an axis: a share of the way from one point to the next; at the last point beyond it.
struct Place {
  std::size_t from;
  std::size_t to;
  double share;
};

Place place_of(double x, const std::vector<double>& axis) {
  const auto above = std::upper_bound(axis.begin(), axis.end(), x);
  const auto i = static_cast<std::size_t>(above - axis.begin());
  if (above == axis.end()) return {i - 1, i - 1, 0};
  return {i - 1, i, (x - axis[i - 1]) / (axis[i] - axis[i - 1])};
}

double between(const std::vector<double>& values, const Place& at) {
  return values[at.from] + at.share * (values[at.to] - values[at.from]);
}

// `times` of a grid as its axes say.
std::vector<std::vector<double>> read_times(const Section& grid, std::size_t rows, std::size_t columns,
                                            const Unit& unit) {
  std::vector<std::vector<double>> times = grid.rows("times", columns, time_rule(unit));
  if (times.size() != rows) {
    throw grid.error("times", fmt::format("{} lists", times.size()),
                     fmt::format("{}, one for each entry of the first axis: no cell may be missing", rows));
  }
  for (std::vector<double>& row : times) {
    for (double& time : row) time *= unit.ps;
  }
  return times;
}

// The grid's values at every point of `rows` × `columns`.
std::vector<std::int64_t> fill(const std::vector<double>& first, const std::vector<double>& second,
                               const std::vector<std::vector<double>>& times, const std::vector<double>& rows,
                               const std::vector<double>& columns) {
  std::vector<Place> places;
  places.reserve(columns.size());
  for (const double column : columns) places.push_back(place_of(column, second));
  std::vector<std::int64_t> table;
  table.reserve(rows.size() * columns.size());
  for (const double row : rows) {
    const Place at = place_of(row, first);
    for (const Place& place : places) {
      const double from = between(times[at.from], place);
      table.push_back(std::llround(from + at.share * (between(times[at.to], place) - from)));
    }
  }
  return table;
}

// first, first + step, …: as many as are needed to reach `last`.
std::vector<double> steps(double first, double step, double last) {
  std::vector<double> points{first};
  while (points.back() < last) points.push_back(points.back() + step);
  return points;
}

void check_size(const Section& grid, double rows, double columns) {
  if (rows * columns <= static_cast<double>(most_cells)) return;
  throw grid.error("times", fmt::format("a grid that spans {} × {} cells", rows, columns),
                   fmt::format("at most {} cells", most_cells));
}

struct Reach {
  std::int64_t batch = std::numeric_limits<std::int64_t>::max();
  std::int64_t context = most_tokens;
};

AttentionTables read_tables(const Section& section, const Unit& unit, Reach& reach) {
  AttentionTables tables;
  const Section decode = section.section("decode");
  const std::vector<double> batches = read_axis(decode, "batches", 1);
  const std::vector<double> contexts = read_axis(decode, "contexts", 0);
  const std::vector<double> batch_steps = steps(1, 1, batches.back());
  const std::vector<double> context_steps = steps(0, cell_tokens, contexts.back());
  check_size(decode, batches.back(), static_cast<double>(context_steps.size()));
  tables.decode_ps =
      fill(batches, contexts, read_times(decode, batches.size(), contexts.size(), unit), batch_steps, context_steps);
  tables.decode_batches = static_cast<std::uint32_t>(batch_steps.size());
  tables.decode_columns = static_cast<std::uint32_t>(context_steps.size());

  const Section prefill = section.section("prefill");
  const std::vector<double> before = read_axis(prefill, "contexts", 0);
  const std::vector<double> chunks = read_axis(prefill, "chunks", 1);
  const std::vector<double> before_steps = steps(0, cell_tokens, before.back());
  const std::vector<double> chunk_steps = steps(0, 1, chunks.back());
  check_size(prefill, static_cast<double>(before_steps.size()), chunks.back());
  std::vector<double> chunk_axis = chunks;
  std::vector<std::vector<double>> times = read_times(prefill, before.size(), chunks.size(), unit);
  chunk_axis.insert(chunk_axis.begin(), 0);  // column 0, which no iteration asks for
  for (std::vector<double>& row : times) row.insert(row.begin(), row.front());
  tables.prefill_ps = fill(before, chunk_axis, times, before_steps, chunk_steps);
  tables.prefill_rows = static_cast<std::uint32_t>(before_steps.size());
  tables.prefill_columns = static_cast<std::uint32_t>(chunk_steps.size());

  if (const auto overhead = section.optional_section("group_overhead")) {
    const auto millionths = [&](std::string_view key) {
      return std::llround(1e6 * overhead->share(key, {.min = 0, .max = 10}));
    };
    tables.decode_group_overhead_ppm = millionths("decode");
    tables.prefill_group_overhead_ppm = millionths("prefill");
  }
  reach.batch = static_cast<std::int64_t>(batches.back());
  reach.context = static_cast<std::int64_t>(std::min(contexts.back(), before.back() + chunks.back()));
  return tables;
}

LinearAttention read_linear(const Section& section, const Unit& unit) {
  const auto ps = [&](const Section& part, std::string_view key) {
    return std::llround(part.number(key, time_rule(unit)) * unit.ps);
  };
  LinearAttention attention;
  const Section decode = section.section("decode");
  attention.decode_base_ps = ps(decode, "base");
  attention.decode_per_sequence_ps = ps(decode, "per_sequence");
  attention.decode_per_token_ps = ps(decode, "per_token");
  const Section prefill = section.section("prefill");
  attention.prefill_base_ps = ps(prefill, "base");
  attention.prefill_per_pair_fs = std::llround(prefill.number("per_pair", time_rule(unit)) * unit.ps * 1e3);
  return attention;
}

// The time of every total of tokens up to the last one in the table.
std::vector<std::int64_t> read_linear_part(const Section& profile, const Unit& unit) {
  std::vector<double> totals;
  std::vector<double> times;
  for (const std::vector<double>& row : profile.rows("tokens", 2)) {
    if (!(row[0] >= 1 && row[0] <= static_cast<double>(most_tokens)) || row[0] != std::floor(row[0])) {
      throw profile.error("tokens", fmt::format("{} tokens", row[0]),
                          fmt::format("whole numbers of tokens from 1 to {}", most_tokens));
    }
    totals.push_back(row[0]);
    times.push_back(row[1] * unit.ps);
    if (!(times.back() >= 1 && times.back() <= longest_ps)) {
      throw profile.error("tokens", fmt::format("a time of {} {}", row[1], unit.name), "times above 0, at most 100 s");
    }
  }
  if (totals.front() != 1) {
    throw profile.error("tokens", fmt::format("a first entry of {} tokens", totals.front()),
                        "one of 1 token: [[1, time], …]");
  }
  check_grows(profile, "tokens", totals);
  std::vector<std::int64_t> linear_ps{0};
  for (double total = 1; total <= std::max(totals.back(), 2.0); ++total) {
    linear_ps.push_back(std::llround(between(times, place_of(total, totals))));
  }
  return linear_ps;
}

}  // namespace

ServingProfile read_serving_profile(std::string_view name, std::string_view text) {
  const core::Document document{std::string{name}, text};
  const Section profile = document.root();
  profile.choice("schema", {"serving-profile/v1"});
  const std::string origin = profile.text("origin");
  const std::string date = profile.text("date");
  for (const char* const note : {"licence", "method", "model", "gpu", "assumption"}) {
    if (profile.has(note)) profile.text(note);
  }
  const Unit unit = read_unit(profile);
  std::vector<std::int64_t> linear_ps = read_linear_part(profile, unit);
  const bool has_tables = profile.has("attention_tables");
  if (has_tables == profile.has("attention")) {
    throw profile.error("attention", has_tables ? "both attention and attention_tables" : "neither of them",
                        "attention or attention_tables");
  }
  Reach reach;
  IterationCost cost =
      has_tables ? IterationCost{std::move(linear_ps), read_tables(profile.section("attention_tables"), unit, reach)}
                 : IterationCost{std::move(linear_ps), read_linear(profile.section("attention"), unit)};
  const std::int64_t gpus =
      profile.integer("gpus", {.min = 1, .max = 1024, .unit = "GPUs", .fallback = 1, .why = "one GPU a replica"});
  const std::int64_t kv_tokens =
      profile.integer("kv_tokens", {.min = 1, .max = std::int64_t{1} << 40, .unit = "tokens"});
  const std::int64_t context_length = profile.integer("context_length", {.min = 1,
                                                                         .max = reach.context,
                                                                         .unit = "tokens",
                                                                         .fallback = reach.context,
                                                                         .why = "what the profile's tables reach"});
  document.finish();
  return {.origin = origin,
          .date = date,
          .cost = std::move(cost),
          .gpus = gpus,
          .kv_tokens = kv_tokens,
          .context_length = context_length,
          .largest_batch = reach.batch};
}

}  // namespace sim
