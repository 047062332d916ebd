#include "reports/html.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include "reports/answers.hpp"
#include "reports/json.hpp"
#include "reports/json_io.hpp"
#include "reports/page_shell.hpp"
#include "reports/phrases.hpp"

namespace reports {
namespace {

// An entry is 60 to 100 bytes: at most 400 kB of the page.
constexpr std::size_t entries_shown = 4000;
constexpr std::size_t points_shown = 500;  // of a line of an answer
constexpr std::array<std::int32_t, 7> steps{1, 2, 3, 6, 12, 24, 168};

struct PartWords {
  std::string requests;
};

struct OptionWords {
  std::string name;
  std::string targets;
  std::vector<std::string> checks;
  std::string budget;
  std::string outcomes;
  std::string fleet;
  std::string engine;
  std::string calls;
  std::vector<PartWords> parts;
  std::string overhead;
  std::vector<std::string> cache;
};

struct DrillRow {
  std::vector<std::string> cells;
};

struct DrillWords {
  std::string what;
  std::vector<DrillRow> options;
  std::vector<std::string> misses;
};

// One of reports/answers.hpp, and the figures of an answered section as (name, value).
struct AnswerWords {
  std::string heading;
  std::string of;
  std::string alignment;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> lines;
  std::vector<std::vector<std::string>> figures;
};

struct Words {
  std::string title;
  std::string state;
  std::string reproduce;
  std::string assumptions;
  std::vector<std::string> limits;
  std::string drills_headline;
  std::int32_t step_hours = 1;
  std::vector<OptionWords> options;
  std::vector<DrillWords> drills;
  std::string decided;  // the headline of the decision sections; empty: there are none
  bool approves = true;
  std::vector<AnswerWords> answers;  // gates, matrix, frontier and sections, as many of each as the result has
};

std::vector<AnswerWords> answer_words(const decision::Answers& answers) {
  std::vector<AnswerWords> words;
  for (AnswerBlock& block : answer_blocks(answers)) {
    words.push_back({std::move(block.heading),
                     std::move(block.of),
                     std::move(block.alignment),
                     std::move(block.rows),
                     std::move(block.lines),
                     {}});
  }
  const std::size_t first = words.size() - answers.sections.size();
  for (std::size_t i = 0; i < answers.sections.size(); ++i) {
    for (const decision::Figure& figure : answers.sections[i].figures) {
      auto [name, value] = figure_words(figure);
      words[first + i].figures.push_back({std::move(name), std::move(value)});
    }
  }
  return words;
}

Words words_of(const Result& result) {
  const std::string& currency = result.about.currency;
  Words words;
  words.title = title(result);
  words.state = state_of_run(result);
  words.reproduce = reproduce(result);
  words.assumptions = assumption_count(result);
  words.limits = broken_limits(result);
  if (!result.drills.empty()) words.drills_headline = drills_headline(result.drills);
  for (const OptionReport& option : result.options) {
    OptionWords& said = words.options.emplace_back();
    said.name = option.name;
    said.targets = targets_summary(option);
    for (const decision::SloCheck& check : option.slo_checks) {
      said.checks.push_back(target_words(check));
      if (std::string cache = cache_words(option, check); !cache.empty()) said.cache.push_back(std::move(cache));
    }
    if (option.budget) said.budget = budget_words(*option.budget, currency);
    said.outcomes = outcome_words(option.usage.outcomes, option.usage.total().cache_wrong_hits);
    said.fleet = fleet_words(option);
    said.engine = engine_words(option);
    said.calls = api_words(option);
    for (const OptionReport& part : option.parts) said.parts.push_back({part_requests(part, option)});
    said.overhead = overhead_words(option, currency);
  }
  for (const DrillReport& drill : result.drills) {
    DrillWords& said = words.drills.emplace_back();
    said.what = drill_words(drill, result.about);
    for (const DrillOutcome& outcome : drill.options) said.options.push_back({drill_cells(outcome, currency)});
    said.misses = drill_misses(drill);
  }
  if (result.answers) {
    words.decided = result.answers->headline();
    words.approves = result.answers->approves();
    words.answers = answer_words(*result.answers);
  }
  return words;
}

// Without the spaces between values, and with no `<` in a text.
std::string compact(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!in_text && (c == ' ' || c == '\n')) continue;
    if (c == '<') out += "\\u003c";
    else out += c;
    if (c == '"') in_text = !in_text;
    else if (in_text && c == '\\') out += json[++i];  // what is escaped ends no text
  }
  return out;
}

void coarsen(Distribution& d) {
  std::vector<std::int64_t> values;
  std::vector<std::int64_t> counts;
  std::int64_t left = d.count;  // beyond the buckets kept so far
  std::int64_t taken = 0;       // since the last of them
  for (std::size_t i = 0; i < d.bucket_values_ns.size(); ++i) {
    taken += d.bucket_counts[i];
    // taken ≥ left / 20, without a product that could overflow
    if (taken < left - left / 20 * 19 && i + 1 < d.bucket_values_ns.size() && i > 0) continue;
    values.push_back(d.bucket_values_ns[i]);
    counts.push_back(taken);
    left -= taken;
    taken = 0;
  }
  d.bucket_values_ns = std::move(values);
  d.bucket_counts = std::move(counts);
}

