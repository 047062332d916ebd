#include "decision/section_answers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

const Quantity hundred = Quantity::whole(100);

Quantity percent_of(Quantity share) { return product(share, hundred); }

// Collects the answers; a section whose part is absent leaves nothing behind.
class Collector {
 public:
  Collector(const Questions& questions, const std::vector<OptionFact>& options)
      : questions_{questions}, options_{options} {}

  std::vector<Answer> answers() {
    triad();
    share();
    fixed_budget();
    rollout();
    fallbacks();
    pilot();
    price_change();
    effort();
    validation();
    returns();
    latency_value();
    data();
    cache();
    prompts();
    adoption();
    swaps();
    kpi();
    levers();
    impact();
    signal_cost();
    crossovers();
    retraining();
    currency();
    return std::move(answers_);
  }

 private:
  Answer& begin(std::string section) { return answers_.emplace_back(Answer{.section = std::move(section)}); }

  void triad() {
    if (!questions_.triad || options_.empty()) return;
    std::vector<TriadOption> options;
    for (const OptionFact& option : options_) {
      const auto said = std::find_if(questions_.options.begin(), questions_.options.end(),
                                     [&](const NamedOption& named) { return named.name == option.name; });
      TriadOption& one = options.emplace_back(TriadOption{option.name, said->triad});
      if (!one.values[0] && option.monthly_cost) one.values[0] = as_double(*option.monthly_cost);
    }
    answers_.push_back(answer_triad(*questions_.triad, options));
  }

  void share() {
    if (!questions_.sources.budget) return;
    const BudgetQuestion& asked = *questions_.sources.budget;
    const BudgetShare share = budget_share(asked.spend, asked.budget);
    const Money budget = asked.budget.over(asked.spend.months);
    const Money room = asked.cap.head_room(asked.spend.amount, budget);
    Answer& answer = begin("budget_share");
    answer.figures = {{"as_stated", percent_of(share.as_stated), "%"},
                      {"same_period", percent_of(share.same_period), "%"},
                      {"cap", percent_of(asked.cap.share), "%"},
                      {"head_room", in_dollars(room), "$"}};
    answer.sentences = share.sentences();
    answer.sentences.push_back(
        asked.cap.allows(asked.spend.amount, budget)
            ? fmt::format("The cap of {} allows {}: it fits, with {} left.", percent_text(asked.cap.share),
                          amount(asked.cap.most(budget)), amount(room))
            : fmt::format("The cap of {} allows {}: it does not fit, {} are too much. A budget of {} would hold it.",
                          percent_text(asked.cap.share), amount(asked.cap.most(budget)), amount(Money{} - room),
                          amount(implied_budget(asked.spend.amount, asked.cap.share))));
  }

  void fixed_budget() {
    if (!questions_.fixed_budget) return;
    const PeriodAmount& budget = *questions_.fixed_budget;
    Answer& answer = begin("fixed_budget");
    answer.figures = {{"budget", in_dollars(budget.amount), "$"}};
    std::vector<NamedAmount> costs;
    for (const OptionFact& option : options_) {
      if (!option.monthly_cost) {
        answer.sentences.push_back(
            fmt::format("What {} costs is not known in full: it is not held against the budget.", option.name));
        continue;
      }
      costs.push_back({option.name, *option.monthly_cost * budget.months + option.one_time_cost.value_or(Money{})});
      const Money left = budget.amount - costs.back().amount;
      answer.figures.push_back({"left after " + option.name, in_dollars(left), "$"});
      answer.sentences.push_back(fmt::format(
          "{} costs {} in {} months: {}.", option.name, amount(costs.back().amount), budget.months,
          left >= Money{}
              ? fmt::format("it fits {}, with {} left", amount(budget.amount), amount(left))
              : fmt::format("not feasible, {} more than {}", amount(Money{} - left), amount(budget.amount))));
    }
    const std::vector<std::string> fit = fitting(costs, budget.amount);
    if (!costs.empty()) {
      answer.sentences.push_back(fit.empty() ? "No option fits the fixed budget."
                                             : fmt::format("Feasible: {}.", listing(fit)));
    }
  }

  // The bill that is asked about: what the rollout says, else that of the only option.
  std::optional<Money> full_bill() const {
    if (questions_.rollout && questions_.rollout->full) return questions_.rollout->full;
    return options_.size() == 1 ? options_.front().monthly_cost : std::nullopt;
  }

