#include "decision/break_even_question.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/units.hpp"
#include "decision/answers.hpp"
#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

// Without an exponent, which not every unit takes.
std::string six_digits(double value) {
  if (value == 0) return "0";
  const std::string scientific = fmt::format("{:.5e}", value);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  std::string text = fmt::format("{:.{}f}", value, std::clamp(5 - exponent, 0, 15));
  if (exponent > 5) text = fmt::format("{:.0f}", core::parse_number(scientific).value);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

struct Written {
  std::string prefix;
  double number = 0;
  std::string suffix;
};

// The longest beginning that is a number; what follows is its unit.
Written read_written(const core::Section& item, std::string_view key) {
  const std::string text = item.text(key, {.expected = "a value of the key, as it stands in the scenario"});
  Written written;
  std::string_view rest = text;
  if (rest.starts_with('$')) {
    written.prefix = "$";
    rest.remove_prefix(1);
  }
  for (std::size_t length = rest.size(); length > 0; --length) {
    const auto number = core::parse_number(rest.substr(0, length));
    if (!number) continue;
    if (std::abs(number.value) > 1e15) throw item.error(key, fmt::format("'{}'", text), "at most 1e15");
    written.number = number.value;
    written.suffix = rest.substr(length);
    return written;
  }
  throw item.error(key, fmt::format("'{}'", text), "a number, with its unit where the key has one");
}

void read_range(const core::Section& item, BreakEvenQuestion& question) {
  const Written from = read_written(item, "from");
  const Written to = read_written(item, "to");
  if (from.prefix != to.prefix || from.suffix != to.suffix) {
    throw item.error("to", fmt::format("'{}'", item.text("to")), "the same unit as `from`");
  }
  question.prefix = from.prefix;
  question.suffix = from.suffix;
  question.whole = item.boolean("whole", false, "most keys do not count anything");
  question.search.low = question.rounded(from.number);
  question.search.high = question.rounded(to.number);
  if (question.search.low >= question.search.high) {
    throw item.error("to", fmt::format("'{}'", item.text("to")), "more than `from`");
  }
  question.search.in_ratios = item.choice("steps", {"even", "ratios"}, 0, "equal steps") == 1;
  if (question.search.in_ratios && question.search.low <= 0) {
    throw item.error("from", fmt::format("'{}'", item.text("from")), "more than 0, for equal ratios");
  }
  question.search.samples = static_cast<int>(
      item.integer("samples", {.min = 2, .max = 100, .fallback = 5, .why = "both ends and three between"}));
  question.search.most =
      static_cast<int>(item.integer("evaluations", {.min = question.search.samples,
                                                    .max = 1000,
                                                    .fallback = std::max(16, question.search.samples),
                                                    .why = "each simulates the options anew"}));
  question.search.tolerance = item.share(
      "tolerance", {.min = 1e-5, .max = 0.5, .fallback = 0.01, .why = "finer than what is known of most inputs"});
}

void read_compared(const core::Section& item, const std::vector<std::string>& options, BreakEvenQuestion& question) {
  const auto check = [&](std::string_view key, const std::string& name) {
    if (std::find(options.begin(), options.end(), name) != options.end()) return;
    throw item.error(key, fmt::format("'{}'", name), fmt::format("one of {}", fmt::join(options, ", ")));
  };
  if (item.has("between")) {
    question.options = item.texts("between");
    if (question.options.size() != 2 || question.options[0] == question.options[1]) {
      throw item.error("between", fmt::format("{} of them", question.options.size()), "the names of two options");
    }
    for (const std::string& name : question.options) check("between", name);
    return;
  }
  question.options = {item.text("option", {.expected = "an option with its `cost` or `latency`, or `between` two"})};
  check("option", question.options.front());
  if (item.has("cost")) {
    question.cost = item.money("cost");
    return;
  }
  question.latency_ms = read_measured(item, "latency", Unit::milliseconds).value;
  question.statistic = item.text(
      "percentile", {.expected = "p50 to p99.9, or mean", .fallback = "p95", .why = "no percentile is said (C-18)"});
  if (question.statistic == "mean") return;
  const auto percent = core::parse_number(std::string_view{question.statistic}.substr(1));
  if (question.statistic.front() != 'p' || !percent || percent.value <= 0 || percent.value >= 100) {
    throw item.error("percentile", fmt::format("'{}'", question.statistic), "p50 to p99.9, or mean");
  }
}

// One evaluation, kept for the table.
struct Point {
  double at = 0;
  std::vector<Observed> observed;
};

// What nobody was answered counts as later than any limit: as long as the longest time that is told apart, an hour.
constexpr std::int64_t longest_ms = 3'600'000;

Quantity latency_of(const Observed& observed) { return observed.latency_ms.value_or(Quantity::whole(longest_ms)); }

double difference_of(const BreakEvenQuestion& question, const std::vector<Observed>& seen) {
  if (question.latency_ms) return as_double(latency_of(seen[0]) - *question.latency_ms);
  const Money other = question.cost ? *question.cost : seen[1].monthly_cost;
  return as_double(seen[0].monthly_cost - other);
}

class Teller {
 public:
  Teller(const BreakEvenQuestion& question, const Crossing& crossing, const std::vector<Point>& points)
      : question_{question}, crossing_{crossing}, points_{points} {}

  Answer answer(std::string_view how) const {
    Answer answer{.section = "break_even"};
    if (!points_.empty()) answer.sentences.push_back(found());
    for (const Bracket& other : crossing_.others) {
      answer.sentences.push_back(fmt::format("The sign changes again between {} and {}, which was not narrowed.",
                                             shown(other.low.at), shown(other.high.at)));
    }
    if (crossing_.is_stopped) {
      answer.sentences.push_back(
          crossing_.evaluations < question_.search.most
              ? fmt::format("Interrupted after {}.", decision::counted(crossing_.evaluations, "evaluation"))
              : fmt::format("All {} evaluations were used before the bracket was as narrow as asked for.",
                            question_.search.most));
    }
    if (!how.empty()) answer.sentences.emplace_back(how);
    answer.figures = figures();
    answer.table = table();
    if (points_.size() > 1) answer.curves = {curve()};
    return answer;
  }

 private:
  std::string shown(double at) const { return question_.shown(at); }
  const std::string& first() const { return question_.options.front(); }
  std::string unit() const {
    if (question_.prefix == "$") return "$";
    return question_.suffix;
  }
  std::string what() const {
    return question_.latency_ms ? fmt::format("{} of {}", question_.statistic, first()) : "monthly cost";
  }
  std::string limit() const {
    return question_.latency_ms ? figure(*question_.latency_ms) + " ms" : amount(question_.cost.value_or(Money{}));
  }

  // The difference at a place, as it is said: "$120.50 more", "30 ms less".
  std::string gap(const Sample& sample) const {
    const std::string_view word = sample.difference > 0 ? "more" : "less";
    const Point& point = at(sample.at);
    if (question_.latency_ms) {
      const Quantity by = latency_of(point.observed[0]) - *question_.latency_ms;
      return fmt::format("{} ms {}", figure(by < Quantity{} ? Quantity{} - by : by), word);
    }
    const Money other = question_.cost ? *question_.cost : point.observed[1].monthly_cost;
    const Money by = point.observed[0].monthly_cost - other;
    return fmt::format("{} {}", amount(by < Money{} ? Money{} - by : by), word);
  }

  const Point& at(double place) const {
    return *std::find_if(points_.begin(), points_.end(), [&](const Point& point) { return point.at == place; });
  }

  std::string found() const {
    const std::string key = question_.key;
    if (!crossing_.at) {
      const Sample& low = crossing_.samples.front();
      const Sample& high = crossing_.samples.back();
      const std::string against = question_.options.size() == 2 ? question_.options[1] : limit();
      return fmt::format("No crossing of {} from {} to {}: {} {} {} than {} at {}, and {} at {}.", key, shown(low.at),
                         shown(high.at), question_.latency_ms ? what() : first(), question_.latency_ms ? "is" : "costs",
                         gap(low), against, shown(low.at), gap(high), shown(high.at));
    }
    const Bracket& bracket = *crossing_.bracket;
    const bool is_exact = bracket.low.at == bracket.high.at;
    const std::string where = is_exact
                                  ? fmt::format("exactly {}", shown(bracket.low.at))
                                  : fmt::format("about {} (between {} and {})", shown(question_.rounded(*crossing_.at)),
                                                shown(bracket.low.at), shown(bracket.high.at));
    const bool is_less_below = is_exact ? crossing_.samples.front().difference < 0 : bracket.low.difference < 0;
    if (question_.latency_ms) {
      return fmt::format("The {} passes {} at {} = {}: below it the limit is {}, above it {}.", what(), limit(), key,
                         where, is_less_below ? "held" : "missed", is_less_below ? "missed" : "held");
    }
    if (question_.cost) {
      return fmt::format("{} costs {} a month at {} = {}: {} below it, {} above.", first(), limit(), key, where,
                         is_less_below ? "less" : "more", is_less_below ? "more" : "less");
    }
    const std::string& second = question_.options[1];
    return fmt::format("{} and {} cost the same at {} = {}: below it {} is cheaper, above it {}.", first(), second, key,
                       where, is_less_below ? first() : second, is_less_below ? second : first());
  }

  static Quantity exactly(double value) { return Quantity::parse(fmt::format("{:.9f}", value)); }

  std::vector<Figure> figures() const {
    std::vector<Figure> figures;
    if (crossing_.at) {
      figures.push_back({"crossing", exactly(question_.rounded(*crossing_.at)), unit()});
      figures.push_back({"bracket_low", exactly(crossing_.bracket->low.at), unit()});
      figures.push_back({"bracket_high", exactly(crossing_.bracket->high.at), unit()});
    }
    figures.push_back({"evaluations", Quantity::whole(crossing_.evaluations), "simulations"});
    return figures;
  }

  Table table() const {
    Table table{.alignment = "r", .rows = {{question_.key}}};
    const auto column = [&](std::string head, const auto& cell) {
      table.alignment += 'r';
      table.rows.front().push_back(std::move(head));
      for (std::size_t i = 0; i < points_.size(); ++i) table.rows[i + 1].push_back(cell(points_[i].observed));
    };
    for (const Point& point : points_) table.rows.push_back({shown(point.at)});
    using Seen = std::vector<Observed>;
    if (question_.latency_ms) {
      column(what(), [](const Seen& seen) {
        return seen[0].latency_ms ? figure(*seen[0].latency_ms) + " ms" : std::string{"no answer"};
      });
      column("answered", [](const Seen& seen) {
        return seen[0].availability ? figure(*seen[0].availability) + " %" : std::string{"-"};
      });
      return table;
    }
    for (std::size_t k = 0; k < question_.options.size(); ++k) {
      column(question_.options[k], [k](const Seen& seen) { return amount(seen[k].monthly_cost); });
    }
    column("difference", [&](const Seen& seen) {
      return amount(seen[0].monthly_cost - (question_.cost ? *question_.cost : seen[1].monthly_cost));
    });
    return table;
  }

  Curve curve() const {
    Curve curve{.title = fmt::format("{} by {}", question_.latency_ms ? what() : "Monthly cost", question_.key),
                .shape = Curve::Shape::line,
                .x = unit().empty() ? question_.key : fmt::format("{}, {}", question_.key, unit()),
                .y = question_.latency_ms ? "ms" : "$/month"};
    const auto add = [&](const std::string& name, const auto& value) {
      Series& series = curve.series.emplace_back(Series{.name = name});
      for (const Point& point : points_) {
        series.x.push_back(point.at);
        series.y.push_back(value(point.observed));
      }
    };
    using Seen = std::vector<Observed>;
    if (question_.latency_ms) {
      add(what(), [](const Seen& seen) { return as_double(latency_of(seen[0])); });
      add("limit", [&](const Seen&) { return as_double(*question_.latency_ms); });
      return curve;
    }
    for (std::size_t k = 0; k < question_.options.size(); ++k) {
      add(question_.options[k], [k](const Seen& seen) { return as_double(seen[k].monthly_cost); });
    }
    if (question_.cost) add("cap", [&](const Seen&) { return as_double(*question_.cost); });
    return curve;
  }

  const BreakEvenQuestion& question_;
  const Crossing& crossing_;
  const std::vector<Point>& points_;  // by their places
};

}  // namespace

