#include "reports/load_phrases.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/format.hpp"
#include "loadgen/metric.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

using loadgen::LatencyRow;
using loadgen::LoadPlanFacts;
using loadgen::LoadSummary;
using loadgen::Metric;
using loadgen::Outcome;

constexpr std::string_view waited = "waited";

std::string time(std::int64_t ns) { return core::format_duration(core::Duration{ns}); }

std::string plural(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", core::format_count(count), count == 1 ? one : many);
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

const LatencyRow* find(const std::vector<LatencyRow>& rows, std::string_view metric) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const LatencyRow& r) { return r.metric == metric; });
  return row == rows.end() || row->count == 0 ? nullptr : &*row;
}

struct Percentile {
  double percent;
  std::string_view name;
  std::int64_t LatencyRow::*value;
};
constexpr std::array<Percentile, 5> percentiles_shown{{{50, "p50", &LatencyRow::p50_ns},
                                                       {90, "p90", &LatencyRow::p90_ns},
                                                       {95, "p95", &LatencyRow::p95_ns},
                                                       {99, "p99", &LatencyRow::p99_ns},
                                                       {99.9, "p99.9", &LatencyRow::p999_ns}}};

// Half of the distance between the two nearest of them, so that 99.9 may have gone through any arithmetic.
bool claimed(const LatencyRow& row, double percent) { return row.highest_claimed > percent - 0.45; }

// The highest percentile up to p99 that can be claimed: "p99 212 ms".
std::string headline_percentile(const LoadSummary& summary) {
  const LatencyRow* const row = find(summary.latencies, waited);
  if (row == nullptr) return "no request has waited";
  std::string words = "too few samples for any percentile";
  for (const Percentile& p : percentiles_shown) {
    if (p.percent <= 99 && claimed(*row, p.percent)) words = fmt::format("{} {}", p.name, time(row->*p.value));
  }
  return words;
}

std::string figures(const LoadSummary& summary) {
  const LoadPlanFacts& plan = summary.plan;
  const std::string rates =
      plan.closed_loop
          ? fmt::format("{}, {} at a time", rate_words(summary.answered_per_s), core::format_count(plan.concurrency))
          : fmt::format("{} asked, {} reached", rate_words(summary.asked_per_s), rate_words(summary.reached_per_s));
  return fmt::format("{} of {} answered in {} ({}); {}", core::format_count(summary.counts.answered()),
                     plural(summary.counts.planned(), "request", "requests"), core::format_duration(summary.length),
                     rates, headline_percentile(summary));
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) {
    if (!text.empty()) text += text.back() == '.' ? " " : "; ";
    text += sentence;
  }
  return text;
}

// "p50 12 us, p99 133 us, at most 2 ms"
std::string spread(const LatencyRow& row) {
  return fmt::format("p50 {}, p99 {}, at most {}", time(row.p50_ns), time(row.p99_ns), time(row.max_ns));
}

std::string bytes_words(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"B", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.3g} {}", size, units[unit]);
}

double events_per_token(const LoadSummary& summary) {
  return summary.tokens == 0 ? 0 : static_cast<double>(summary.token_events) / static_cast<double>(summary.tokens);
}

LatencyCells cells_of(const LatencyRow& row, bool steady) {
  LatencyCells line{.steady = steady, .cells = {steady ? "steady part" : spaced(row.metric)}};
  line.cells.push_back(core::format_count(row.count));
  for (const Percentile& p : percentiles_shown) {
    const std::string value = time(row.*p.value);
    line.cells.push_back(claimed(row, p.percent) ? value : fmt::format("({})", value));
  }
  line.cells.push_back(time(row.max_ns));
  return line;
}

bool any_bracket(const std::vector<LatencyRow>& rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const LatencyRow& r) { return r.count > 0 && !claimed(r, percentiles_shown.back().percent); });
}

}  // namespace

std::string rate_words(double per_s) {
  if (!(std::fabs(per_s) < 1e15)) return fmt::format("{:.3g}/s", per_s);  // nothing of ours, but a file may hold it
  // Three digits at least, one decimal at most for what is large: nobody reads 999.83.
  const int decimals = per_s >= 99.95 || per_s == std::floor(per_s) ? 1 : per_s >= 0.995 ? 2 : 3;
  std::string digits = fmt::format("{:.{}f}", per_s, decimals);
  const std::size_t point = digits.find('.');
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  for (std::size_t at = point; at > (per_s < 0 ? 4U : 3U);) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits + "/s";
}