  void rollout() {
    if (!questions_.rollout) return;
    const RolloutPlan& plan = *questions_.rollout;
    std::vector<std::pair<std::string, Money>> bills;
    if (plan.full) {
      bills.emplace_back("", *plan.full);
    } else {
      for (const OptionFact& option : options_) {
        if (option.monthly_cost && *option.monthly_cost > Money{})
          bills.emplace_back(option.name, *option.monthly_cost);
      }
    }
    Answer& answer = begin("rollout");
    if (bills.empty()) answer.sentences.emplace_back("The bill at full scale is not known (full_bill), nor simulated.");
    for (const auto& [name, full] : bills) {
      const CapReadings readings = cap_readings(plan.cap, full, plan.months);
      const RolloutBill bill = rollout_bill(plan, full);
      const std::string whose = name.empty() ? "" : name + ": ";
      answer.figures.push_back({whose + "flat", percent_of(readings.flat), "%"});
      answer.figures.push_back({whose + "linear", percent_of(readings.linear), "%"});
      answer.figures.push_back({whose + "per_month", percent_of(readings.per_month), "%"});
      answer.figures.push_back({whose + "total", in_dollars(bill.total), "$"});
      for (std::size_t week = 0; week < bill.weekly.size(); ++week) {
        answer.figures.push_back({fmt::format("{}week_{}", whose, week + 1), in_dollars(bill.weekly[week]), "$"});
      }
      for (const std::string& sentence : readings.sentences()) answer.sentences.push_back(whose + sentence);
      answer.sentences.push_back(whose + bill.sentence);
    }
  }

  void fallbacks() {
    if (questions_.fallbacks.empty()) return;
    Answer& answer = begin("fallbacks");
    const std::optional<Money> bill = full_bill();
    if (!bill || !questions_.rollout) {
      answer.sentences.emplace_back(
          "Fallbacks are ranked against the cap of `rollout` and its full_bill; one of the two is not known.");
      return;
    }
    const RolloutPlan& plan = *questions_.rollout;
    const Money cap =
        plan.per == CapPeriod::month ? plan.cap : part_of(plan.cap, Quantity::whole(1), Quantity::whole(plan.months));
    const Fallbacks ranked = rank_fallbacks(*bill, cap, questions_.fallbacks);
    answer.sentences.push_back(ranked.verdict);
    for (const Fallback& fallback : ranked.ranked) {
      answer.figures.push_back({fmt::format("{}", fmt::join(fallback.knobs, " + ")), in_dollars(fallback.bill), "$"});
      answer.sentences.push_back(fallback.sentence());
    }
    for (const std::string& knob : ranked.asks)
      answer.sentences.push_back(fmt::format("What {} loses is not known: say `loses`.", knob));
  }

  void pilot() {
    if (!questions_.pilot) return;
    const ImpliedPilot& pilot = *questions_.pilot;
    Answer& answer = begin("pilot");
    answer.figures = {{"monthly_bill", in_dollars(pilot.monthly_bill), "$"},
                      {"daily_users", pilot.daily_users, "users"},
                      {"factor", pilot.factor, "×"}};
    answer.sentences = {
        fmt::format("The pilot costs {} a month and stands for {} daily users, {} times fewer; if cost "
                    "grew in proportion, which no fleet's does.",
                    amount(pilot.monthly_bill), figure(pilot.daily_users, 1), figure(pilot.factor, 1))};
  }

  void price_change() {
    if (!questions_.price_change) return;
    const PriceQuestion& asked = *questions_.price_change;
    const PriceChange change = decision::price_change(asked.old_per_thousand, asked.new_per_thousand);
    const Money before = bill_of(asked.queries, asked.old_per_thousand);
    const Money after = bill_of(asked.queries, asked.new_per_thousand);
    Answer& answer = begin("price_change");
    answer.figures = {{"change", percent_of(change.change), "%"},
                      {"saved_per_million", in_dollars(change.saved_per_million), "$"},
                      {"old_bill", in_dollars(before), "$/month"},
                      {"new_bill", in_dollars(after), "$/month"},
                      {"saved", in_dollars(before - after), "$/month"}};
    answer.sentences = {fmt::format("{} instead of {} per 1,000 queries is {}, {} for a million queries.",
                                    exact_amount(asked.new_per_thousand), exact_amount(asked.old_per_thousand),
                                    percent_text(change.change), amount(change.saved_per_million) + " saved"),
                        fmt::format("{} queries a month cost {} instead of {}: {} a month saved.",
                                    figure(asked.queries, 0), amount(after), amount(before), amount(before - after))};
  }

