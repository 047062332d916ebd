#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "core/text_lines.hpp"
#include "core/units.hpp"
#include "core/yaml_reader.hpp"
#include "loadgen/judge/threshold.hpp"

namespace loadgen::judge {
namespace {

struct MetricWord {
  std::string_view word;
  Metric metric;
};
// Besides the metrics' own names.
constexpr std::array<MetricWord, 9> metric_words{{{"response", Metric::response_time},
                                                  {"service", Metric::service_time},
                                                  {"schedule", Metric::schedule_error},
                                                  {"generator", Metric::generator_delay},
                                                  {"connect", Metric::connect_time},
                                                  {"ttft", Metric::time_to_first_token},
                                                  {"ttft_from_send", Metric::first_token_from_send},
                                                  {"itl", Metric::inter_token},
                                                  {"tpot", Metric::time_per_token}}};

struct RateWord {
  std::string_view word;
  Quantity quantity;
};
constexpr std::array<RateWord, 3> rate_words{
    {{"rate", Quantity::answered_rate}, {"sent_rate", Quantity::sent_rate}, {"tokens_per_s", Quantity::token_rate}}};

constexpr std::string_view a_condition = "a condition such as 'p99>200ms', 'ttft.p95>800ms' or 'errors>0.1%'";
constexpr std::string_view a_statistic = "a percentile between 0 and 100, such as p99 or p99.9, or mean, or max";

class Parser {
 public:
  Parser(std::string_view text, std::string_view option) : text_{text}, option_{option} { threshold_.text = text; }

  Threshold parse() {
    const std::size_t at = text_.find_first_of("<>=");
    if (core::trim(text_).empty()) { fail("nothing", a_condition); }
    if (at == std::string_view::npos) { fail(in_text("no comparator"), a_condition); }
    const std::string_view comparator = text_.substr(at, text_.find_first_not_of("<>=", at) - at);
    if (comparator == ">") {
      threshold_.comparator = Comparator::greater;
    } else if (comparator == ">=") {
      threshold_.comparator = Comparator::greater_or_equal;
    } else if (comparator == "<") {
      threshold_.comparator = Comparator::less;
    } else if (comparator == "<=") {
      threshold_.comparator = Comparator::less_or_equal;
    } else {
      fail(in_text(core::quoted(comparator)), "one of >, >=, < and <=");
    }
    read_quantity(core::trim(text_.substr(0, at)));
    read_value(core::trim(text_.substr(at + comparator.size())));
    return threshold_;
  }

 private:
  [[noreturn]] void fail(std::string_view found, std::string_view expected) const {
    throw core::ConfigError{fmt::format("{}: found {}, expected {}", option_, found, expected)};
  }
  // 'pp99' in 'pp99>200ms'
  std::string in_text(std::string_view what) const { return fmt::format("{} in {}", what, core::quoted(text_)); }

  void read_quantity(std::string_view words) {
    if (words.empty()) { fail(in_text("nothing before the comparator"), a_condition); }
    const bool known = read_statistic(words) || read_request_count(words) || read_rate(words);
    if (known) { return; }
    const std::size_t gap = words.find_first_of(". \t");
    const std::string_view metric = words.substr(0, gap);
    if (read_metric(metric)) {
      const std::string_view statistic = gap == std::string_view::npos ? "" : core::trim(words.substr(gap + 1));
      if (statistic.empty()) {
        fail(in_text(fmt::format("{} alone", core::quoted(words))),
             fmt::format("'{0}.p99', '{0}.mean' or '{0}.max'", metric));
      }
      if (!read_statistic(statistic)) { fail_unknown(statistic, {"mean", "max"}, a_statistic); }
      return;
    }
    // A slip in a metric's name, when a statistic follows it; else in any name.
    if (gap != std::string_view::npos) {
      fail_unknown(metric, metric_names_and_words(), "a metric, such as response, service or ttft");
    }
    fail_unknown(words, all_words(), "a percentile such as p99, or mean, max, errors, timeouts, rate");
  }

  [[noreturn]] void fail_unknown(std::string_view word, const std::vector<std::string>& known,
                                 std::string_view expected) const {
    const auto near = core::nearest(word, known);
    fail(in_text(core::quoted(word)), near ? fmt::format("'{}'", *near) : std::string{expected});
  }

  bool read_statistic(std::string_view word) {
    if (word == "mean" || word == "max") {
      threshold_.quantity = word == "mean" ? Quantity::mean : Quantity::max;
      return true;
    }
    const bool percentile = word.size() > 1 && word[0] == 'p' && word[1] >= '0' && word[1] <= '9';
    if (!percentile) { return false; }
    // As a share, p99.9 is the very double 0.999.
    const auto share = core::parse_share(std::string{word.substr(1)} + "%");
    constexpr double highest = 1 - 1e-9;  // beyond, no load test has enough samples, and doubles run out
    if (!share || !(share.value > 0) || share.value > highest) { fail(in_text(core::quoted(word)), a_statistic); }
    threshold_.quantity = Quantity::percentile;
    threshold_.quantile = share.value;
    return true;
  }