std::string load_verdict(const LoadSummary& summary) {
  if (!summary.valid) {
    const std::string why = joined(summary.invalid_because);
    return fmt::format("INVALID: {}", why.empty() ? "the generator was late" : why);
  }
  return (summary.interrupted ? "INTERRUPTED: " : "") +
         (summary.found_max.empty() ? figures(summary) : found_words(summary.found_max.front()));
}

std::string load_figures(const LoadSummary& summary) {
  const bool searched = !summary.found_max.empty();
  if (summary.valid && !searched) return "";
  std::string whose = searched ? "The probe at the highest rate that held" : "What was measured";
  if (searched && summary.found_max.front().highest_held_per_s <= 0) whose = "The last probe";
  if (!summary.valid) whose += ", not to be relied on";
  const bool unsaid = summary.interrupted && !summary.valid;
  return fmt::format("{}{}: {}", unsaid ? "INTERRUPTED. " : "", whose, figures(summary));
}

std::string load_title(const LoadPlanFacts& plan) {
  return fmt::format("{} {} ({}): {}, seed {}", plan.method, plan.url, plan.address, plan.traffic, plan.seed);
}

std::string repeat_load(const LoadPlanFacts& plan) {
  std::string command = "billcast load";
  for (const std::string& argument : plan.arguments) command += ' ' + shell_word(argument);
  return command;
}

std::string plan_words(const LoadPlanFacts& plan) {
  std::string words = fmt::format("billcast {}", plan.version);
  if (!plan.api.empty()) words += fmt::format(", {} API", plan.api);
  if (plan.closed_loop) {
    words += fmt::format(", closed loop of {}", core::format_count(plan.concurrency));
    if (plan.think_time > core::Duration{0})
      words += fmt::format(" who think {}", core::format_duration(plan.think_time));
  } else {
    words += fmt::format(", catch-up {}", plan.catch_up);
  }
  words += fmt::format(", at most {}, timeout {}, drain {}", plural(plan.most_connections, "connection", "connections"),
                       core::format_duration(plan.timeout), core::format_duration(plan.drain));
  if (!plan.headers.empty()) words += fmt::format(", headers {}", fmt::join(plan.headers, ", "));
  return words;
}

std::vector<LatencyCells> latency_cells(const LoadSummary& summary) {
  std::vector<LatencyCells> lines;
  const LatencyRow* const all = find(summary.latencies, waited);
  for (const LatencyRow& row : summary.latencies) {
    if (row.count == 0) continue;
    // Where all who waited were answered, the two are one.
    if (all != nullptr && row.count == all->count && row.metric == loadgen::name_of(Metric::response_time)) continue;
    lines.push_back(cells_of(row, false));
    if (const LatencyRow* const steady = find(summary.steady_latencies, row.metric)) {
      lines.push_back(cells_of(*steady, true));
    }
  }
  return lines;
}

std::vector<std::string> latency_notes(const LoadSummary& summary) {
  std::vector<std::string> notes;
  if (find(summary.latencies, waited) != nullptr) {
    std::int64_t cut_off = 0;
    for (std::size_t i = 0; i < loadgen::outcome_count; ++i) {
      const auto outcome = static_cast<Outcome>(i);
      if (loadgen::is_censored(outcome)) cut_off += summary.counts[outcome];
    }
    notes.emplace_back("waited: from the planned time; the response times of the answered" +
                       (cut_off > 0 ? fmt::format(", and {} still waiting when somebody stopped looking, at their age",
                                                  core::format_count(cut_off))
                                    : std::string{}));
  }
  if (any_bracket(summary.latencies) || any_bracket(summary.steady_latencies)) {
    notes.emplace_back("(in brackets): too few samples to claim that percentile with 99 % confidence");
  }
  if (!summary.steady_rule.empty()) {
    notes.push_back(fmt::format("warm-up: {}", summary.steady_rule));
    if (!summary.steady_latencies.empty()) {
      notes.push_back(fmt::format("steady part: from {} on", core::format_duration(summary.steady_from)));
    }
  }
  return notes;
}

std::vector<OutcomeRow> outcome_rows(const LoadSummary& summary) {
  const std::int64_t planned = summary.counts.planned();
  const auto share = [&](std::int64_t count) {
    return planned == 0 ? "–" : core::format_share(static_cast<double>(count) / static_cast<double>(planned));
  };
  std::vector<OutcomeRow> rows;
  for (std::size_t i = 0; i < loadgen::outcome_count; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    const std::int64_t count = summary.counts[outcome];
    if (count == 0 && outcome != Outcome::answered) continue;
    const std::string name{loadgen::name_of(outcome)};
    const auto sample = std::find_if(summary.failures.begin(), summary.failures.end(),
                                     [&](const loadgen::FailureSample& f) { return f.outcome == name; });
    rows.push_back(
        {name, core::format_count(count), share(count), sample == summary.failures.end() ? "" : sample->first});
  }
  rows.push_back({"planned", core::format_count(planned), share(planned), "the sum of these"});
  return rows;
}

