#include "decision/answers/value.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

// The multiple that the gate asks for, also where it is not judged.
Quantity multiple(const Questions& questions) {
  const auto gate =
      std::find_if(questions.gates.begin(), questions.gates.end(), [](const Gate& g) { return g.key == "min_roi"; });
  return gate->threshold;
}

// The return by every lost day of the period, and the multiple that it must not fall below.
Curve timing_curve(const Returns& asked, Quantity multiple) {
  Curve curve{.title = "Return by lost days", .x = "days lost", .y = "return, ×", .series = {{.name = "return"}}};
  Series& line = curve.series.front();
  const auto add = [&](Quantity lost) {
    Returns delayed = asked;
    delayed.lost_days = lost;
    line.x.push_back(as_double(lost));
    line.y.push_back(as_double(timed_roi(delayed)));
  };
  for (Quantity day; day < asked.period_days; day += Quantity::whole(1)) add(day);
  add(asked.period_days);
  const double limit = as_double(multiple);
  curve.series.push_back({"asked for", {0, as_double(asked.period_days)}, {limit, limit}});
  curve.series.push_back(
      {"as planned", {as_double(std::min(asked.lost_days, asked.period_days))}, {as_double(timed_roi(asked))}});
  return curve;
}

// On the line nobody cares which; above it the faster answer is preferred.
Curve indifference_curve(const ExchangeQuestion& asked) {
  const Quantity most = product(std::max(asked.accuracy_loss, asked.rule.accuracy_loss), Quantity::whole(2));
  Curve curve{.title = "Latency for accuracy", .x = "accuracy lost, %", .y = "latency gained, %"};
  curve.series.push_back({"indifferent", {0, as_double(most)}, {0, as_double(asked.rule.needed_gain(most))}});
  curve.series.push_back({"offered", {as_double(asked.accuracy_loss)}, {as_double(asked.latency_gain)}});
  return curve;
}

}  // namespace

std::optional<Answer> answer_returns(const Questions& questions, const OptionFacts&) {
  if (!questions.sources.returns) return std::nullopt;
  const Returns& asked = *questions.sources.returns;
  Answer answer{.section = "returns"};
  answer.figures = {{"roi", roi(asked), "×"}, {"timed_roi", timed_roi(asked), "×"}};
  answer.sentences = say_returns(asked, multiple(questions));
  answer.curves = {timing_curve(asked, multiple(questions))};
  if (const auto delay = break_even_delay(asked, multiple(questions)))
    answer.figures.push_back({"break_even_delay", *delay, "days"});
  answer.figures.push_back({"lost_revenue", in_dollars(lost_revenue(asked)), "$"});
  const std::optional<Quantity> days = payback_days(asked.cost, {{asked.period_days, asked.revenue}});
  if (!days) {
    answer.sentences.push_back(
        fmt::format("The revenue of {} days does not pay the cost back.", figure(asked.period_days, 2)));
    return answer;
  }
  answer.figures.push_back({"payback", *days, "days"});
  std::string sentence = fmt::format("The cost is paid back after {} days of revenue", days->to_fixed(2));
  if (asked.begins) {
    const std::optional<Payback> paid = payback(asked, *asked.begins, questions.fiscal_year);
    sentence += fmt::format(", on {} in {}: {} the quarter in which it begins", core::format_date(paid->on),
                            paid->paid_in.name(), paid->within_quarter ? "inside" : "after");
  }
  answer.sentences.push_back(sentence + ".");
  return answer;
}

std::optional<Answer> answer_missed_release(const Questions& questions, const OptionFacts&) {
  if (!questions.missed_release) return std::nullopt;
  const MissedRelease& missed = *questions.missed_release;
  Answer answer{.section = "missed_release", .sentences = missed.sentences()};
  answer.figures = {{"lost_revenue", in_dollars(missed.lost_revenue()), "$"},
                    {"spend", in_dollars(missed.spend), "$"},
                    {"other_cost", in_dollars(missed.other_cost()), "$"},
                    {"cost", in_dollars(missed.cost()), "$"}};
  if (const auto even = missed.break_even_per_point())
    answer.figures.push_back({"break_even_per_point", in_dollars(*even), "$/month"});
  if (const auto gain = missed.gain()) answer.figures.push_back({"net", in_dollars(*gain - missed.cost()), "$"});
  answer.table = {.alignment = "lr",
                  .rows = {{"the delayed release", ""},
                           {"revenue lost in the delay", amount(missed.lost_revenue())},
                           {"cloud", amount(missed.spend)},
                           {"beside the cloud", amount(missed.other_cost())},
                           {"all of it", amount(missed.cost())},
                           {"what the gain brings", missed.gain() ? amount(*missed.gain()) : "not known"}}};
  return answer;
}

