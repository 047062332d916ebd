#include "sim/serving/latency_reader.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/format.hpp"
#include "core/histogram_log.hpp"
#include "core/percentile_table.hpp"
#include "core/quantile_table.hpp"
#include "core/traffic/named_text.hpp"

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
  const core::Duration p95 = distribution.duration("p95", positive);
  // At 20 the slowest of 2^28 requests takes 37,000 × p50; beyond, a month's mean would hang on one draw.
  if (p95 < p50 || p95 > 20 * p50) {
    throw distribution.error("p95",
                             fmt::format("{}, which is {:.6g} × p50", core::config_duration(p95),
                                         static_cast<double>(p95.count()) / static_cast<double>(p50.count())),
                             "1 to 20 × p50");
  }
  return {.table = core::QuantileTable::lognormal(static_cast<double>(p50.count()), static_cast<double>(p95.count()))};
}

struct Unit {
  std::string_view name;
  double ns;
};
constexpr std::array<Unit, 4> units{{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};

Unit read_unit(const core::Section& section) { return units[section.choice("unit", {"ns", "us", "ms", "s"})]; }

void refuse_beyond_a_day(const core::Section& section, std::string_view key, std::string_view name, double highest,
                         Unit unit) {
  if (highest * unit.ns <= static_cast<double>(longest.count())) return;
  throw section.error(key, fmt::format("'{}' with a value of {:.6g} {}", name, highest, unit.name),
                      "latencies of at most a day, in the unit of {file: …, unit: ms}, or in ns without it");
}

// The same in nanoseconds.
core::Histogram in_ns(const core::Section& section, std::string_view key, std::string_view name,
                      core::Histogram histogram, Unit unit) {
  const std::vector<core::Histogram::Bucket> buckets = histogram.recorded_buckets();
  if (buckets.empty()) throw section.error(key, fmt::format("'{}' without a value", name), "a histogram of latencies");
  refuse_beyond_a_day(section, key, name, static_cast<double>(buckets.back().lowest), unit);
  if (unit.ns == 1) return histogram;
  core::Histogram scaled{core::to_ns(longest), 4};
  for (const core::Histogram::Bucket& bucket : buckets) {
    const double middle = (static_cast<double>(bucket.lowest) + static_cast<double>(bucket.highest)) / 2;
    scaled.record_n(static_cast<std::int64_t>(middle * unit.ns), bucket.count);
  }
  return scaled;
}

struct Recording {
  Measurement measured;
  std::string of_what{};  // " of http://127.0.0.1:8080/, 2026-12-01"
};

Latency drawn_from(const core::Section& section, std::string_view key, const Recording& recording) {
  const core::Histogram& times = recording.measured.times_ns;
  section.assume(key, recording.measured.name,
                 fmt::format("measured: {} values{}", core::format_count(times.total_count()), recording.of_what));
  return {.table = core::QuantileTable{times}};
}

// A log, or a table of percentiles, whose values are in `unit`.
Recording read_histogram_file(const core::Section& section, std::string_view key, const std::string& name, Unit unit,
                              const core::traffic::TextLoader& load_text) {
  const std::string text = core::traffic::load_named(section, key, name, load_text);
  if (name.ends_with(".hgrm")) {
    const core::PercentileTable table = core::read_percentile_table(name, text);
    if (!table.rows.empty()) refuse_beyond_a_day(section, key, name, table.rows.back().value, unit);
    return {{name, in_ns(section, key, name, core::to_histogram(table, unit.ns), units.front())}};
  }
  return {{name, in_ns(section, key, name, core::accumulate_histogram_log(name, text), unit)}};
}

// Of what a load test measures, what each key of a serving model asks for. From the send on: what a request waited for
// its turn is not the server's time, and a scenario makes queues of its own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> recorded{
    {{"histogram", "service_time"},
     {"time_to_first_token", "first_token_from_send"},
     {"per_output_token", "time_per_token"}}};