// Every k-th point, and the last one.
void thin_out(decision::Series& series) {
  const std::size_t size = std::min(series.x.size(), series.y.size());
  const std::size_t step = (size + points_shown - 1) / points_shown;
  if (step < 2) return;
  decision::Series kept{.name = std::move(series.name)};
  for (std::size_t i = 0; i < size; i = i + 1 == size ? size : std::min(i + step, size - 1)) {
    kept.x.push_back(series.x[i]);
    kept.y.push_back(series.y[i]);
  }
  series = std::move(kept);
}

core::HourUsage shown(const core::HourUsage& hour) {
  core::HourUsage kept;
  kept.arrivals = hour.arrivals;
  kept.cache_hits = hour.cache_hits;
  kept.served = hour.served;
  kept.instance_starts = hour.instance_starts;
  kept.billed_instance_seconds = hour.billed_instance_seconds;
  kept.spot_billed_seconds = hour.spot_billed_seconds;
  kept.spot_interruptions = hour.spot_interruptions;
  kept.peak_instances = hour.peak_instances;
  return kept;
}

std::vector<core::HourUsage> in_steps(const std::vector<core::HourUsage>& hours, std::size_t step) {
  std::vector<core::HourUsage> sums((hours.size() + step - 1) / step);
  for (std::size_t i = 0; i < hours.size(); ++i) sums[i / step] += shown(hours[i]);
  return sums;
}

void coarsen(OptionReport& option, std::size_t step) {
  option.usage.hours = in_steps(option.usage.hours, step);
  coarsen(option.latency);
  coarsen(option.wait);
  if (option.time_to_first_token) coarsen(*option.time_to_first_token);
  if (option.time_per_output_token) coarsen(*option.time_per_output_token);
  for (ClassTimes& times : option.classes) {
    coarsen(times.latency);
    coarsen(times.time_to_first_token);
  }
  if (option.measured && option.measured->latency) coarsen(option.measured->latency->times);
  if (option.measured && option.measured->time_to_first_token) coarsen(option.measured->time_to_first_token->times);
  for (OptionReport& part : option.parts) coarsen(part, step);
}

// The words say them; and a line needs no more points than a screen has.
void coarsen(decision::Answers& answers) {
  for (decision::Answer& answer : answers.sections) {
    answer.sentences.clear();
    answer.table = {};
    for (decision::Curve& curve : answer.curves) {
      if (curve.shape != decision::Curve::Shape::line) continue;
      for (decision::Series& series : curve.series) thin_out(series);
    }
  }
}

}  // namespace

template <>
struct Fields<PartWords> {
  static void visit(auto& io, PartWords& w) { io("requests", w.requests); }
};

template <>
struct Fields<OptionWords> {
  static void visit(auto& io, OptionWords& w) {
    io("name", w.name);
    io("targets", w.targets);
    io("checks", w.checks);
    io("budget", w.budget);
    io("outcomes", w.outcomes);
    io("fleet", w.fleet);
    io("engine", w.engine);
    io("calls", w.calls);
    io("parts", w.parts);
    io("overhead", w.overhead);
    io("cache", w.cache);
  }
};

template <>
struct Fields<DrillRow> {
  static void visit(auto& io, DrillRow& r) { io("cells", r.cells); }
};

template <>
struct Fields<DrillWords> {
  static void visit(auto& io, DrillWords& w) {
    io("what", w.what);
    io("options", w.options);
    io("misses", w.misses);
  }
};

template <>
struct Fields<AnswerWords> {
  static void visit(auto& io, AnswerWords& w) {
    io("heading", w.heading);
    io("of", w.of);
    io("alignment", w.alignment);
    io("rows", w.rows);
    io("lines", w.lines);
    io("figures", w.figures);
  }
};

template <>
struct Fields<Words> {
  static void visit(auto& io, Words& w) {
    io("title", w.title);
    io("state", w.state);
    io("reproduce", w.reproduce);
    io("assumptions", w.assumptions);
    io("limits", w.limits);
    io("drills_headline", w.drills_headline);
    io("step_hours", w.step_hours);
    io("options", w.options);
    io("drills", w.drills);
    io("decided", w.decided);
    io("approves", w.approves);
    io("answers", w.answers);
  }
};

PageResult for_a_page(const Result& result) {
  PageResult page{result};
  std::size_t hours = 0;
  for (const OptionReport& option : result.options) {
    hours += option.usage.hours.size();
    for (const OptionReport& part : option.parts) hours += part.usage.hours.size();
  }
  while (page.step_hours != steps.back() && hours / static_cast<std::size_t>(page.step_hours) > entries_shown) {
    page.step_hours = *std::upper_bound(steps.begin(), steps.end(), page.step_hours);
  }
  for (OptionReport& option : page.result.options) { coarsen(option, static_cast<std::size_t>(page.step_hours)); }
  if (page.result.answers) coarsen(*page.result.answers);
  return page;
}

std::string page_of(std::string_view shell, const Result& result) {
  constexpr std::string_view place = "%RESULT%";
  const std::size_t at = shell.find(place);
  if (at == std::string_view::npos) throw std::invalid_argument{"a page's shell has no %RESULT%"};
  const PageResult page = for_a_page(result);
  Words words = words_of(result);
  words.step_hours = page.step_hours;
  std::string html{shell.substr(0, at)};
  html += "{\"result\":" + compact(to_json(page.result)) + ",\"words\":" + compact(write_json(words)) + "}";
  html += shell.substr(at + place.size());
  return html;
}

std::optional<std::string> to_html(const Result& result) {
  const std::string_view shell = page_shell();
  if (shell.empty()) return {};
  return page_of(shell, result);
}

}  // namespace reports
