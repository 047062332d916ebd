#include "sim/serving/latency_reader.hpp"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/histogram_log.hpp"
#include "core/percentile_table.hpp"
#include "core/quantile_table.hpp"

namespace sim {

namespace {

using namespace std::chrono_literals;

// Nothing that is served takes longer than a day: beyond it, somebody mistook a unit.
constexpr core::Duration longest = 24h;
constexpr core::DurationRule positive{.min = 1ns, .max = longest};

Latency exponential(const core::Section& distribution) {
  const core::Duration mean = distribution.duration("mean", positive);
  return {.table = core::QuantileTable::exponential(static_cast<double>(mean.count())), .exponential_mean = mean};
}

Latency lognormal(const core::Section& distribution) {
  const core::Duration p50 = distribution.duration("p50", positive);
  const core::Duration p95 = distribution.duration("p95", {.min = p50, .max = longest});
  return {.table = core::QuantileTable::lognormal(static_cast<double>(p50.count()), static_cast<double>(p95.count()))};
}

double unit_ns(const core::Section& section, std::optional<std::size_t> fallback, std::string_view why) {
  constexpr std::array<double, 4> ns{1, 1e3, 1e6, 1e9};
  return ns[section.choice("unit", {"ns", "us", "ms", "s"}, fallback, why)];
}

Latency from_histogram(const core::Section& section, std::string_view key, std::string_view name,
                       const core::Histogram& histogram, double scale) {
  if (histogram.total_count() == 0) {
    throw section.error(key, fmt::format("'{}' without a value", name), "a histogram of latencies");
  }
  section.assume(key, std::string{name},
                 fmt::format("measured: {} values", core::format_count(histogram.total_count())));
  if (scale == 1) return {.table = core::QuantileTable{histogram}};
  core::Histogram scaled{core::to_ns(longest), 4};
  for (const core::Histogram::Bucket& bucket : histogram.recorded_buckets()) {
    const double middle = (static_cast<double>(bucket.lowest) + static_cast<double>(bucket.highest)) / 2;
    scaled.record_n(static_cast<std::int64_t>(middle * scale), bucket.count);
  }
  return {.table = core::QuantileTable{scaled}};
}

// A log or a table of percentiles: `scale` nanoseconds are one of its units.
Latency read_histogram_file(const core::Section& section, std::string_view key, const std::string& name, double scale,
                            const core::traffic::TextLoader& load_text) {
  const std::string text = load_text(name);
  if (name.ends_with(".hgrm")) {
    const core::Histogram values = core::to_histogram(core::read_percentile_table(name, text), scale);
    return from_histogram(section, key, name, values, 1);
  }
  return from_histogram(section, key, name, core::accumulate_histogram_log(name, text), scale);
}

bool is_histogram_file(std::string_view name) { return name.ends_with(".hlog") || name.ends_with(".hgrm"); }

Latency read_mapping(const core::Section& section, std::string_view key, const core::traffic::TextLoader& load_text) {
  constexpr std::string_view expected =
      "{exponential: {mean: …}}, {lognormal: {p50: …, p95: …}} or {file: ….hlog or .hgrm, unit: ms}";
  const core::Section form = section.section(key);
  const int forms = int{form.has("exponential")} + int{form.has("lognormal")} + int{form.has("file")};
  if (forms != 1) throw section.error(key, forms == 0 ? "none of them" : "more than one", expected);
  if (form.has("file")) {
    const std::string name = form.text("file");
    if (!is_histogram_file(name)) throw form.error("file", fmt::format("'{}'", name), "a file *.hlog or *.hgrm");
    return read_histogram_file(section, key, name, unit_ns(form, std::nullopt, ""), load_text);
  }
  const bool is_exponential = form.has("exponential");
  section.assume(key, is_exponential ? "exponential" : "lognormal", "typed in, not measured");
  return is_exponential ? exponential(form.section("exponential")) : lognormal(form.section("lognormal"));
}

bool is_duration(const std::string& text) {
  const bool digit_first = !text.empty() && text.front() >= '0' && text.front() <= '9';
  return digit_first && text.find('/') == std::string::npos && text.find(".h") == std::string::npos &&
         text.find(".y") == std::string::npos;
}

}  // namespace

Latency read_latency_table(const core::Section& parent, std::string_view key, std::string_view name,
                           std::string_view text) {
  const core::Document document{std::string{name}, text};
  const core::Section table = document.root();
  table.choice("schema", {"latency-table/v1"});
  const double scale = unit_ns(table, std::nullopt, "");
  const std::string origin = table.text("origin");
  const std::string date = table.text("date");
  for (const char* const note : {"measures", "repository", "path", "commit", "licence", "method"}) {
    if (table.has(note)) table.text(note);
  }
  if (table.has("count")) table.number("count");
  if (table.has("mean")) table.number("mean");
  const bool derived = table.has("assumption");
  const std::string assumption = derived ? table.text("assumption") : "";

  std::vector<core::QuantilePoint> points;
  for (const std::vector<double>& row : table.rows("quantiles", 2, {.min = 0, .max = 1e18})) {
    points.push_back({.quantile = row[0], .value = row[1] * scale});
    if (points.back().value > static_cast<double>(longest.count())) {
      throw table.error("quantiles", fmt::format("{} for the share {}", row[1], row[0]), "at most a day");
    }
  }
  document.finish();
  try {
    Latency latency{.table = core::QuantileTable{points}};
    parent.assume(key, std::string{name}, derived ? assumption : fmt::format("measured: {}, {}", origin, date));
    return latency;
  } catch (const std::invalid_argument& error) {
    throw table.error("quantiles", error.what(), "[share, value] pairs from share 0 to share 1, neither ever falling");
  }
}

Latency read_latency(const core::Section& section, std::string_view key, const core::traffic::TextLoader& load_text) {
  if (section.kind(key) == core::Section::Kind::mapping) return read_mapping(section, key, load_text);
  constexpr std::string_view expected = "a duration, a latency table or histogram, or a distribution";
  const std::string value = section.text(key, {.expected = expected});
  if (is_duration(value)) {
    const core::Duration constant = section.duration(key, positive);
    section.assume(key, value, "a constant, typed in, not measured");
    return {.table = core::QuantileTable::constant(constant.count())};
  }
  if (value.ends_with(".hgrm")) {
    throw section.error(key, fmt::format("'{}'", value),
                        fmt::format("{{file: {}, unit: ms}}: a percentile table does not tell its unit", value));
  }
  if (is_histogram_file(value)) return read_histogram_file(section, key, value, 1, load_text);
  return read_latency_table(section, key, value, load_text(value));
}

}  // namespace sim