double BreakEvenQuestion::rounded(double at) const {
  return whole ? std::round(at) : core::parse_number(six_digits(at)).value;
}

std::string BreakEvenQuestion::text_of(double at) const {
  return prefix + (whole ? fmt::format("{:.0f}", at) : six_digits(at)) + suffix;
}

std::string BreakEvenQuestion::shown(double at) const {
  std::string number = whole ? fmt::format("{:.0f}", at) : six_digits(at);
  const std::size_t point = number.find('.');
  const std::size_t decimals = point == std::string::npos ? 0 : number.size() - point - 1;
  if (decimals <= 9) number = figure(Quantity::parse(number), 9);  // beyond that a price of a token, and no thousands
  const std::string_view blank = suffix.empty() || suffix.starts_with(' ') ? "" : " ";
  return fmt::format("{}{}{}{}", prefix, number, blank, suffix);
}

std::vector<BreakEvenQuestion> read_break_evens(const core::Section& root, const std::vector<std::string>& options) {
  std::vector<BreakEvenQuestion> questions;
  for (const core::Section& item : root.optional_sections("break_even")) {
    if (options.empty()) {
      throw root.error("break_even", "a scenario without traffic", "one whose options are simulated");
    }
    BreakEvenQuestion question;
    question.key = item.text("key", {.expected = "a key of the scenario, as in --set: traffic.daily_users"});
    if (question.key.find('=') != std::string::npos) {
      throw item.error("key", fmt::format("'{}'", question.key), "a key alone; its values are `from` and `to`");
    }
    read_compared(item, options, question);
    read_range(item, question);
    if (item.has("hours")) {
      question.hours = static_cast<std::int32_t>(item.integer("hours", {.min = 1, .max = 87'840, .unit = "hours"}));
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

Answer answer_break_even(const BreakEvenQuestion& question, const Evaluate& evaluate, std::string_view how) {
  std::vector<Point> points;
  CrossingSearch search = question.search;
  search.rounded = [&](double at) { return question.rounded(at); };
  const Crossing crossing = find_crossing(
      [&](double at) -> std::optional<double> {
        std::optional<std::vector<Observed>> observed = evaluate(question.text_of(at));
        if (!observed) return std::nullopt;
        points.push_back({at, std::move(*observed)});
        return difference_of(question, points.back().observed);
      },
      search);
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.at < b.at; });
  return Teller{question, crossing, points}.answer(how);
}

}  // namespace decision