std::string fidelity_words(const LoadSummary& summary) {
  const LatencyRow* const error = find(summary.latencies, loadgen::name_of(Metric::schedule_error));
  const LatencyRow* const delay = find(summary.latencies, loadgen::name_of(Metric::generator_delay));
  if (error == nullptr && delay == nullptr) return "";
  std::string words;
  if (error != nullptr) words = fmt::format("sent after the planned time by {}", spread(*error));
  if (delay != nullptr) {
    words += fmt::format("{}the generator's own delay {}", words.empty() ? "" : "; of that ", spread(*delay));
  }
  return words;
}

std::string connection_words(const LoadSummary& summary) {
  std::string words = plural(summary.connects, "opened", "opened");
  if (summary.closed_by_server > 0) {
    words += fmt::format(", {} closed by the server between requests", core::format_count(summary.closed_by_server));
  }
  if (summary.retried > 0) {
    words += fmt::format(", {} sent again because of that", plural(summary.retried, "request", "requests"));
  }
  return words +
         fmt::format("; {} sent, {} received", bytes_words(summary.bytes_sent), bytes_words(summary.bytes_received));
}

std::string token_words(const LoadSummary& summary) {
  if (summary.tokens == 0 && summary.token_events == 0) return "";
  if (!summary.tokens_from_usage) {
    return fmt::format("{} counted by events, an estimate: the server does not say how many there were",
                       core::format_count(summary.token_events));
  }
  const double seconds = core::to_seconds(summary.length);
  const std::string rate =
      seconds > 0 ? fmt::format(" ({})", rate_words(static_cast<double>(summary.tokens) / seconds)) : "";
  std::string words = fmt::format("{}{} by the server's count", core::format_count(summary.tokens), rate);
  if (summary.token_events > 0) {
    words += fmt::format(" in {}, {:.2f} events a token", plural(summary.token_events, "event", "events"),
                         events_per_token(summary));
  }
  return words;
}

std::vector<std::string> load_warnings(const LoadSummary& summary) {
  std::vector<std::string> warnings;
  if (summary.tokens_from_usage && summary.token_events > 0 && events_per_token(summary) < fewest_events_per_token) {
    warnings.push_back(
        fmt::format("{:.2f} events a token: an event holds several tokens, so \"inter token\" is the time between "
                    "events; \"time per token\" is right.",
                    events_per_token(summary)));
  }
  warnings.insert(warnings.end(), summary.warnings.begin(), summary.warnings.end());
  return warnings;
}

std::string threshold_words(const loadgen::JudgedThreshold& threshold) {
  const bool reason_has_it = threshold.reason.find(threshold.measured) != std::string::npos;
  std::string words = fmt::format("{}: {}, ", threshold.text, threshold.failed ? "FAILED" : "passed");
  if (threshold.reason.empty()) return words + threshold.measured;
  if (reason_has_it) return words + threshold.reason;
  return words + fmt::format("{} ({})", threshold.measured, threshold.reason);
}

std::string found_words(const loadgen::FoundMax& found) {
  std::string words;
  const bool held = found.highest_held_per_s > 0;
  const bool broken = found.lowest_broken_per_s > 0;
  if (held && broken) {
    words = fmt::format("{} holds up to {} and is broken at {}", found.condition, rate_words(found.highest_held_per_s),
                        rate_words(found.lowest_broken_per_s));
  } else if (held) {
    words =
        fmt::format("{} holds at {}, the highest rate tried", found.condition, rate_words(found.highest_held_per_s));
  } else if (broken) {
    words = fmt::format("{} is broken at {}, the lowest rate tried", found.condition,
                        rate_words(found.lowest_broken_per_s));
  } else {
    words = fmt::format("{}: nothing was found", found.condition);
  }
  if (found.confidence > 0)
    words += fmt::format("; each verdict with {} confidence", core::format_share(found.confidence));
  if (!found.note.empty()) words += fmt::format(". {}", found.note);
  return words;
}

std::array<std::string, 4> probe_cells(const loadgen::Probe& probe) {
  return {rate_words(probe.rate_per_s), probe.verdict, probe.measured, core::format_count(probe.samples)};
}

}  // namespace reports
