#include "decision/answer_quality.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "decision/answers.hpp"
#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

const Quantity hundred = Quantity::whole(100);

std::optional<Quantity> latency(const LatencyOf& of, std::string_view statistic) {
  return of ? of(statistic) : std::nullopt;
}

Quantity without_sign(Quantity value) { return value < Quantity{} ? Quantity{} - value : value; }
Money without_sign(Money value) { return value < Money{} ? Money{} - value : value; }

class Writer {
 public:
  Writer(const QualityPlan& plan, const std::vector<OptionFact>& options) : plan_{plan}, options_{options} {}

  Answer answer() {
    answer_.section = "quality";
    answer_.table = {.alignment = "llrrrrr",
                     .rows = {{"option", "class", "answers", "mean", "p95", plan_.metric, "a month"}}};
    for (const OptionFact& option : options_) {
      rows(option);
      say_mean(option);
    }
    const auto base = std::find_if(options_.begin(), options_.end(),
                                   [&](const OptionFact& option) { return option.name == plan_.baseline; });
    for (const OptionFact& option : options_) {
      if (option.name != plan_.baseline) compare(*base, option);
    }
    for (const RevenueLift& lift : plan_.lifts) value(lift, *base);
    return std::move(answer_);
  }

 private:
  // One for each class of requests: a percentile of all together is nobody's.
  void rows(const OptionFact& option) {
    const std::optional<Quantity> quality = quality_of(option, plan_);
    if (quality) answer_.figures.push_back({option.name + ": " + plan_.metric, *quality, "%"});
    if (option.monthly_cost) {
      answer_.figures.push_back({option.name + ": a month", in_dollars(*option.monthly_cost), "$/month"});
    }
    std::vector<std::string> ends{quality ? figure(*quality, 2) + " %" : "not known",
                                  option.monthly_cost ? amount(*option.monthly_cost) : "not known"};
    std::string name = option.name;
    const auto add = [&](const std::string& traffic_class, std::int64_t answers, const LatencyOf& of) {
      const std::optional<Quantity> mean = latency(of, "mean");
      const std::optional<Quantity> p95 = latency(of, "p95");
      if (p95 && !traffic_class.empty()) {
        answer_.figures.push_back({fmt::format("{}: p95 of {}", option.name, traffic_class), *p95, "ms"});
      }
      answer_.table.rows.push_back({std::exchange(name, ""), traffic_class, core::format_count(answers),
                                    mean ? figure(*mean, 1) + " ms" : "-", p95 ? figure(*p95, 1) + " ms" : "-",
                                    std::exchange(ends[0], ""), std::exchange(ends[1], "")});
    };
    if (option.classes.empty()) add("", option.served, option.latency_ms);
    for (const ClassFact& c : option.classes) add(c.name, c.served, c.latency_ms);
  }

  void say_mean(const OptionFact& option) {
    const std::optional<Quantity> quality = quality_of(option, plan_);
    if (!quality) {
      answer_.sentences.push_back(fmt::format(
          "Asked for: the {} of {}; more than one part works on each of its answers, or a part's is not said.",
          plan_.metric, option.name));
      return;
    }
    if (option.parts.empty() || plan_.of(option.name)) return;
    std::vector<std::string> shares;
    for (const PartFact& part : option.parts) {
      shares.push_back(fmt::format("{} of the answers by {} at {} %",
                                   percent_text(Quantity::ratio(part.served, option.served)), part.name,
                                   figure(*plan_.of(part.name), 2)));
    }
    answer_.sentences.push_back(
        fmt::format("{}: {}: {} % on average over its answers.", option.name, listing(shares), figure(*quality, 3)));
  }

  void compare(const OptionFact& base, const OptionFact& option) {
    const std::optional<Quantity> from = quality_of(base, plan_);
    const std::optional<Quantity> to = quality_of(option, plan_);
    if (!from || !to || !base.monthly_cost || !option.monthly_cost) return;
    const Money extra = *option.monthly_cost - *base.monthly_cost;
    const Quantity points = *to - *from;
    answer_.figures.push_back({option.name + ": points", points, "points"});
    answer_.figures.push_back({option.name + ": extra", in_dollars(extra), "$/month"});
    std::string sentence =
        points == Quantity{}
            ? fmt::format("{}: the {} of {}", option.name, plan_.metric, base.name)
            : fmt::format("{}: {} points {} than {} ({} relative)", option.name, figure(without_sign(points), 3),
                          points < Quantity{} ? "less" : "more", base.name, relative(*from, points));
    sentence += fmt::format(" for {} a month {}", amount(without_sign(extra)), extra < Money{} ? "less" : "more");
    if (*base.monthly_cost > Money{}) {
      const Quantity overhead = share_of(extra, *base.monthly_cost);
      answer_.figures.push_back({option.name + ": overhead", product(overhead, hundred), "%"});
      sentence += fmt::format(" ({})", percent_text(overhead, 1));
    }
    if (points == Quantity{} || extra == Money{} || (points > Quantity{}) != (extra > Money{})) {
      const bool is_worse = points < Quantity{} || (points == Quantity{} && extra > Money{});
      answer_.sentences.push_back(
          fmt::format("{}: {}.", sentence, is_worse ? "nothing is gained by it" : "nothing is given up for it"));
      return;
    }
    const Money each = part_of(without_sign(extra), Quantity::whole(1), without_sign(points));
    answer_.figures.push_back({option.name + ": per point", in_dollars(each), "$/month"});
    sentence +=
        fmt::format(": {} a month for each point {}", amount(each), points > Quantity{} ? "gained" : "given up");
    if (!plan_.point) {
      answer_.sentences.push_back(
          fmt::format("{}. Asked for: what a point of {} is worth; it pays if that is {} than this.", sentence,
                      plan_.metric, points > Quantity{} ? "more" : "less"));
      return;
    }
    const Money net = cost(points, *plan_.point) - extra;
    answer_.figures.push_back({option.name + ": net", in_dollars(net), "$/month"});
    answer_.sentences.push_back(
        fmt::format("{}; a point is worth {}: {} a month net.", sentence, amount(*plan_.point), amount(net)));
  }