  bool read_metric(std::string_view word) {
    const auto* const name = std::find(metric_names.begin(), metric_names.end(), word);
    if (name != metric_names.end()) {
      threshold_.metric = static_cast<Metric>(name - metric_names.begin());
      return true;
    }
    const auto* const found =
        std::find_if(metric_words.begin(), metric_words.end(), [&](const MetricWord& m) { return m.word == word; });
    if (found == metric_words.end()) { return false; }
    threshold_.metric = found->metric;
    return true;
  }

  bool read_request_count(std::string_view word) {
    if (word == "timeouts") { word = "timeout"; }
    const auto* const name = std::find(outcome_names.begin(), outcome_names.end(), word);
    if (word != "errors" && name == outcome_names.end()) { return false; }
    if (word != "errors") { threshold_.outcome = static_cast<Outcome>(name - outcome_names.begin()); }
    threshold_.quantity = Quantity::share;
    return true;
  }

  bool read_rate(std::string_view word) {
    const auto* const found =
        std::find_if(rate_words.begin(), rate_words.end(), [&](const RateWord& r) { return r.word == word; });
    if (found == rate_words.end()) { return false; }
    threshold_.quantity = found->quantity;
    return true;
  }

  static std::vector<std::string> metric_names_and_words() {
    std::vector<std::string> words{metric_names.begin(), metric_names.end()};
    for (const MetricWord& metric : metric_words) { words.emplace_back(metric.word); }
    return words;
  }
  static std::vector<std::string> all_words() {
    std::vector<std::string> words{"errors", "timeouts", "mean", "max"};
    words.insert(words.end(), outcome_names.begin(), outcome_names.end());
    for (const RateWord& rate : rate_words) { words.emplace_back(rate.word); }
    for (const std::string& metric : metric_names_and_words()) { words.push_back(metric); }
    return words;
  }

  void read_value(std::string_view value) {
    if (value.empty()) { fail(in_text("nothing after the comparator"), expected_value()); }
    switch (threshold_.quantity) {
      case Quantity::percentile:
      case Quantity::mean:
      case Quantity::max:
        read_time(value);
        break;
      case Quantity::share:
      case Quantity::count:
        read_share_or_count(value);
        break;
      case Quantity::answered_rate:
      case Quantity::sent_rate:
      case Quantity::token_rate:
        read_per_second(value);
        break;
    }
    if (threshold_.limit < 0) { fail(in_text(core::quoted(value)), "no negative limit"); }
  }

  std::string_view expected_value() const {
    switch (threshold_.quantity) {
      case Quantity::share:
      case Quantity::count:
        return "a share of the requests such as 0.1%, or a whole number of them such as 10";
      case Quantity::answered_rate:
      case Quantity::sent_rate:
      case Quantity::token_rate:
        return "a number per second such as 950";
      default:
        return "a time with its unit such as 200ms";
    }
  }

  [[noreturn]] void fail_value(std::string_view value, core::Flaw flaw) const {
    fail(in_text(core::quoted(value)) + std::string{clause(flaw)}, expected_value());
  }

  void read_time(std::string_view value) {
    const auto time = core::parse_duration(value);
    if (!time) { fail_value(value, time.flaw); }
    threshold_.limit = static_cast<double>(core::to_ns(time.value));
    threshold_.unit = value.substr(value.find_last_of("0123456789. ") + 1);
    threshold_.unit_ns = core::to_ns(core::parse_duration("1" + threshold_.unit).value);
  }

  void read_share_or_count(std::string_view value) {
    if (value.ends_with('%')) {
      const auto share = core::parse_share(value);
      if (!share) { fail_value(value, share.flaw); }
      if (share.value > 1) { fail(in_text(core::quoted(value)), "a share of at most 100%"); }
      threshold_.limit = share.value;
      return;
    }
    // "0.001" could mean a share, or a thousandth of a request: whoever writes it is asked.
    const auto count = core::parse_integer(value);
    if (!count) { fail_value(value, count.flaw); }
    threshold_.quantity = Quantity::count;
    threshold_.limit = static_cast<double>(count.value);
  }

  void read_per_second(std::string_view value) {
    std::string_view digits = value;
    if (digits.ends_with("/s")) { digits = core::trim(digits.substr(0, digits.size() - 2)); }
    const auto rate = core::parse_number(digits);
    if (!rate) { fail_value(value, rate.flaw); }
    threshold_.limit = rate.value;
  }

  std::string_view text_;
  std::string_view option_;
  Threshold threshold_{};
};

}  // namespace

Threshold parse_threshold(std::string_view text, std::string_view option) { return Parser{text, option}.parse(); }

}  // namespace loadgen::judge