  void effort() {
    if (!questions_.sources.effort) return;
    const Effort& effort = *questions_.sources.effort;
    Answer& answer = begin("effort");
    answer.figures = {{"engineer_days", effort.engineer_days(), "days"}, {"sprints", effort.sprints(), "sprints"}};
    answer.sentences = {effort.sentence() + "."};
  }

  void validation() {
    if (!questions_.sources.validation) return;
    Answer& answer = begin("validation");
    for (const Milestone& step : questions_.sources.validation->timeline()) {
      answer.sentences.push_back(fmt::format("{}: {} to {}. {}", step.name, core::format_date(step.begins),
                                             core::format_date(step.ends), step.question));
    }
  }

  // The multiple that the gate asks for, also where it is not judged.
  Quantity multiple() const {
    const auto gate = std::find_if(questions_.gates.begin(), questions_.gates.end(),
                                   [](const Gate& g) { return g.key == "min_roi"; });
    return gate->threshold;
  }

  void returns() {
    if (!questions_.sources.returns) return;
    const Returns& asked = *questions_.sources.returns;
    Answer& answer = begin("returns");
    answer.figures = {{"roi", roi(asked), "×"}, {"timed_roi", timed_roi(asked), "×"}};
    answer.sentences = say_returns(asked, multiple());
    if (const auto delay = break_even_delay(asked, multiple()))
      answer.figures.push_back({"break_even_delay", *delay, "days"});
    answer.figures.push_back({"lost_revenue", in_dollars(lost_revenue(asked)), "$"});
    const std::optional<Quantity> days = payback_days(asked.cost, {{asked.period_days, asked.revenue}});
    if (!days) {
      answer.sentences.push_back(
          fmt::format("The revenue of {} days does not pay the cost back.", figure(asked.period_days, 2)));
      return;
    }
    answer.figures.push_back({"payback", *days, "days"});
    std::string sentence = fmt::format("The cost is paid back after {} days of revenue", days->to_fixed(2));
    if (asked.begins) {
      const std::optional<Payback> paid = payback(asked, *asked.begins, questions_.fiscal_year);
      sentence += fmt::format(", on {} in {}: {} the quarter in which it begins", core::format_date(paid->on),
                              paid->paid_in.name(), paid->within_quarter ? "inside" : "after");
    }
    answer.sentences.push_back(sentence + ".");
  }

  void latency_value() {
    if (questions_.latency_exchange) {
      const ExchangeQuestion& asked = *questions_.latency_exchange;
      Answer& answer = begin("latency_exchange");
      answer.figures = {{"needed_latency_gain", asked.rule.needed_gain(asked.accuracy_loss), "%"}};
      answer.sentences = {asked.rule.sentence(asked.accuracy_loss, asked.latency_gain)};
    }
    if (!questions_.latency_churn) return;
    const LatencyElasticity& churn = *questions_.latency_churn;
    Answer& answer = begin("latency_churn");
    answer.figures = {{"points_per_ms", churn.points_per_ms(), "points"}};
    answer.sentences = {
        fmt::format("A millisecond less is {} points less of churn, on a straight line (an assumption).",
                    figure(churn.points_per_ms(), 4))};
    const std::optional<Money> value =
        questions_.users_value ? churn.value_per_ms(*questions_.users_value) : std::nullopt;
    if (!value) {
      answer.sentences.emplace_back("What that is worth is not known: say `users_value` with revenue_per_user.");
      return;
    }
    const Money point = *churn.most_per_accuracy_point(*questions_.users_value);
    answer.figures.push_back({"value_per_ms", in_dollars(*value), "$/month"});
    answer.figures.push_back({"most_per_accuracy_point", in_dollars(point), "$/month"});
    answer.sentences.push_back(fmt::format("That is worth {} a month for each ms; an accuracy point at most {}.",
                                           amount(*value), amount(point)));
  }