  // What more clicks bring, after what the option costs more than the baseline.
  void value(const RevenueLift& lift, const OptionFact& base) {
    const OptionFact& option = *std::find_if(options_.begin(), options_.end(),
                                             [&](const OptionFact& fact) { return fact.name == lift.option; });
    if (!base.monthly_cost || !option.monthly_cost) return;
    const Money extra = *option.monthly_cost - *base.monthly_cost;
    const std::string share = percent_text(lift.share, 1);
    if (!plan_.revenue) {
      answer_.sentences.push_back(
          extra <= Money{}
              ? fmt::format("{}: {} more revenue for no more money pays, whatever the revenue is.", option.name, share)
              : fmt::format("{}: {} more revenue pays where {} brings more than {} a month. Asked for: that revenue.",
                            option.name, share, base.name, amount(part_of(extra, Quantity::whole(1), lift.share))));
      return;
    }
    const Money gained = cost(lift.share, *plan_.revenue);
    answer_.figures.push_back({option.name + ": revenue", in_dollars(*plan_.revenue + gained), "$/month"});
    answer_.figures.push_back({option.name + ": gain", in_dollars(gained - extra), "$/month"});
    answer_.sentences.push_back(fmt::format("{}: {} more revenue is {} a month instead of {}; after the bills, {} {}.",
                                            option.name, share, amount(*plan_.revenue + gained), amount(*plan_.revenue),
                                            amount(without_sign(gained - extra)), gained < extra ? "less" : "more"));
  }

  static std::string relative(Quantity from, Quantity points) {
    if (from <= Quantity{}) return "-";
    const Quantity share = quotient(points, from);
    return (share > Quantity{} ? "+" : "") + percent_text(share, 2);
  }

  const QualityPlan& plan_;
  const std::vector<OptionFact>& options_;
  Answer answer_;
};

}  // namespace

std::optional<Quantity> QualityPlan::of(const std::string& name) const {
  const auto found =
      std::find_if(models.begin(), models.end(), [&](const ModelQuality& model) { return model.name == name; });
  return found == models.end() ? std::nullopt : std::optional{found->percent};
}

std::optional<QualityPlan> read_quality(const core::Section& root, const std::vector<std::string>& options) {
  const std::optional<core::Section> section = root.optional_section("quality");
  if (!section) return std::nullopt;
  if (options.empty()) throw root.error("quality", "a scenario without traffic", "one whose options are simulated");
  QualityPlan plan{.metric = section->text("metric", {.expected = "what is measured: accuracy"}),
                   .models = {},
                   .baseline = {},
                   .point = std::nullopt};
  for (const core::Section& item : section->sections("of")) {
    ModelQuality model{.name = item.text("name", {.expected = "an option, or a part of one"}),
                       .percent = read_measured(item, "is", Unit::share).value};
    if (model.percent < Quantity{} || model.percent > hundred) {
      throw item.error("is", figure(model.percent) + " %", "0 to 100 %");
    }
    plan.models.push_back(std::move(model));
  }
  plan.baseline = options[section->choice("baseline", {options.begin(), options.end()})];
  const std::string point = section->text(
      "point",
      {.expected = "an amount a month, or unknown", .fallback = "unknown", .why = "a business value is never assumed"});
  if (point != "unknown") plan.point = section->money("point");
  for (const core::Section& item : section->optional_sections("lifts")) {
    const Quantity percent = read_measured(item, "revenue", Unit::relative).value;
    if (percent <= Quantity{}) throw item.error("revenue", figure(percent) + " %", "more than 0 %");
    plan.lifts.push_back(
        {options[item.choice("option", {options.begin(), options.end()})], quotient(percent, hundred)});
  }
  if (plan.lifts.empty()) return plan;
  const std::string revenue = section->text(
      "revenue",
      {.expected = "an amount a month, or unknown", .fallback = "unknown", .why = "a business value is never assumed"});
  if (revenue != "unknown") plan.revenue = section->money("revenue");
  return plan;
}

std::optional<Quantity> quality_of(const OptionFact& option, const QualityPlan& plan) {
  if (const auto own = plan.of(option.name)) return own;
  if (option.parts.empty() || option.served == 0) return std::nullopt;
  std::int64_t served = 0;
  core::Int128 sum = 0;
  for (const PartFact& part : option.parts) {
    const std::optional<Quantity> percent = plan.of(part.name);
    if (!percent) return std::nullopt;
    served += part.served;
    sum += percent->count() * part.served;
  }
  if (served != option.served) return std::nullopt;  // more than one part worked on an answer
  return Quantity::ratio(sum, core::Int128{served} * Quantity::whole(1).count());
}

Answer answer_quality(const QualityPlan& plan, const std::vector<OptionFact>& options) {
  return Writer{plan, options}.answer();
}

}  // namespace decision