bool says_format(std::string_view json, std::string_view format) {
  return json.substr(0, 200).find(fmt::format("\"{}/", format)) != std::string_view::npos;
}
bool is_summary(std::string_view text) { return says_format(text, "billcast-load"); }
bool is_recording(std::string_view text) { return is_summary(text) || says_format(text, "billcast-load-plan"); }

// " of http://127.0.0.1:8080/, 2026-12-01", from a summary.json or, of a run that did not come to its end, an
// about.json. Both are YAML as well.
std::string what_was_measured(std::string_view name, std::string_view text) {
  const bool ended = is_summary(text);
  const core::Document document{fmt::format("{}/{}.json", name, ended ? "summary" : "about"), text};
  const core::Section plan = ended ? document.root().section("plan") : document.root();
  const core::Duration start{plan.integer("start_since_epoch_ns", {.min = 0})};
  std::string words = fmt::format(" of {}, {}", plan.text("url"),
                                  core::format_date(core::Date{std::chrono::floor<std::chrono::days>(start)}));
  if (ended && !document.root().boolean("valid")) words += "; INVALID, the generator was late";
  return words;
}

// `text`: what the recording's folder brings.
Recording read_recording(const core::Section& section, std::string_view key, std::string name, std::string_view text,
                         const core::traffic::TextLoader& load_text) {
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  const auto metric = std::find_if(recorded.begin(), recorded.end(), [&](const auto& r) { return r.first == key; });
  if (metric == recorded.end()) {
    throw section.error(key, fmt::format("the recording '{}'", name),
                        "one of its files, as in recordings/monday/response_time.hlog");
  }
  std::string of_what = what_was_measured(name, text);
  const std::string file = fmt::format("{}/{}.hlog", name, metric->second);
  // Lines with a tag are of requests that did not get their answer.
  const std::string log = core::traffic::load_named(section, key, file, load_text);
  core::Histogram answered = core::accumulate_histogram_log(file, log, 3, "");
  const std::int64_t left_out = core::accumulate_histogram_log(file, log).total_count() - answered.total_count();
  if (left_out > 0) of_what += fmt::format("; {} without an answer left out", core::format_count(left_out));
  answered = in_ns(section, key, name, std::move(answered), units.front());
  return {{std::move(name), std::move(answered)}, std::move(of_what)};
}

bool is_histogram_file(std::string_view name) { return name.ends_with(".hlog") || name.ends_with(".hgrm"); }

Recording read_form_of_file(const core::Section& section, std::string_view key, const core::Section& form,
                            const core::traffic::TextLoader& load_text) {
  const std::string name = form.text("file");
  if (!is_histogram_file(name)) throw form.error("file", fmt::format("'{}'", name), "a file *.hlog or *.hgrm");
  return read_histogram_file(section, key, name, read_unit(form), load_text);
}

Latency read_mapping(const core::Section& section, std::string_view key, const core::traffic::TextLoader& load_text) {
  constexpr std::string_view expected =
      "{exponential: {mean: …}}, {lognormal: {p50: …, p95: …}} or {file: ….hlog or .hgrm, unit: ms}";
  const core::Section form = section.section(key);
  const int forms = int{form.has("exponential")} + int{form.has("lognormal")} + int{form.has("file")};
  if (forms != 1) {
    const std::vector<std::string> keys = form.keys();
    const std::string found = forms > 1      ? "more than one of these keys"
                              : keys.empty() ? "an empty mapping"
                                             : fmt::format("the key '{}'", keys.front());
    throw section.error(key, found, expected);
  }
  if (form.has("file")) return drawn_from(section, key, read_form_of_file(section, key, form, load_text));
  const bool is_exponential = form.has("exponential");
  section.assume(key, is_exponential ? "exponential" : "lognormal", "typed in, not measured");
  return is_exponential ? exponential(form.section("exponential")) : lognormal(form.section("lognormal"));
}