  void data() {
    if (!questions_.data) return;
    const DataPlan& plan = *questions_.data;
    Answer& answer = begin("data");
    if (const auto clean = clean_examples(plan.data)) answer.figures.push_back({"clean_examples", *clean, "examples"});
    if (const auto effect = effective_examples(plan.data))
      answer.figures.push_back({"effective_examples", *effect, "examples"});
    const Hygiene matrix = hygiene(plan.data);
    for (const HygieneAxis& axis : matrix.axes) {
      if (axis.value) answer.figures.push_back({axis.name, percent_of(*axis.value), "%"});
    }
    answer.sentences = {matrix.sentence()};
    if (const auto warning = diminishing_returns(plan.data.examples)) answer.sentences.push_back(*warning);
    if (!plan.validation_loss.empty()) {
      const Overfit fit = overfit(plan.validation_loss, plan.patience);
      if (fit.stop_at) answer.figures.push_back({"stop_at", Quantity::whole(*fit.stop_at), "epoch"});
      answer.sentences.push_back(fit.sentence());
    }
    if (plan.learning_curve.empty()) return;
    answer.sentences.push_back(fit_learning_curve(plan.learning_curve).sentence());
  }

  void cache() {
    if (!questions_.cache) return;
    Answer& answer = begin("cache_mitigation");
    if (const auto ratio = hit_ratio_for_mean(*questions_.cache))
      answer.figures.push_back({"hit_ratio_for_mean", percent_of(*ratio), "%"});
    if (const auto ratio = hit_ratio_for_percentile(*questions_.cache))
      answer.figures.push_back({"hit_ratio_for_percentile", percent_of(*ratio), "%"});
    answer.sentences = say_cache(*questions_.cache);
  }

  void prompts() {
    if (!questions_.sources.prompts) return;
    const Prompts& asked = *questions_.sources.prompts;
    Answer& answer = begin("prompts");
    answer.figures = {{"hours_per_week", asked.upkeep.hours_a_week, "hours"},
                      {"weekly", in_dollars(asked.upkeep.weekly()), "$"}};
    answer.sentences = {fmt::format("Prompts take {} hours a week, {}.", figure(asked.upkeep.hours_a_week),
                                    amount(asked.upkeep.weekly()))};
    if (questions_.sources.returns) {
      const Money cost = questions_.sources.returns->cost;
      if (const auto weeks = asked.upkeep.break_even_weeks(cost)) {
        answer.figures.push_back({"break_even_weeks", *weeks, "weeks"});
        answer.sentences.push_back(
            fmt::format("Fine-tuning for {} is paid by {} weeks of that upkeep.", amount(cost), weeks->to_fixed(1)));
      }
    }
    if (!asked.breakage) return;
    const PromptBreakage& breakage = *asked.breakage;
    answer.figures.push_back({"broken_per_update", breakage.broken_per_update(), "prompts"});
    answer.figures.push_back({"repair_hours_per_year", breakage.hours_a_year(), "hours"});
    answer.sentences.push_back(
        fmt::format("A model update breaks {} of {} prompts; repairs take {} hours a year, {} a week.",
                    figure(breakage.broken_per_update(), 1), breakage.prompts, figure(breakage.hours_a_year(), 1),
                    figure(breakage.hours_a_week(), 2)));
  }

  void adoption() {
    if (!questions_.sources.adoption) return;
    const Adoption& asked = *questions_.sources.adoption;
    Answer& answer = begin("adoption");
    if (asked.base_coverage) {
      answer.figures.push_back({"base_coverage", percent_of(*asked.base_coverage), "%"});
      answer.sentences.push_back(base_model_verdict(*asked.base_coverage, asked.ship_at).sentence);
    }
    if (asked.prompts) {
      answer.figures.push_back({"prompt_coverage", percent_of(asked.prompts->reached()), "%"});
      answer.sentences.push_back(prompt_verdict(*asked.prompts).sentence);
    }
    for (const std::string& question : asked.steps.unanswered())
      answer.sentences.push_back(fmt::format("Not answered yet: {}", question));
  }

