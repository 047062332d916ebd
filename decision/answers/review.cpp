#include "decision/answers/review.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

std::string amount_or(const std::optional<Money>& money, std::string_view otherwise) {
  return money ? amount(*money) : std::string{otherwise};
}

std::string listed(const std::vector<std::string>& names) { return names.empty() ? "missing" : listing(names); }

Table packet_table(const GovernanceRule& rule, const ReviewPacket& packet) {
  const auto hours = [](const std::optional<Quantity>& value) { return value ? figure(*value) : std::string{"-"}; };
  return {.alignment = "lll",
          .rows = {{"in the packet", "", "review above"},
                   {"business metrics", listed(packet.business_metrics), "-"},
                   {"benchmarks", listed(packet.benchmarks), "-"},
                   {"training", amount_or(packet.training_cost, "missing"), "-"},
                   {"a year of inference", amount_or(packet.inference_year, "missing"), "-"},
                   {"both", amount_or(packet.cost(), "not known"), amount_or(rule.max_cost, "-")},
                   {"GPU hours", hours(packet.gpu_hours), hours(rule.max_gpu_hours)}}};
}

std::vector<NamedAmount> projection(const ReviewPacket& packet) {
  std::vector<NamedAmount> amounts;
  if (packet.training_cost) amounts.push_back({"training", *packet.training_cost});
  if (packet.inference_year) amounts.push_back({"a year of inference", *packet.inference_year});
  return amounts;
}

}  // namespace

std::optional<Answer> answer_governance(const Questions& questions, const OptionFacts& options) {
  if (!questions.governance) return std::nullopt;
  const GovernanceRule& rule = questions.governance->rule;
  ReviewPacket packet = questions.governance->packet;
  // A board reviews what may be taken: the dearest of the bills, once all of them are known.
  const auto cheaper = [](const OptionFact& x, const OptionFact& y) { return x.monthly_cost < y.monthly_cost; };
  const auto dearest = std::max_element(options.begin(), options.end(), cheaper);
  const bool from_bill = !packet.inference_year && !options.empty() &&
                         std::all_of(options.begin(), options.end(),
                                     [](const OptionFact& option) { return option.monthly_cost.has_value(); });
  if (from_bill) packet.inference_year = *dearest->monthly_cost * 12;
  const GovernanceVerdict verdict = govern(rule, packet);
  Answer answer{.section = "governance", .table = packet_table(rule, packet), .passes = verdict.passes()};
  if (const std::optional<Money> total = packet.cost()) answer.figures.push_back({"cost", in_dollars(*total), "$"});
  if (rule.max_cost) answer.figures.push_back({"max_cost", in_dollars(*rule.max_cost), "$"});
  if (packet.gpu_hours) answer.figures.push_back({"gpu_hours", *packet.gpu_hours, "hours"});
  if (verdict.review_required) {
    answer.sentences.push_back("REVIEW REQUIRED. " + verdict.reasons.front());
    answer.sentences.insert(answer.sentences.end(), verdict.reasons.begin() + 1, verdict.reasons.end());
  } else if (verdict.missing.empty()) {
    answer.sentences.emplace_back("No review is due: the plan is within its thresholds and the packet is complete.");
  }
  if (!verdict.missing.empty()) {
    answer.sentences.push_back(fmt::format("{}he packet lacks {}.",
                                           verdict.review_required ? "T" : "NOT READY FOR A REVIEW. T",
                                           listing(verdict.missing)));
  }
  if (from_bill) {
    answer.sentences.push_back(fmt::format("A year of inference is twelve months of the bill of {}{}.", dearest->name,
                                           options.size() > 1 ? ", the dearest" : ""));
  }
  if (!questions.governance->last_quarter.empty()) {
    answer.sentences.emplace_back("Against the last quarterly review:");
    for (const ReviewChange& change : review_changes(questions.governance->last_quarter, projection(packet)))
      answer.sentences.push_back(change.sentence() + ".");
  }
  return answer;
}

