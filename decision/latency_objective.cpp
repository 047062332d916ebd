#include "decision/latency_objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/text_lines.hpp"
#include "core/units.hpp"
#include "core/yaml_reader.hpp"

namespace decision {
namespace {

constexpr std::array<LatencyMetric, 3> metrics{LatencyMetric::time_to_first_token, LatencyMetric::time_per_output_token,
                                               LatencyMetric::latency};

constexpr std::string_view an_objective = "an objective such as 'ttft.p95<500ms', 'tpot.p95<50ms' or 'latency.p99<20s'";
constexpr std::string_view a_statistic = "a percentile from p50 to p99.9, or mean";

// "95" → 9500. Decimals beyond the second are no percentile of ours.
std::optional<std::int32_t> per_ten_thousand_of(std::string_view digits) {
  const auto percent = core::parse_decimal(digits);
  if (!percent || *percent < 50 || *percent > 99.9) return std::nullopt;
  const double whole = std::round(*percent * 100);
  if (std::abs(*percent * 100 - whole) > 1e-6) return std::nullopt;
  return static_cast<std::int32_t>(whole);
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view option) : text_{text}, option_{option} {}

  LatencyObjective parse() {
    if (core::trim(text_).empty()) fail("nothing", an_objective);
    const std::size_t at = text_.find_first_of("<>=");
    if (at == std::string_view::npos) fail(in_text("no comparator"), an_objective);
    const std::size_t after = std::min(text_.find_first_not_of("<>=", at), text_.size());
    const std::string_view comparator = text_.substr(at, after - at);
    if (comparator != "<" && comparator != "<=")
      fail(in_text(core::quoted(comparator)), "< or <=: an objective says what must hold");
    objective_.or_equal = comparator == "<=";
    const std::string_view limit = core::trim(text_.substr(after));
    read_quantity(core::trim(text_.substr(0, at)), limit);
    read_limit(limit);
    return objective_;
  }

 private:
  [[noreturn]] void fail(std::string_view found, std::string_view expected) const {
    throw core::ConfigError{fmt::format("{}: found {}, expected {}", option_, found, expected)};
  }
  // 'p9' in 'ttft.p9<1s'
  std::string in_text(std::string_view what) const { return fmt::format("{} in {}", what, core::quoted(text_)); }

  void read_quantity(std::string_view words, std::string_view limit) {
    if (words.empty()) fail(in_text("nothing before the comparator"), an_objective);
    const std::size_t dot = std::min(words.find('.'), words.size());
    const std::string_view metric = core::trim(words.substr(0, dot));
    read_metric(metric);
    const std::string_view statistic = dot == words.size() ? "" : core::trim(words.substr(dot + 1));
    if (statistic.empty())
      fail(in_text(fmt::format("'{}' without a percentile", metric)),
           fmt::format("{}, as in '{}.p95<{}'", a_statistic, metric, limit.empty() ? "1s" : limit));
    if (statistic == "mean") {
      objective_.per_ten_thousand = 0;
      return;
    }
    const auto share = statistic.starts_with('p') ? per_ten_thousand_of(statistic.substr(1)) : std::nullopt;
    if (!share) fail(in_text(core::quoted(statistic)), a_statistic);
    objective_.per_ten_thousand = *share;
  }

  void read_metric(std::string_view word) {
    std::vector<std::string> words;
    for (const LatencyMetric metric : metrics) {
      words.emplace_back(word_of(metric));
      if (word_of(metric) != word) continue;
      objective_.metric = metric;
      return;
    }
    const auto near = core::nearest(word, words);
    fail(in_text(core::quoted(word)),
         fmt::format("ttft, tpot or latency{}", near ? fmt::format(" (did you mean '{}'?)", *near) : ""));
  }

  void read_limit(std::string_view words) {
    constexpr std::string_view a_time = "a time above 0 with its unit, such as 500ms or 2s";
    if (words.empty()) fail(in_text("no time after the comparator"), a_time);
    const auto limit = core::parse_duration(words);
    if (!limit || limit.value <= core::Duration{0})
      fail(in_text(fmt::format("{}{}", core::quoted(words), core::clause(limit.flaw))), a_time);
    objective_.limit = limit.value;
  }

  std::string_view text_;
  std::string_view option_;
  LatencyObjective objective_;
};

}  // namespace

std::string_view word_of(LatencyMetric metric) {
  switch (metric) {
    case LatencyMetric::time_to_first_token:
      return "ttft";
    case LatencyMetric::time_per_output_token:
      return "tpot";
    case LatencyMetric::latency:
      return "latency";
  }
  return "";
}

std::string LatencyObjective::statistic() const {
  if (is_mean()) return "mean";
  std::string text = fmt::format("p{}.{:02}", per_ten_thousand / 100, per_ten_thousand % 100);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string LatencyObjective::name() const { return fmt::format("{}.{}", word_of(metric), statistic()); }

std::string LatencyObjective::text() const {
  return fmt::format("{}{}{}", name(), or_equal ? "<=" : "<", core::config_duration(limit));
}

std::int64_t LatencyObjective::value_of(const core::Histogram& metric_ns) const {
  return is_mean() ? std::llround(metric_ns.mean()) : metric_ns.value_at_quantile(quantile());
}

bool LatencyObjective::holds(std::int64_t value_ns) const {
  return or_equal ? value_ns <= limit.count() : value_ns < limit.count();
}

LatencyObjective parse_latency_objective(std::string_view text, std::string_view option) {
  return Parser{text, option}.parse();
}

}  // namespace decision