std::optional<Answer> answer_latency_exchange(const Questions& questions, const OptionFacts&) {
  if (!questions.latency_exchange) return std::nullopt;
  const ExchangeQuestion& asked = *questions.latency_exchange;
  Answer answer{.section = "latency_exchange"};
  answer.figures = {{"needed_latency_gain", asked.rule.needed_gain(asked.accuracy_loss), "%"}};
  answer.sentences = {asked.rule.sentence(asked.accuracy_loss, asked.latency_gain)};
  answer.curves = {indifference_curve(asked)};
  return answer;
}

std::optional<Answer> answer_latency_churn(const Questions& questions, const OptionFacts&) {
  if (!questions.latency_churn) return std::nullopt;
  const LatencyElasticity& churn = *questions.latency_churn;
  Answer answer{.section = "latency_churn"};
  answer.figures = {{"points_per_ms", churn.points_per_ms(), "points"}};
  answer.sentences = {fmt::format("A millisecond less is {} points less of churn, on a straight line (an assumption).",
                                  figure(churn.points_per_ms(), 4))};
  const std::optional<Money> value = questions.users_value ? churn.value_per_ms(*questions.users_value) : std::nullopt;
  if (!value) {
    answer.sentences.emplace_back("What that is worth is not known: say `users_value` with revenue_per_user.");
    return answer;
  }
  const Money point = *churn.most_per_accuracy_point(*questions.users_value);
  answer.figures.push_back({"value_per_ms", in_dollars(*value), "$/month"});
  answer.figures.push_back({"most_per_accuracy_point", in_dollars(point), "$/month"});
  answer.sentences.push_back(fmt::format("That is worth {} a month for each ms; an accuracy point at most {}.",
                                         amount(*value), amount(point)));
  return answer;
}

std::optional<Answer> answer_swaps(const Questions& questions, const OptionFacts&) {
  if (questions.swaps.empty()) return std::nullopt;
  Answer answer{.section = "swaps"};
  std::optional<std::pair<Money, std::string>> best;
  bool all_known = true;
  for (const SwapValue& swap : questions.swaps) {
    answer.figures.push_back({swap.name + ": extra", in_dollars(swap.extra()), "$"});
    if (const auto even = swap.break_even_per_point())
      answer.figures.push_back({swap.name + ": break_even_per_point", in_dollars(*even), "$/month"});
    const std::optional<Money> net = swap.net();
    all_known = all_known && net.has_value();
    if (net) {
      answer.figures.push_back({swap.name + ": net", in_dollars(*net), "$"});
      if (!best || *net > best->first) best = {*net, swap.name};
    }
    answer.sentences.push_back(swap.sentence());
  }
  if (!all_known) {
    answer.sentences.emplace_back("Without the value of a point the options rank by cost and latency only.");
  } else {
    answer.sentences.insert(answer.sentences.begin(),
                            best->first > Money{}
                                ? fmt::format("{} brings most: a net value of {}.", best->second, amount(best->first))
                                : "None of them is worth its cost: stay.");
  }
  return answer;
}

std::optional<Answer> answer_kpi(const Questions& questions, const OptionFacts&) {
  if (!questions.kpi) return std::nullopt;
  return Answer{.section = "kpi", .sentences = {questions.kpi->sentence()}};
}

std::optional<Answer> answer_signal_cost(const Questions& questions, const OptionFacts&) {
  if (!questions.signal_cost) return std::nullopt;
  const Sentence said = signal_cost_sentence(*questions.signal_cost);
  return Answer{.section = "signal_cost",
                .sentences = {said.text ? *said.text
                                        : fmt::format("Not said, for this is not known: {}.", listing(said.missing))}};
}

}  // namespace decision