std::optional<Answer> answer_accuracy_policy(const Questions& questions, const OptionFacts&) {
  if (!questions.accuracy_policy) return std::nullopt;
  const AccuracyPolicy& policy = questions.accuracy_policy->policy;
  Answer answer{.section = "accuracy_policy"};
  std::vector<bool> accepted;
  const auto judge = [&](const std::string& who, Quantity loss) {
    accepted.push_back(policy.accepts(loss));
    answer.figures.push_back({who + ": loss", in_percent(loss), "%"});
    answer.sentences.push_back(
        loss > Quantity{} ? fmt::format("{}: {}", who, policy.sentence(loss))
                          : fmt::format("{}: accepted, it loses no accuracy ({} relative).", who, percent_text(loss)));
  };
  if (const std::string& reference = questions.accuracy_policy->against; !reference.empty()) {
    const auto has_name = [&](const NamedOption& option) { return option.name == reference; };
    const auto base = std::find_if(questions.options.begin(), questions.options.end(), has_name);
    for (const NamedOption& option : questions.options) {
      if (option.name == reference) continue;
      if (!option.accuracy || !base->accuracy) {
        answer.sentences.push_back(
            fmt::format("Asked for: the accuracy of {}, in its values.", option.accuracy ? reference : option.name));
        accepted.push_back(!policy.high_stakes);  // what is not known is no excuse where the stakes are high
        continue;
      }
      judge(option.name, Quantity::whole(1) - quotient(*option.accuracy, *base->accuracy));
    }
  }
  if (questions.latency_exchange)
    judge("the loss offered for latency", quotient(questions.latency_exchange->accuracy_loss, Quantity::whole(100)));
  answer.passes = accepted.empty() || std::find(accepted.begin(), accepted.end(), true) != accepted.end();
  if (accepted.empty()) answer.sentences.emplace_back("There is no loss of accuracy to judge.");
  return answer;
}

std::optional<Answer> answer_device_memory(const Questions& questions, const OptionFacts&) {
  if (!questions.device_memory) return std::nullopt;
  const Quantity memory = *questions.device_memory;
  Answer answer{.section = "device_memory",
                .figures = {{"memory", memory, "GB"}},
                .table = {.alignment = "lrrl", .rows = {{"", "size, GB", "left, GB", "fits"}}}};
  std::vector<std::string> fit;
  std::vector<std::string> refused;
  for (const NamedOption& option : questions.options) {
    if (!option.gigabytes) {
      answer.table.rows.push_back({option.name, "unknown", "-", "unknown"});
      answer.sentences.push_back(fmt::format("Asked for: the `size` of {}.", option.name));
      continue;
    }
    const bool fits = fits_memory({.gigabytes = *option.gigabytes, .milliseconds = {}, .accuracy = {}}, memory);
    (fits ? fit : refused).push_back(option.name);
    answer.figures.push_back({option.name + ": left", memory - *option.gigabytes, "GB"});
    answer.table.rows.push_back(
        {option.name, figure(*option.gigabytes), figure(memory - *option.gigabytes), fits ? "yes" : "no"});
  }
  const auto verb = [](const std::vector<std::string>& names, std::string_view one, std::string_view more) {
    return names.size() == 1 ? one : more;
  };
  std::string words = fit.empty() ? fmt::format("Nothing fits {} GB", figure(memory))
                                  : fmt::format("{} {} {} GB", listing(fit), verb(fit, "fits", "fit"), figure(memory));
  if (!refused.empty()) words += fmt::format("; {} {} not", listing(refused), verb(refused, "does", "do"));
  answer.sentences.insert(answer.sentences.begin(), words + ".");
  answer.passes = !fit.empty();
  return answer;
}

std::vector<Answer> judging_sections(const Questions& questions, const OptionFacts& options) {
  std::vector<Answer> answers;
  for (const auto section : {answer_governance, answer_device_memory, answer_accuracy_policy}) {
    if (std::optional<Answer> answer = section(questions, options)) answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace decision