  void swaps() {
    if (questions_.swaps.empty()) return;
    Answer& answer = begin("swaps");
    std::optional<std::pair<Money, std::string>> best;
    bool all_known = true;
    for (const SwapValue& swap : questions_.swaps) {
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
  }

  void kpi() {
    if (questions_.kpi) begin("kpi").sentences = {questions_.kpi->sentence()};
  }

  void levers() {
    if (questions_.levers.empty()) return;
    Answer& answer = begin("levers");
    for (const Lever& lever : questions_.levers) answer.figures.push_back({lever.name, percent_of(lever.saves), "%"});
    answer.figures.push_back({"combined", percent_of(combined(questions_.levers)), "%"});
    answer.sentences = {say_levers(questions_.levers, Quantity::ratio(6, 10))};
    if (options_.size() != 1 || !options_.front().monthly_cost) return;
    for (const WaterfallStep& step : waterfall(*options_.front().monthly_cost, questions_.levers)) {
      answer.sentences.push_back(
          fmt::format("{} saves {} and leaves {} a month.", step.name, amount(step.saved), amount(step.left)));
    }
  }

  void impact() {
    if (!questions_.impact) return;
    const CostImpact& impact = *questions_.impact;
    Answer& answer = begin("impact");
    for (std::size_t i = 0; i < impact.rows.size(); ++i) {
      const ImpactRow& row = impact.rows[i];
      answer.figures.push_back({row.name + ": engineer_days", row.engineer_days, "days"});
      answer.figures.push_back({row.name + ": cloud_once", in_dollars(row.cloud_once), "$"});
      answer.figures.push_back({row.name + ": cloud_monthly", in_dollars(row.cloud_monthly), "$/month"});
      std::string ratio;
      if (impact.effort_ratio[i] && i != impact.baseline) {
        answer.figures.push_back({row.name + ": effort_ratio", *impact.effort_ratio[i], "×"});
        ratio = fmt::format(", {} times the engineer-days of {}", figure(*impact.effort_ratio[i], 2),
                            impact.rows[impact.baseline].name);
      }
      answer.sentences.push_back(
          fmt::format("{}: {} engineer-days{}, {} once and {} a month of cloud, {}.", row.name,
                      figure(row.engineer_days, 1), ratio, amount(row.cloud_once), amount(row.cloud_monthly),
                      row.revenue_lift ? amount(*row.revenue_lift) + " a month of revenue" : "revenue not known"));
    }
    for (const std::string& name : impact.asks)
      answer.sentences.push_back(fmt::format("What {} brings is asked for: say `revenue_lift`.", name));
  }

  void signal_cost() {
    if (!questions_.signal_cost) return;
    const Sentence said = signal_cost_sentence(*questions_.signal_cost);
    begin("signal_cost").sentences = {
        said.text ? *said.text : fmt::format("Not said, for this is not known: {}.", listing(said.missing))};
  }

  // Each path against the first.
  void crossovers() {
    if (questions_.paths.empty()) return;
    Answer& answer = begin("paths");
    const CostPath& first = questions_.paths.front();
    for (std::size_t i = 1; i < questions_.paths.size(); ++i) {
      const CostPath& path = questions_.paths[i];
      const std::optional<Crossover> cross = crossover(first, path);
      if (!cross) {
        answer.sentences.push_back(fmt::format("{} does not catch up with {} in ten years.", path.name, first.name));
        continue;
      }
      answer.figures.push_back({path.name + ": crossover", cross->months, "months"});
      answer.sentences.push_back(fmt::format("{} has cost no more than {} after {} months, {} by then.", path.name,
                                             first.name, cross->months.to_fixed(2), amount(cross->paid)));
    }
    for (const CostPath& path : questions_.paths) {
      const Money year = cumulative(path, Quantity::whole(12));
      answer.figures.push_back({path.name + ": first year", in_dollars(year), "$"});
      answer.sentences.push_back(fmt::format("{} costs {} in the first year.", path.name, amount(year)));
    }
  }

  void retraining() {
    if (!questions_.retraining) return;
    Answer& answer = begin("retraining");
    for (const CadenceRow& row : cadence_table(questions_.retraining->plan, questions_.retraining->cadences)) {
      answer.figures.push_back({fmt::format("cost of {} trainings", row.trainings), in_dollars(row.cost), "$/year"});
      answer.figures.push_back({fmt::format("accuracy of {} trainings", row.trainings), row.mean_accuracy, "%"});
      answer.sentences.push_back(row.sentence());
    }
  }

  void currency() {
    if (questions_.fx) begin("fx").sentences = {questions_.fx->sentence() + "."};
  }

  const Questions& questions_;
  const std::vector<OptionFact>& options_;
  std::vector<Answer> answers_;
};

}  // namespace

std::vector<Answer> section_answers(const Questions& questions, const std::vector<OptionFact>& options) {
  return Collector{questions, options}.answers();
}

}  // namespace decision