// "9ms", "-5ms", "nine" and "9ms.yaml": the first two are durations, if only to be refused as such.
bool is_duration(const std::string& text) {
  const std::size_t sign = !text.empty() && (text.front() == '-' || text.front() == '+') ? 1 : 0;
  const bool digit_first = text.size() > sign && text[sign] >= '0' && text[sign] <= '9';
  return digit_first && text.find('/') == std::string::npos && text.find(".h") == std::string::npos &&
         text.find(".y") == std::string::npos;
}

// From share 0 to share 1, and never back.
void check_quantiles(const core::Section& table, const std::vector<std::vector<double>>& rows) {
  constexpr std::string_view expected = "[share, value] pairs from share 0 to share 1";
  if (rows.front()[0] != 0)
    throw table.error("quantiles", fmt::format("a first share of {}", rows.front()[0]), expected);
  if (rows.back()[0] != 1) throw table.error("quantiles", fmt::format("a last share of {}", rows.back()[0]), expected);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!(rows[i][0] > rows[i - 1][0])) {
      throw table.error("quantiles", fmt::format("the share {} after {}", rows[i][0], rows[i - 1][0]),
                        "shares that grow");
    }
    if (rows[i][1] < rows[i - 1][1]) {
      throw table.error("quantiles",
                        fmt::format("{} for the share {} after {}", rows[i][1], rows[i][0], rows[i - 1][1]),
                        "values that never fall");
    }
  }
}

}  // namespace

Latency read_latency_table(const core::Section& parent, std::string_view key, std::string_view name,
                           std::string_view text) {
  const core::Document document{std::string{name}, text};
  const core::Section table = document.root();
  table.choice("schema", {"latency-table/v1"});
  const Unit unit = read_unit(table);
  const std::string origin = table.text("origin");
  const std::string date = table.text("date");
  for (const char* const note : {"measures", "repository", "path", "commit", "licence", "method"}) {
    if (table.has(note)) table.text(note);
  }
  if (table.has("count")) table.number("count");
  if (table.has("mean")) table.number("mean");
  const bool derived = table.has("assumption");
  const std::string assumption = derived ? table.text("assumption") : "";

  const std::vector<std::vector<double>> rows = table.rows("quantiles", 2, {.min = 0});
  check_quantiles(table, rows);
  const double highest = rows.back()[1];
  if (highest * unit.ns > static_cast<double>(longest.count())) {
    throw table.error("quantiles", fmt::format("a value of {} {}", highest, unit.name), "at most a day");
  }
  document.finish();
  std::vector<core::QuantilePoint> points;
  points.reserve(rows.size());
  for (const std::vector<double>& row : rows) points.push_back({.quantile = row[0], .value = row[1] * unit.ns});
  parent.assume(key, std::string{name}, derived ? assumption : fmt::format("measured: {}, {}", origin, date));
  return {.table = core::QuantileTable{points}};
}

Latency read_latency(const core::Section& section, std::string_view key, const core::traffic::TextLoader& load_text) {
  section.declare_as(key, "latency");
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
  if (is_histogram_file(value))
    return drawn_from(section, key, read_histogram_file(section, key, value, units.front(), load_text));
  const std::string text = core::traffic::load_named(section, key, value, load_text);
  if (is_recording(text)) return drawn_from(section, key, read_recording(section, key, value, text, load_text));
  return read_latency_table(section, key, value, text);
}

std::optional<Measurement> read_measurement(const core::Section& section, std::string_view key,
                                            const core::traffic::TextLoader& load_text) {
  if (section.kind(key) == core::Section::Kind::mapping) {
    const core::Section form = section.section(key);
    if (!form.has("file")) return std::nullopt;
    return read_form_of_file(section, key, form, load_text).measured;
  }
  const std::string value = section.text(key);
  if (is_duration(value)) return std::nullopt;
  if (is_histogram_file(value)) return read_histogram_file(section, key, value, units.front(), load_text).measured;
  const std::string text = core::traffic::load_named(section, key, value, load_text);
  if (!is_recording(text)) return std::nullopt;
  return read_recording(section, key, value, text, load_text).measured;
}

}  // namespace sim
